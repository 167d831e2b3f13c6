/** What a submitted commit says of the journal, and what `verify` makes of it. */
import { expect, it } from 'vitest';
import { checkAnchors } from '../../src/cli/audit/journal-anchors.ts';
import type { JournalEvent } from '../../src/core/events.ts';
import { driveRig, git, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { openPlay, playWell } from '../engine/plays.ts';
import { openThinking } from './thinking.ts';

const GRAPH = sequenceGraph([{ id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' }], {
  submit: true,
});

it('AUD-2: a submitted commit tells a journal that was cut, set back or written anew', async () => {
  await using rig = await openPlay(playWell);
  const runId = await startRigRun(rig.engine, { ...GRAPH, repos: [rig.api] });
  const { events, status, state } = await driveRig(rig.engine, runId);
  expect(status).toBe('done');
  const check = (now: JournalEvent[]): ReturnType<typeof checkAnchors> =>
    checkAnchors(rig.stateDir, runId, { events: now, given: [] });
  // The local forge lies in the store's folder: what it says does not come from outside.
  expect(await check(events)).toEqual({ problem: null, outside: 0, upTo: 0 });
  const [pull] = state.pullRequests;
  git(rig.api, 'fetch', '-q', pull?.url ?? '', `${pull?.branch}:taken`);
  const whole = await check(events);
  expect(whole).toMatchObject({ problem: null, outside: 1 });

  const said = git(rig.api, 'log', '-1', '--format=%(trailers:key=Baton-Journal,valueonly)', 'taken').trim();
  const seq = Number(said.split(' ')[0]);
  expect(said).toBe(`${seq} ${events[seq - 1]?.hash}`);
  expect(events[seq - 1]?.event).toMatchObject({ type: 'step_accepted' });
  // Nobody outside vouches for what came after it.
  expect(whole.upTo).toBe(seq);
  expect(seq).toBeLessThan(events.length);

  const cut = events.slice(0, seq - 1);
  expect((await check(cut)).problem).toMatchObject({
    code: 'E_AUDIT_ROLLBACK',
    seq,
    detail: expect.stringMatching(
      new RegExp(`^commit .* in ${rig.api} says so: the journal had an event ${seq}`),
    ),
  });
  const anew = events.map((event) => (event.seq === seq ? { ...event, hash: 'f'.repeat(64) } : event));
  expect((await check(anew)).problem).toMatchObject({
    code: 'E_AUDIT_ROLLBACK',
    seq,
    detail: expect.stringContaining('had the hash'),
  });
});

it('AUD-2: verify takes an anchor that somebody kept, and exits 5 where the journal does not have it', async () => {
  using thinking = openThinking();
  expect((await thinking.baton('run', 'Think', '--yes', ...thinking.flags)).code).toBe(0);
  const { out } = await thinking.baton('verify', '--json');
  const { journal, anchors_outside } = JSON.parse(out) as {
    journal: { events: number; head: string };
    anchors_outside: number;
  };
  expect(anchors_outside).toBe(0);
  const good = await thinking.baton('verify', '--anchor', `${journal.events} ${journal.head}`);
  expect([good.code, good.out]).toEqual([0, expect.stringContaining('consistent and anchored')]);
  const late = await thinking.baton('verify', '--anchor', String(journal.events + 1), journal.head);
  expect([late.code, late.out]).toEqual([
    5,
    expect.stringMatching(/E_AUDIT_ROLLBACK seq=\d+ .*the journal had an event/),
  ]);
  expect(late.out).not.toContain('and anchored');
  const wrong = await thinking.baton('verify', '--anchor', 'something');
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('is no anchor')]);
});
