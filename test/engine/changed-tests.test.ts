/** Tests of the base that were changed until they agreed with the change, and what reviewers say of it. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import { driveRig, openRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { configOf, createPlayDriver, edit, eventsOf, gate, playWell, verdict } from './plays.ts';

const TESTS = gate(['node', '--test'], { name: 'tests', kind: 'tests', reporter: 'node' });
const KNOWN = `import assert from 'node:assert';
import test from 'node:test';
import { add } from './add.mjs';
test('adds zero', () => {
  assert.equal(add(1, 0), 1);
});
test('adds', () => {
  assert.equal(add(1, 2), 3);
});
`;
const BENT = KNOWN.replace('add(1, 0), 1', 'add(1, 0), 42');
const EMPTIED = KNOWN.replace('  assert.equal(add(1, 0), 1);\n', '');
const FIXED = KNOWN.replace(
  'add(1, 0), 1',
  "add(1, 0), JSON.parse(readFileSync('fixtures/zero.json', 'utf8'))",
).replace('import test', "import { readFileSync } from 'node:fs';\nimport test");
/** Right for every test but the one that was changed. */
const BROKEN = 'export const add = (a, b) => (b === 0 ? 42 : a + b);\n';

const AREA = 'tests that were changed and fail as they were before';

type Words = (asked: readonly string[]) => readonly string[];

