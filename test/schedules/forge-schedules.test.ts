/**
 * A run in a process of its own submits two or three repositories to a forge that loses, doubles, refuses and delays what it is
 * asked, and the process is killed in the middle of requests. In the end everything is at the forge that was to be there, once.
 * `npm run schedules` plays as many as one likes.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawSchedule } from './draw.ts';
import { createKeptWorlds, type KeptWorlds } from './kept-worlds.ts';
import { playSchedule, type Played } from './play.ts';
import { SETTINGS } from './settings.ts';
import { buildWorldProgram } from './world-program.ts';

const SCHEDULES = 50;
/** So many in one test, so that a slow machine is no failure. */
const EACH = 5;

const played: Played[] = [];
let worlds: KeptWorlds;
beforeAll(async () => {
  worlds = createKeptWorlds(await buildWorldProgram());
});
afterAll(() => worlds[Symbol.dispose]());

describe(`${SCHEDULES} random schedules of faults and kills`, () => {
  const seeds = Array.from({ length: SCHEDULES / EACH }, (_, index) => index * EACH);
  it.each(seeds)(
    'NET-1, KILL-2: from %i on, leave one pull request per repository and what belongs to it, and lose none',
    { timeout: 900_000 },
    async (from) => {
      for (let seed = from; seed < from + EACH; seed += 1) {
        const one = await playSchedule(seed, worlds).catch((error: unknown) => {
          throw new Error(`schedule ${seed}: ${JSON.stringify(drawSchedule(seed))}`, { cause: error });
        });
        expect(one.differences, `schedule ${seed}: ${JSON.stringify(one.schedule)}`).toEqual([]);
        played.push(one);
      }
    },
  );

  it('met more faults than there are schedules, at every call, and deaths in a good part of them', () => {
    const met = played.flatMap(({ faults }) => faults.map(({ call }) => call));
    const calls = new Set(Object.values(SETTINGS).flatMap((setting) => setting.calls));
    expect(met.length).toBeGreaterThanOrEqual(played.length);
    expect([...new Set(met)].toSorted()).toEqual([...calls].toSorted());
    expect(played.flatMap(({ deaths }) => deaths).length).toBeGreaterThanOrEqual(played.length / 4);
  });
});
