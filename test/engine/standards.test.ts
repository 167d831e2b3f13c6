/** What a phase has to hand over, measured at its end. */
import { describe, expect, it } from 'vitest';
import { announcements } from '../../src/cli/render/formats/announcements.ts';
import { implementationReport } from '../../src/cli/render/formats/implementation-report.ts';
import { readHistory } from '../../src/cli/render/history.ts';
import { reportDocument } from '../../src/cli/render/report-document.ts';
import { reportMarkdown } from '../../src/cli/render/report-markdown.ts';
import { checkVerdictChain } from '../../src/cli/audit/verdict-chain.ts';
import { REHEARSAL_LABEL, type WorkOrder } from '../../src/drivers/driver.ts';
import { agentDefinition, driveRig, openRig, startRigRun } from '../../src/testing/rig.ts';
import { configOf, createPlayDriver, done, edit, eventsOf, gate, graphOf, playWell } from './plays.ts';

const AGENTS = [
  agentDefinition('summarizer', 'planner'),
  agentDefinition('planner', 'planner'),
  agentDefinition('builder', 'specialist'),
  agentDefinition('tester', 'tester'),
  agentDefinition('critic', 'reviewer'),
];
const HEAD = `name: w\nversion: 1\nstart: launch\nreview: { by: [critic] }\nlimits: { max_rework: 2, retry_backoff: 0ms }\n`;
const AFTER = '  - { id: after, steps: [{ agent: builder, id: later }] }\n';
const TESTS = gate(['node', '--test'], { name: 'tests', kind: 'tests', reporter: 'node' });

const REQUIREMENTS = {
  functional: [{ id: 'F1', text: 'it adds' }],
  non_functional: [],
  constraints: [],
  dependencies: [],
  affected_systems: [],
  acceptance_criteria: [{ id: 'A1', text: 'it adds' }],
};
const PLAN = {
  analysis: 'small',
  tasks: [
    { id: 't1', agent: 'tester', description: 'write tests', output: 'tests' },
    { id: 't2', agent: 'builder', description: 'write the documentation', output: 'docs' },
  ],
  cites: [],
  risks: ['none seen'],
  rollback: ['revert'],
  success_criteria: ['tests are green'],
  estimate: 'an hour',
};

async function runPhases(
  phases: string,
  play: (order: WorkOrder) => unknown,
  gates = [TESTS],
  label = 'script',
) {
  const graph = graphOf(`${HEAD}phases:\n${phases}`, AGENTS);
  await using rig = await openRig({ ...createPlayDriver(play), labelFor: () => label });
  const api = rig.repository('api', {
    'package.json': '{"type":"module"}\n',
    'known.test.mjs': "import test from 'node:test';\ntest('is known', () => {});\n",
  });
  const runId = await startRigRun(rig.engine, {
    graph,
    agents: AGENTS,
    repos: [api],
    config: configOf(gates),
  });
  const result = await driveRig(rig.engine, runId);
  expect(checkVerdictChain(result.events)).toBeNull();
  return {
    ...result,
    phases: eventsOf(result.events, 'phase_started').map((event) => event.phase),
    worked: eventsOf(result.events, 'invocation_started').map((e) => `${e.identity.agent} r${e.round}`),
    standards: eventsOf(result.events, 'gates_ended').flatMap(({ outcome }) =>
      outcome.kind === 'measured'
        ? outcome.results.filter((r) => r.kind === 'standard').map((r) => `${r.status} ${r.summary}`)
        : [],
    ),
  };
}

const COVERAGE = gate(
  [
    'node',
    '--test',
    '--experimental-test-coverage',
    '--test-reporter=lcov',
    '--test-reporter-destination=lcov.info',
  ],
  { name: 'coverage', kind: 'coverage', report: 'lcov.info', set: 'full' },
);
const SIGN = 'export function sign(n) {\n  if (n < 0) {\n    return -1;\n  }\n  return 1;\n}\n';
const SIGN_TEST = (calls: string): string =>
  `import test from 'node:test';\nimport { sign } from './sign.mjs';\ntest('signs', () => { ${calls} });\n`;
