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
