/** What the pull request of a real run says that the engine measured: its suites with counts, and what they ran of the change. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { agentDefinition, driveRig, openRig, startRigRun } from '../../src/testing/rig.ts';
import { configOf, createPlayDriver, done, edit, gate, graphOf, playWell } from './plays.ts';

const AGENTS = [
  agentDefinition('builder', 'specialist'),
  agentDefinition('tester', 'tester'),
  agentDefinition('critic', 'reviewer'),
];
const WORKFLOW = `name: w
version: 1
start: launch
review: { by: [critic] }
phases:
  - id: build
    steps: [{ agent: builder, gates: none }, { agent: tester, gates: none }]
    standard: [{ id: c, title: Covered, measure: { coverage: 60 } }]
  - id: submit
    steps: [{ submit: true }]
`;
const LCOV = ['--test-reporter=lcov', '--test-reporter-destination=lcov.info'];
const GATES = [
  gate(['node', '--test'], { name: 'tests', kind: 'tests', reporter: 'node', set: 'full' }),
  gate(['node', '--test', '--experimental-test-coverage', ...LCOV], {
    name: 'coverage',
    kind: 'coverage',
    report: 'lcov.info',
    set: 'full',
  }),
];
const SIGN = 'export function sign(n) {\n  if (n < 0) {\n    return -1;\n  }\n  return 1;\n}\n';
const SIGN_TEST =
  "import assert from 'node:assert';\nimport test from 'node:test';\nimport { sign } from './sign.mjs';\ntest('signs', () => { assert.equal(sign(1), 1); });\n";

it('R69: a pull request tells what the engine ran: suites with their counts, and the coverage of what was changed', async () => {
  const driver = createPlayDriver((order) => {
    if (order.agent === 'builder') edit(order, 'sign.mjs', SIGN);
    if (order.agent === 'tester') edit(order, 'sign.test.mjs', SIGN_TEST);
    return order.role === 'reviewer' ? playWell(order) : done(order, { tests_passed: true });
  });
  await using rig = await openRig(driver);
  const api = rig.repository('api', {
    'package.json': '{"type":"module"}\n',
    'known.test.mjs': "import test from 'node:test';\ntest('is known', () => {});\n",
  });
  const graph = graphOf(WORKFLOW, AGENTS);
  const config = configOf(GATES);
  const runId = await startRigRun(rig.engine, { graph, agents: AGENTS, repos: [api], config });
  expect((await driveRig(rig.engine, runId)).status).toBe('done');
  const { body } = JSON.parse(readFileSync(join(rig.stateDir, 'forge', 'api', '1.json'), 'utf8')) as {
    body: string;
  }; // written by the forge
  const [, part = ''] = body.split('Gates on the submitted tree:');
  expect(part).toMatch(/^api tests: pass \(2 passed.*\)$/m);
  expect(part).toMatch(/^Line coverage: 75 % of 4 changed lines\b/m);
});

const QUICK = `name: w
version: 1
start: launch
review: { by: [critic] }
phases:
  - id: quick
    steps: [{ agent: builder }]
  - id: submit
    steps: [{ check: base, id: whole }, { submit: true }]
`;
const SAID = /The (?:change brings no test|tests of the change were not tried)[^\n*]*/;
const NONE = 'The change brings no test that fails without it';

it.each<[string, Record<string, string>, string | null]>([
  ['none is new', {}, `${NONE}: no test is new or changed.`],
  [
    'the new one asks for nothing',
    { 'sign.test.mjs': "import test from 'node:test';\ntest('signs', () => {});\n" },
    `${NONE}: its new tests (1) ask for nothing, as far as their text tells.`,
  ],
  [
    'nobody tried them without the change',
    { 'sign.test.mjs': SIGN_TEST },
    'The tests of the change were not tried without it, as no acceptance criterion names one that shows it: whether they fail there is not known.',
  ],
  ['only a document changed', { 'sign.mjs': '', 'README.md': '# Signs\n' }, null],
])(
  'PRIV-6: whoever reviews the whole change, and whoever reads its pull request, is told of its tests where %s',
  async (_when, files, words) => {
    const agents = [agentDefinition('builder', 'specialist'), agentDefinition('critic', 'reviewer')];
    const driver = createPlayDriver((order) => {
      if (order.agent !== 'builder') return playWell(order);
      const written = Object.entries({ 'sign.mjs': SIGN, ...files }).filter(([, text]) => text !== '');
      for (const [path, text] of written) edit(order, path, text);
      return done(order);
    });
    await using rig = await openRig(driver);
    const api = rig.repository('api', {
      'package.json': '{"type":"module"}\n',
      'known.test.mjs': "import test from 'node:test';\ntest('is known', () => {});\n",
    });
    const config = configOf([gate(['node', '--test'], { name: 'tests', kind: 'tests', reporter: 'node' })]);
    const graph = graphOf(QUICK, agents);
    const runId = await startRigRun(rig.engine, { graph, agents, repos: [api], config });
    expect((await driveRig(rig.engine, runId)).status).toBe('done');
    const { body } = JSON.parse(readFileSync(join(rig.stateDir, 'forge', 'api', '1.json'), 'utf8')) as {
      body: string;
    }; // written by the forge
    const sent = driver.orders
      .filter(({ agent }) => agent === 'critic')
      .map(({ context }) => context.find(({ name }) => name === 'gates')?.text ?? '');
    expect(sent).toHaveLength(2);
    // Of one step nothing is said: others may bring its tests.
    expect([...sent, body].map((text) => SAID.exec(text)?.[0] ?? null)).toEqual([null, words, words]);
  },
);