/** The builder writes a function, the tester one half of its tests, and in its second round both. */
function playSign(order: WorkOrder): unknown {
  if (order.agent === 'builder' && order.round === 1) edit(order, 'sign.mjs', SIGN);
  if (order.agent === 'tester')
    edit(order, 'sign.test.mjs', SIGN_TEST(order.round === 1 ? 'sign(1);' : 'sign(1); sign(-1);'));
  return order.role === 'reviewer' ? playWell(order) : done(order);
}
const COVERED = `  - id: build\n    title: Building\n    steps: [{ agent: builder }, { agent: tester }]\n    standard: [{ id: c, title: Covered, measure: { coverage: 100 } }]\n`;

const summarize = (standard: string): string =>
  `  - id: summarize\n    title: Requirements\n    steps: [{ agent: summarizer, output: requirements }]\n    standard: [{ id: s, title: The measure, measure: ${standard} }]\n${AFTER}`;

describe('the coverage of changed lines', () => {
  it('R16: below the bar the lines that no test ran go to the tester, who covers them', async () => {
    const { status, worked, standards, events } = await runPhases(COVERED, playSign, [TESTS, COVERAGE]);
    expect(status).toBe('done');
    expect(worked.filter((each) => !each.startsWith('critic'))).toEqual([
      'builder r1',
      'tester r1',
      'tester r2',
    ]);
    expect(standards[0]).toMatch(/^fail Covered: .* 100 % are demanded; not covered: sign\.mjs:3/);
    expect(standards.at(-1)).toMatch(/^pass Covered: 100 % of \d changed lines are covered/);
    const [finding] = eventsOf(events, 'gates_ended').flatMap(({ outcome }) =>
      outcome.kind === 'measured'
        ? outcome.results.flatMap((each) => (each.kind === 'standard' ? each.findings : []))
        : [],
    );
    expect(finding).toMatchObject({ owner: 'build/tester', blocking: true });
    const built = events.findIndex(({ event }) => event.type === 'phase_completed');
    const history = readHistory(events.slice(0, built + 1));
    const report = reportDocument(history, { status: 'running', reason: '' }, new Map());
    const words = /line coverage: 100 % of \d changed lines/;
    expect(report.metrics[3]?.value).toMatch(words);
    expect(implementationReport(report)).toMatch(words);
  });

  it('R16: without an lcov file the standard is unverified, and holds nobody back', async () => {
    const { status, standards } = await runPhases(COVERED, playSign);
    expect(status).toBe('done');
    expect(standards).toEqual(['unverified Covered: no coverage was read']);
  });
});

