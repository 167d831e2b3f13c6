import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseForgotten } from './careless.ts';
import { readLayout } from './layout/read-layout.ts';
import { RepoFiles } from './layout/repo-files.ts';
import { datatypeParts } from './parts/datatype-parts.ts';
import { siteOf, type Part } from './parts/part.ts';
import { testParts } from './parts/test-parts.ts';
import { featureParts, type PartsOf } from './play/write-parts.ts';
import { findingsOf, rehearse, type Rehearsal } from './testing/rehearsal.ts';
import { functionalStatements, readResource } from './understand/requirements.ts';
import { understandRequest } from './understand/understand-request.ts';
import { DEMO_REQUEST } from '../../demo/request.ts';

const AGENTS: [string, PartsOf][] = [
  ['datatypes-agent', datatypeParts],
  ['feature-implementation-agent', featureParts],
  ['unit-testing-agent', testParts],
];
/** How many rounds of review and rework an omission may cost before the loop's limit. */
const MAX_ROUNDS = 3;

let rehearsal: Rehearsal;
beforeAll(async () => {
  rehearsal = await rehearse();
  for (const agent of ['backend-task-summarizer', ...AGENTS.map(([agent]) => agent)])
    await rehearsal.play(agent);
});
afterAll(() => rehearsal[Symbol.dispose]());

function forgettable(partsOf: PartsOf): Part[] {
  const { resource } = understandRequest(DEMO_REQUEST, {
    centsSuffix: true,
    hasClient: true,
    takenPaths: [],
  });
  const reading = readLayout(rehearsal.repos);
  if (resource === null || reading.kind !== 'found') throw new Error('the demo is not understood');
  expect(readResource(JSON.stringify(functionalStatements(resource)))).toEqual(resource);
  return partsOf(siteOf(resource, reading.layout)).filter((part) => part.forget !== null);
}

function pairsOf<T>(items: T[]): [T, T][] {
  return items.flatMap((first, i) => items.slice(i + 1).map((second): [T, T] => [first, second]));
}

/** Every file of both repositories. */
function tree(): Record<string, string | null> {
  const all = rehearsal.repos.map((repo) => new RepoFiles(repo));
  return Object.fromEntries(
    all.flatMap((files) => files.list().map((path) => [`${files.name}/${path}`, files.read(path)])),
  );
}

/** Reviews and mends until the reviewer passes; the findings of the first round, and how many rounds it took. */
async function rework(agent: string): Promise<{ rounds: number; first: string[] }> {
  let first: string[] | null = null;
  for (let rounds = 0; ; rounds += 1) {
    const findings = findingsOf(await rehearsal.judge(agent));
    first ??= findings.map((finding) => finding.problem);
    if (findings.length === 0 || rounds > MAX_ROUNDS) return { rounds, first };
    await rehearsal.play(agent, { findings });
  }
}

describe.each(AGENTS)('a careless %s', (agent, partsOf) => {
  it('is caught by the review, whatever single part is left out, and mends just that', async () => {
    const careful = tree();
    for (const part of forgettable(partsOf)) {
      part.forget?.();
      expect(tree(), `${part.id} is really left out`).not.toEqual(careful);
      const { rounds, first } = await rework(agent);
      expect(first, part.id).not.toEqual([]);
      expect(rounds, `${part.id}: ${first.join('; ')}`).toBe(1);
      expect(tree(), part.id).toEqual(careful);
    }
  });

  it('is caught by the review, whatever two parts are left out, and ends where a careful one would', async () => {
    const careful = tree();
    const missed: string[] = [];
    for (const pair of pairsOf(forgettable(partsOf))) {
      for (const part of pair) part.forget?.();
      if (JSON.stringify(tree()) === JSON.stringify(careful)) continue;
      const { rounds, first } = await rework(agent);
      const name = pair.map((part) => part.id).join(' + ');
      if (first.length === 0) missed.push(name);
      expect(rounds, `${name}: ${first.join('; ')}`).toBeLessThanOrEqual(2);
      expect(tree(), name).toEqual(careful);
    }
    expect(missed).toEqual([]);
  });
});

it('leaves out two parts, the same for the same seed and others for another', () => {
  const parts = forgettable(featureParts);
  const choose = (seed: number): string[] => chooseForgotten(parts, String(seed)).map((part) => part.id);
  expect(choose(1)).toHaveLength(2);
  expect(choose(1)).toEqual(choose(1));
  const seen = new Set(Array.from({ length: 40 }, (_, seed) => choose(seed)).flat());
  expect(seen.size).toBeGreaterThan(parts.length / 2);
});

it('is careless in its first round only, without being told what will be looked at', async () => {
  using other = await rehearse();
  for (const agent of ['backend-task-summarizer', 'datatypes-agent']) await other.play(agent);
  await other.play('feature-implementation-agent', { seed: 7 });
  const findings = findingsOf(await other.review());
  expect(findings.length).toBeGreaterThan(0);
  await other.play('feature-implementation-agent', { seed: 7, findings });
  expect((await other.review())['findings']).toEqual([]);
});

it.each(['backend-task-summarizer', 'backend-planner', 'submission-agent'])(
  'a careless %s is caught by the review of what it wrote',
  async (agent) => {
    using other = await rehearse();
    const before =
      {
        'backend-task-summarizer': [],
        'backend-planner': ['backend-task-summarizer'],
        'submission-agent': ['backend-task-summarizer', 'backend-planner'],
      }[agent] ?? [];
    for (const each of before) await other.play(each);
    for (let seed = 0; seed < 8; seed += 1) {
      await other.play(agent, { seed });
      const review = await other.review();
      expect(review['verdict'], `seed ${seed}`).toBe('fail');
      await other.play(agent, { seed, findings: findingsOf(review) });
      expect((await other.review())['verdict'], `seed ${seed}`).toBe('pass');
    }
  },
);

describe('the tests of the repositories, after the tester, see what is left out', () => {
  /** What no test can see, because the running service is right without it: only a reviewer reads these. */
  const UNSEEN = [/^required:/, /^key$/, /^document-field:/, /^client-type$/];
  const isFull = process.env.BATON_TEST_FULL !== undefined;
  const sample = new Set(['migration', 'validate:amount_cents', 'document:list', 'client:get']);

  it(
    isFull ? 'each single part' : 'a sample of the single parts (all of them with BATON_TEST_FULL=1)',
    () => {
      const careful = tree();
      const table: string[] = [];
      for (const part of [...forgettable(datatypeParts), ...forgettable(featureParts)]) {
        if (!isFull && !sample.has(part.id)) continue;
        part.forget?.();
        const red = rehearsal.repos.flatMap((repo) => rehearsal.redTests(repo.name));
        part.apply();
        expect(tree(), part.id).toEqual(careful);
        table.push(`${part.id}: ${red.length} red`);
        expect(red.length > 0, `${part.id}: ${red.join('; ')}`).toBe(
          !UNSEEN.some((pattern) => pattern.test(part.id)),
        );
      }
      if (isFull) console.log(table.join('\n'));
    },
  );
});