/** `bender` changes the test; the sources are broken by `writer`. `said`: the areas that reviewers say something about. */
async function runWith(
  play: (order: WorkOrder) => void,
  said: Words = (asked) => asked,
  files: Record<string, string> = {},
) {
  const seen = { asked: [] as string[], gates: '' };
  const rig = await openRig(
    createPlayDriver((order) => {
      if (order.access === 'write') play(order);
      if (order.role !== 'reviewer') return playWell(order);
      const text = (name: string) => order.context.find((item) => item.name === name)?.text;
      const asked = JSON.parse(text('review areas') ?? '[]') as string[];
      seen.asked.push(...asked);
      seen.gates += text('gates') ?? '';
      return verdict(order, {
        areas: said(asked).map((area) => ({ area, said: 'the request asks for it' })),
      });
    }),
  );
  const api = rig.repository('api', {
    'package.json': '{"type":"module"}\n',
    'add.mjs': 'export const add = (a, b) => a + b;\n',
    'known.test.mjs': KNOWN,
    ...files,
  });
  const step = (id: string, agent: string, gates: 'none' | 'full') =>
    ({ id, agent, role: 'specialist', output: 'changes', over: { gates } }) as const;
  const { graph, agents } = sequenceGraph(
    [step('build/one', 'writer', 'none'), step('build/two', 'bender', 'full')],
    { submit: true },
  );
  const config = configOf([TESTS]);
  const runId = await startRigRun(rig.engine, { graph, agents, repos: [api], config });
  const end = await driveRig(rig.engine, runId);
  return { end, seen, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

const bend = (order: WorkOrder): void => {
  if (order.agent === 'writer') edit(order, 'add.mjs', BROKEN);
  else edit(order, 'known.test.mjs', BENT);
};

describe('a test of the base that was changed and contradicts the change', () => {
  it('PRIV-2: is named to its reviewers, who have to say something about it', async () => {
    await using run = await runWith(bend);
    expect(run.end.status).toBe('done');
    const [pass] = eventsOf(run.end.events, 'gates_ended');
    const results = pass?.outcome.kind === 'measured' ? pass.outcome.results : [];
    expect(results.find(({ kind }) => kind === 'tests')).toMatchObject({
      status: 'pass',
      summary: expect.stringContaining('changed and contradicted: 1') as string,
      contradicted: [{ file: 'known.test.mjs', name: 'adds zero' }],
      findings: [
        {
          file: 'known.test.mjs',
          blocking: false,
          problem: expect.stringContaining('`adds zero`') as string,
        },
      ],
    });
    expect(run.seen.gates).toContain(`- ${AREA}: api/known.test.mjs: \`adds zero\``);
    const reviews = eventsOf(run.end.events, 'review_ended').filter(({ step }) => step === 'build/two');
    expect(JSON.stringify(reviews)).toContain(`{"area":"${AREA}","said":"the request asks for it"}`);
  });

  it.each([
    ['has nothing left', EMPTIED],
    ['only calls what it asked about', KNOWN.replace('  assert.equal(add(1, 0), 1);', '  add(1, 0);')],
  ])(
    'PRIV-2: is stopped at its line where it %s, whatever reviewers say, in a workflow without scopes',
    async (_, text) => {
      await using run = await runWith((order) => {
        if (order.agent === 'writer') edit(order, 'add.mjs', BROKEN);
        else edit(order, 'known.test.mjs', text);
      });
      expect(run.end.state.steps.get('build/two')?.accepted).toBeNull();
      const [pass] = eventsOf(run.end.events, 'gates_ended');
      const results = pass?.outcome.kind === 'measured' ? pass.outcome.results : [];
      expect(results.find(({ kind }) => kind === 'tests')).toMatchObject({
        status: 'fail',
        findings: [{ blocking: true, file: 'known.test.mjs', line: 4 }],
      });
    },
  );

  it('R54, PRIV-2: is accepted by no verdict that is silent about it', async () => {
    await using run = await runWith(bend, () => []);
    expect(run.end.state.steps.get('build/one')?.accepted).not.toBeNull();
    expect(run.end.state.steps.get('build/two')?.accepted).toBeNull();
    expect(JSON.stringify(run.end.events)).toContain(`it says nothing about ${AREA}`);
  });

  it('R54, PRIV-2: is the one that it was in a file of another name', async () => {
    await using run = await runWith((order) => {
      if (order.agent === 'writer') return edit(order, 'add.mjs', BROKEN);
      rmSync(join(order.workspace.repos[0]?.path ?? '', 'known.test.mjs'));
      edit(order, 'sums.test.mjs', BENT);
    });
    const text = JSON.stringify(eventsOf(run.end.events, 'gates_ended'));
    expect(text).toContain('"contradicted":[{"file":"sums.test.mjs","name":"adds zero"}]');
    expect(run.seen.asked).toContain(AREA);
  });

  it('PRIV-2: is none where it asks for more and what it asked for still holds', async () => {
    await using run = await runWith((order) => {
      if (order.agent === 'writer') edit(order, 'README.md', '# api\n');
      else edit(order, 'known.test.mjs', KNOWN.replace('add(1, 0), 1', 'add(0, 1), 1'));
    });
    expect(run.end.status).toBe('done');
    expect(run.seen.asked).toEqual([]);
    expect(JSON.stringify(run.end.events)).not.toContain('changed and contradicted');
  });

  it('PRIV-2: is found behind what it reads, too', async () => {
    await using run = await runWith(
      (order) => {
        if (order.agent === 'writer') return edit(order, 'add.mjs', BROKEN);
        edit(order, 'fixtures/zero.json', '42');
      },
      undefined,
      {
        'fixtures/zero.json': '1',
        'known.test.mjs': FIXED,
      },
    );
    const text = JSON.stringify(eventsOf(run.end.events, 'gates_ended'));
    expect(text).toContain('"contradicted":[{"file":"fixtures/zero.json","name":"adds zero"}]');
  });

  it('PRIV-2: is found behind a helper that lies in no folder of tests, too', async () => {
    const helped = KNOWN.replace('add(1, 0), 1', 'add(1, 0), ZERO').replace(
      'import test',
      "import { ZERO } from './helpers/check.mjs';\nimport test",
    );
    await using run = await runWith(
      (order) => {
        if (order.agent === 'writer') edit(order, 'add.mjs', BROKEN);
        else edit(order, 'helpers/check.mjs', 'export const ZERO = 42;\n');
      },
      undefined,
      {
        'package.json': '{"type":"module","main":"add.mjs"}\n',
        'known.test.mjs': helped,
        'helpers/check.mjs': 'export const ZERO = 1;\n',
      },
    );
    const text = JSON.stringify(eventsOf(run.end.events, 'gates_ended'));
    expect(text).toContain('"contradicted":[{"file":"helpers/check.mjs","name":"adds zero"}]');
  });

  it('PRIV-2: is stopped where a helper’s assertions were emptied: a canary in the file that uses them is green', async () => {
    const helped = KNOWN.replace(
      "import assert from 'node:assert'",
      "import { assert } from './helpers/check.mjs'",
    );
    const check =
      "import strict from 'node:assert';\nexport const assert = { equal: (a, b) => strict.equal(a, b) };\n";
    await using run = await runWith(
      (order) => {
        if (order.agent === 'writer') edit(order, 'add.mjs', BROKEN);
        else edit(order, 'helpers/check.mjs', 'export const assert = { equal() {} };\n');
      },
      undefined,
      {
        'package.json': '{"type":"module","main":"add.mjs"}\n',
        'known.test.mjs': helped,
        'helpers/check.mjs': check,
      },
    );
    expect(run.end.status).not.toBe('done');
    const text = JSON.stringify(eventsOf(run.end.events, 'gates_ended'));
    expect(text).toContain('this run would not notice a red test');
  });
});