describe('the standard of a phase', () => {
  it('R16: an incomplete deliverable does not hand over: it goes back to whoever made it', async () => {
    const { status, worked, standards, phases } = await runPhases(summarize('criteria_numbered'), (order) => {
      if (order.agent !== 'summarizer') return playWell(order);
      const id = order.round === 1 ? 'first' : 'A1';
      return done(order, {
        requirements: { ...REQUIREMENTS, acceptance_criteria: [{ id, text: 'it adds' }] },
      });
    });
    expect(status).toBe('done');
    expect(worked).toEqual(['summarizer r1', 'summarizer r2', 'builder r1']);
    expect(standards).toEqual([
      'fail The measure: criteria without a number of their own: first',
      'pass The measure: 1 numbered acceptance criteria',
    ]);
    expect(phases).toEqual(['summarize', 'after']);
  });

  it('R17, R67: bounded, then a person is asked by phase and cause, and what follows stays pending', async () => {
    const { status, questions, phases, state } = await runPhases(summarize('docs_changed'), (order) =>
      order.agent === 'summarizer' ? done(order, { requirements: REQUIREMENTS }) : playWell(order),
    );
    expect(status).toBe('waiting_human');
    expect(questions[0]?.text).toContain(
      'The phase "Requirements" does not meet its standard "The measure": no document was changed.',
    );
    expect(questions[0]?.options.map((option) => option.id)).toContain('accept');
    expect(phases).toEqual(['summarize']);
    expect(state.steps.get('after/later')?.status).toBe('pending');
  });

  it('R16, R52: wants tests and documentation in a plan, risks, a way back and success criteria', async () => {
    const lacking = (round: number): object => {
      if (round === 1) return { ...PLAN, rollback: [], risks: [] };
      if (round === 2) return { ...PLAN, tasks: PLAN.tasks.slice(1) };
      return PLAN;
    };
    const { status, standards } = await runPhases(
      `  - id: plan\n    steps: [{ agent: planner, output: plan }]\n    standard: [{ id: s, title: Plan, measure: plan_complete }]\n`,
      (order) => (order.agent === 'planner' ? done(order, { plan: lacking(order.round) }) : playWell(order)),
    );
    expect(status).toBe('done');
    expect(standards).toEqual([
      'fail Plan: the plan lacks risks, a way back',
      'fail Plan: the plan lacks a task for tests',
      'pass Plan: 2 tasks, tests and documentation among them',
    ]);
  });

  it('R16: text that was prepared before the run measures nothing of it, changes do', async () => {
    const phases = `  - id: plan\n    steps: [{ agent: summarizer, output: notes }]\n    standard: [{ id: n, title: N, measure: { outputs: [notes] } }]\n  - id: build\n    steps: [{ agent: builder }]\n    standard: [{ id: c, title: C, measure: { outputs: [changes] } }]\n`;
    const play = (order: WorkOrder): unknown => {
      if (order.agent === 'builder') edit(order, 'app.mjs', 'export {};\n');
      return playWell(order);
    };
    const prepared = await runPhases(phases, play, [], REHEARSAL_LABEL);
    expect(prepared.standards).toEqual([
      'unverified N: notes handed in as prepared text of a rehearsal',
      'pass C: changes handed in',
    ]);
    const history = readHistory(prepared.events);
    const report = reportDocument(history, { status: 'done', reason: '' }, new Map());
    const [standard] = report.phases[0]?.steps.at(-1)?.gates ?? [];
    expect(announcements(history, report)).toContain(`not measured: ${standard?.summary}`);
    expect(reportMarkdown(report, null)).toContain('**not measured** (N: notes handed in as prepared text');
    const measured = await runPhases(phases, play, []);
    expect(measured.standards).toEqual(['pass N: notes handed in', 'pass C: changes handed in']);
  });

  it('R16: wants new named tests, green gates, changed documents and outputs', async () => {
    const measures = ['tests_added', 'gates_green', 'docs_changed', '{ outputs: [changes] }'];
    const standard = measures
      .map((measure, i) => `{ id: s${i}, title: S${i}, measure: ${measure} }`)
      .join(', ');
    const { status, worked, standards } = await runPhases(
      `  - id: build\n    steps: [{ agent: builder }, { agent: tester }]\n    standard: [${standard}]\n`,
      (order) => {
        if (order.agent === 'builder') edit(order, 'app.mjs', 'export {};\n');
        if (order.agent === 'tester')
          edit(
            order,
            order.round === 1 ? 'notes.mjs' : 'new.test.mjs',
            "import test from 'node:test';\ntest('new', () => {});\n",
          );
        if (order.agent === 'tester' && order.round > 1) edit(order, 'README.md', '# api\n');
        return order.access === 'write' ? done(order) : playWell(order);
      },
    );
    expect(status).toBe('done');
    expect(worked).toEqual(['builder r1', 'tester r1', 'tester r2']);
    expect(standards).toEqual([
      'fail S0: no named test is new',
      'pass S1: 1 gates are green',
      'fail S2: no document was changed',
      'pass S3: changes handed in',
      'pass S0: 1 named tests are new',
      'pass S1: 1 gates are green',
      'pass S2: 1 documents were changed',
      'pass S3: changes handed in',
    ]);
  });
});
