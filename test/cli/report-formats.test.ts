/** What real runs say of themselves, in every format and at every end. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JournalEvent, RunEvent } from '../../src/core/events.ts';
import { formatDiagnostic } from '../../src/core/errors.ts';
import { implementationReport } from '../../src/cli/render/formats/implementation-report.ts';
import { announcements } from '../../src/cli/render/formats/announcements.ts';
import { runOutcome } from '../../src/cli/render/formats/outcome.ts';
import { planDocument } from '../../src/cli/render/formats/plan-document.ts';
import { readHistory, type RunHistory } from '../../src/cli/render/history.ts';
import { htmlReport } from '../../src/cli/render/html/html-report.ts';
import { readBodies } from '../../src/cli/render/parts/accepted-bodies.ts';
import { readReviewedDiff, type ReviewedDiff } from '../../src/cli/render/parts/reviewed-diff.ts';
import { reportDocument, type ReportDocument } from '../../src/cli/render/report-document.ts';
import { reportMarkdown } from '../../src/cli/render/report-markdown.ts';
import { shownStatus } from '../../src/cli/render/status-document.ts';
import { parseWorkflow } from '../../src/definitions/load-workflow.ts';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import { asJournal } from '../../src/testing/events.ts';
import { agentDefinition, driveRig, openRig, startRigRun } from '../../src/testing/rig.ts';
import { configOf, createPlayDriver, done, edit, gate, playWell, refusal } from '../engine/plays.ts';

const AGENTS = [
  agentDefinition('summarizer', 'planner'),
  agentDefinition('planner', 'planner'),
  agentDefinition('builder', 'specialist'),
  agentDefinition('cli-agent', 'specialist'),
  agentDefinition('tester', 'tester'),
  agentDefinition('releaser', 'specialist'),
  agentDefinition('validator', 'tester'),
  agentDefinition('coordinator', 'coordinator'),
  agentDefinition('code-review', 'reviewer'),
];

const WORKFLOW = `name: outputs
version: 1
start: launch
review: { by: [code-review] }
limits: { max_rework: 1, retry_backoff: 0ms }
phases:
  - id: plan
    title: Planning
    deliverable: A plan
    standard: [{ id: plan, title: The plan is whole, measure: plan_complete }]
    steps: [{ agent: summarizer, output: requirements }, { agent: planner, output: plan }]
  - id: build
    title: Building
    gates: full
    steps:
      - { id: both, parallel: [{ agent: builder }, { agent: cli-agent }], synthesis: { agent: coordinator, id: together, output: synthesis } }
      - { agent: tester }
      - { agent: releaser, output: deployment }
  - id: validate
    title: Validation
    steps: [{ agent: validator, output: validation, changes: optional }]
  - id: submit
    title: Submission
    steps: [{ submit: true }]
`;

const PLAN = {
  analysis: 'It <b>adds</b>.',
  tasks: [
    { id: 't1', agent: 'builder', description: 'write code with documentation', output: 'code' },
    { id: 't2', agent: 'tester', description: 'write tests', output: 'tests', depends_on: ['t1'] },
  ],
  cites: [],
  risks: ['it subtracts'],
  rollback: ['revert the commit'],
  success_criteria: ['two and two are four'],
  estimate: 'an hour',
};
const NUMBERED = [{ id: 'A1', text: 'it adds' }];
const REQUIREMENTS = {
  functional: NUMBERED,
  non_functional: [],
  constraints: [],
  dependencies: [],
  affected_systems: [],
  acceptance_criteria: NUMBERED,
};

/** Neither the agent nor its files are called like what they are: only what was handed in says it. */
const DEPLOYMENT = {
  environments: {
    development: { files: ['api/package.json'], instructions: ['run it'] },
    staging: { files: ['api/one.sh', 'api/package.json'], instructions: ['copy it', 'run one.sh'] },
    production: { files: ['api/one.sh'], instructions: ['run one.sh'] },
  },
  scripts: ['api/one.sh'],
  rollback: ['revert the commit'],
};

function play(order: WorkOrder): unknown {
  switch (order.agent) {
    case 'summarizer':
      return done(order, { requirements: REQUIREMENTS });
    case 'planner':
      return done(order, { plan: PLAN, decisions: ['one file is enough'] });
    case 'builder':
      edit(order, 'add.mjs', 'export const add = (a, b) => a + b;\n');
      edit(order, 'README.md', '# adding\n');
      return done(order);
    case 'cli-agent':
      edit(order, 'cli.mjs', "console.log('help');\n");
      return done(order);
    case 'tester':
      edit(
        order,
        'add.test.mjs',
        "import assert from 'node:assert';\nimport test from 'node:test';\nimport { add } from './add.mjs';\ntest('adds', () => assert.equal(add(2, 2), 4));\n",
      );
      return done(order, { covers: [{ criterion: 'A1', tests: ['adds'] }] });
    case 'releaser':
      edit(order, 'one.sh', 'true\n');
      return done(order, { deployment: DEPLOYMENT });
    case 'validator':
      return done(order, {
        validation: {
          started: [{ what: 'the module', command: 'node one.mjs' }],
          evidence: ['A1 met: 2 + 2 gave 4'],
          checks: [{ what: 'A1', outcome: 'met', seen: '2 + 2 gave 4' }],
        },
      });
    default:
      return playWell(order);
  }
}

interface Told {
  /** The text of the pull request. */
  pullRequest: string;
  history: RunHistory;
  report: ReportDocument;
  diff: ReviewedDiff | null;
  shown: ReturnType<typeof shownStatus>;
  outcome: ReturnType<typeof runOutcome>;
}

interface Options {
  play?: (order: WorkOrder) => unknown;
  cancel?: boolean;
  build?: string;
  /** The history ends behind the first event for which this holds, and these follow. */
  until?: (event: RunEvent) => boolean;
  added?: RunEvent[];
}

/** A run of the whole engine on a real repository, and what is told of it. */
async function tell(options: Options = {}): Promise<Told> {
  const { graph, diagnostics } = parseWorkflow('w.yaml', Buffer.from(WORKFLOW), AGENTS);
  if (graph === null) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  await using rig = await openRig(createPlayDriver(options.play ?? play));
  const api = rig.repository('api', {
    'package.json': '{"type":"module"}\n',
    'known.test.mjs': "import test from 'node:test';\ntest('is known', () => {});\n",
  });
  const tests = gate(['node', '--test'], { name: 'tests', kind: 'tests', reporter: 'node' });
  const build = gate(['sh', '-c', options.build ?? 'true'], { name: 'build', kind: 'build' });
  const config = configOf([build, tests]);
  const runId = await startRigRun(rig.engine, { graph, agents: AGENTS, repos: [api], config });
  let { events } = await driveRig(rig.engine, runId);
  if (options.cancel === true) {
    await rig.engine.journal.post(runId, { kind: 'cancel', reason: 'enough', name: 'ada', via: 'cli' });
    events = (await driveRig(rig.engine, runId)).events;
  }
  const history = readHistory(cutOff(events, options));
  const shown = shownStatus(history, null);
  const report = reportDocument(history, shown, (await readBodies(rig.engine.journal, history)).bodies);
  return {
    history,
    report,
    diff: await readReviewedDiff(rig.engine.journal, history),
    shown,
    outcome: runOutcome(history, shown, report),
    pullRequest: pullRequestIn(rig.stateDir),
  };
}

/** What the local forge keeps of the one pull request; empty where there is none. */
function pullRequestIn(stateDir: string): string {
  const forge = join(stateDir, 'forge');
  if (!existsSync(forge)) return '';
  const found = readdirSync(forge, { recursive: true, encoding: 'utf8' }).find((name) =>
    /(^|\/)\d+\.json$/.test(name),
  );
  return found === undefined ? '' : readFileSync(join(forge, found), 'utf8');
}

function cutOff(lines: JournalEvent[], { until, added = [] }: Options): JournalEvent[] {
  const events = lines.map(({ event }) => event);
  const at = until === undefined ? events.length : events.findIndex(until) + 1;
  return until === undefined && added.length === 0 ? lines : asJournal([...events.slice(0, at), ...added]);
}

const published = z.fromJSONSchema(
  JSON.parse(
    readFileSync(new URL('../../schemas/outcome.schema.json', import.meta.url), 'utf8'),
  ) as Parameters<typeof z.fromJSONSchema>[0],
);

function expectLegal({ outcome }: Pick<Told, 'outcome'>): void {
  const parsed = published.safeParse(JSON.parse(JSON.stringify(outcome)));
  expect(parsed.success, JSON.stringify(parsed.error?.issues)).toBe(true);
  expect(Object.keys(outcome)).toEqual([
    'status',
    'summary',
    'phases_completed',
    'files_created',
    'verification',
    'next_steps',
  ]);
}

const whole = tell();

describe('report --format s2', () => {
  it('R70: a run that is done: six keys, legal by the published schema', async () => {
    const told = await whole;
    expectLegal(told);
    expect(told.shown.status).toBe('done');
    expect(told.outcome).toMatchObject({
      status: 'complete',
      phases_completed: ['plan', 'build', 'validate', 'submit'],
      files_created: ['api/README.md', 'api/add.mjs', 'api/add.test.mjs', 'api/cli.mjs', 'api/one.sh'],
      verification: { all_tests_passed: true, build_success: true },
      next_steps: [expect.stringMatching(/^review pull request #1 of api: /)],
    });
  });

  it('R70: a submitted run names the criteria that nothing shows and what was accepted without a verdict', async () => {
    const { history, shown } = await whole;
    const criteria = ['A1', 'A2'].map((id) => ({ id, text: `${id} holds`, proven: id === 'A1' }));
    const overrides = [{ step: 'build/one', by: 'ada' }];
    const outcome = runOutcome(history, shown, { criteria, overrides });
    expectLegal({ outcome });
    expect(outcome.next_steps.slice(1)).toEqual([
      'show A2, which no green test and no reviewer shows: A2 holds',
      'look at build/one, which ada accepted in place of a verdict',
    ]);
    const going = runOutcome(history, { status: 'paused', reason: '' }, { criteria, overrides });
    expect(going.next_steps).toHaveLength(1);
  });

  it('R69, R70: a run whose build is red waits for a person: blocked, and the engine saw the build fail', async () => {
    const told = await tell({ build: 'test ! -e add.mjs' });
    expectLegal(told);
    expect(told.shown.status).toBe('waiting_human');
    expect(told.outcome).toMatchObject({
      status: 'blocked',
      phases_completed: ['plan'],
      verification: { build_success: false },
    });
    expect(told.outcome.next_steps.join()).toMatch(/^answer .*accept/);
  });

  it('R69, R70: what an agent claims proves nothing: before any gate ran both are null, cancelled or not', async () => {
    const claiming = (order: WorkOrder): unknown =>
      order.role === 'reviewer'
        ? refusal(order, 'never good enough')
        : { ...(play(order) as object), claims: { tests_passed: true } };
    const told = await tell({ play: claiming, cancel: true });
    expectLegal(told);
    expect(told.shown.status).toBe('cancelled');
    expect(told.outcome).toMatchObject({
      status: 'blocked',
      files_created: [],
      verification: { all_tests_passed: null, build_success: null },
    });
  });

  it.each([
    ['interrupted', 'in_progress', []],
    ['paused', 'blocked', [{ type: 'run_paused', reason: 'disk_full', detail: 'no room' }]],
    ['failed', 'blocked', [{ type: 'run_ended', status: 'failed', reason: 'a guard', pull_requests: [] }]],
  ] satisfies [string, string, RunEvent[]][])(
    'R70: a real history that ends %s is %s, and legal',
    async (status, said, added) => {
      const until = (event: RunEvent): boolean => event.type === 'phase_completed' && event.phase === 'plan';
      const { history } = await whole;
      const cut = readHistory(cutOff(history.events, { until, added }));
      const shown = shownStatus(cut, null);
      const outcome = runOutcome(cut, shown, { criteria: [], overrides: [] });
      expectLegal({ outcome });
      expect([shown.status, outcome.status, outcome.phases_completed]).toEqual([status, said, ['plan']]);
    },
  );
});

describe('report --format s3', () => {
  it('R71: has the six sections and the seven success criteria with their evidence', async () => {
    const text = implementationReport((await whole).report);
    const sections = [...text.matchAll(/^###? (.*)$/gm)].map(([, title]) => title);
    expect(sections).toEqual([
      'Backend Implementation Complete',
      'Infrastructure Implemented',
      'Feature Implementation',
      'Quality Assurance',
      'Deployment Readiness',
      'Coordination Summary',
      'Next Phase Input for Backend Submission',
      'Success Criteria',
    ]);
    expect(text.match(/^\| \d \| .* \| met \|/gm)).toHaveLength(7);
    expect(text).toContain('**CLI Integration**: cli-agent (cli-agent): cli-agent in round 1');
    expect(text).toContain('**Performance Validation**: not measured');
  });

  it('R39: says which agents ran in parallel, which in sequence and why, and how results were combined', async () => {
    const text = implementationReport((await whole).report);
    expect(text).toContain('in parallel: build/builder, build/cli-agent (none of them needs another)');
    expect(text).toContain('build/tester (tester) after build/together: it needs what was handed in there');
    expect(text).toContain('build/releaser (releaser) after build/tester: it builds on this tree');
    expect(text).toContain('combined in build/merge-both: merged without conflict');
    expect(text).toContain('combined in build/together: coordinator');
  });

  it('R19, R73: hands artifacts, deployment instructions, evidence and integration status to the submission', async () => {
    const { handoff } = (await whole).report;
    expect(handoff.artifacts.map(({ kind }) => kind)).toContain('validation');
    expect(handoff.deployment_instructions).toEqual([
      { step: 'build/releaser', part: 'development', lines: ['run it'] },
      { step: 'build/releaser', part: 'staging', lines: ['copy it', 'run one.sh'] },
      { step: 'build/releaser', part: 'production', lines: ['run one.sh'] },
      { step: 'build/releaser', part: 'rollback', lines: ['revert the commit'] },
    ]);
    expect(handoff.prepared).toEqual([
      { what: 'development', files: ['api/package.json'] },
      { what: 'staging', files: ['api/one.sh', 'api/package.json'] },
      { what: 'production', files: ['api/one.sh'] },
      { what: 'scripts', files: ['api/one.sh'] },
    ]);
    expect(reportMarkdown((await whole).report, null)).toContain(
      '- build/releaser, staging: 1. copy it 2. run one.sh',
    );
    expect(handoff.validation_evidence.map(({ evidence }) => evidence)).toEqual([
      'started the module: node one.mjs',
      'A1 met: 2 + 2 gave 4',
      'A1: met (2 + 2 gave 4)',
    ]);
    expect(handoff.integration.join()).toMatch(/api tests: pass .*pull request #1 is ready/);
  });
});

describe('a deployment that nobody prepared', () => {
  it('R73: has no instructions, whatever a synthesis hands on and however files are called', async () => {
    const told = await tell({
      until: (event) => event.type === 'step_accepted' && event.step === 'build/tester',
      play: (order) => {
        if (order.agent === 'coordinator')
          return done(order, { handoff: 'Ready: run deploy-production.sh.' });
        if (order.agent === 'cli-agent') edit(order, 'deploy-production.sh', 'true\n');
        return play(order);
      },
    });
    expect(told.report.handoff).toMatchObject({ deployment_instructions: [], prepared: [] });
    const text = implementationReport(told.report);
    const section = text.slice(text.indexOf('### Next Phase Input'), text.indexOf('## Success Criteria'));
    expect(section).toContain('not prepared: no step of this run handed in a deployment');
    expect(section).not.toContain('Ready: run');
    expect(told.report.success[4]).toMatchObject({ status: 'not_measured' });
  });
});

describe('report --format s4', () => {
  it('R51: has the five parts of the accepted plan and no sixth, each with what the plan says', async () => {
    const text = planDocument((await whole).report);
    const [, ...parts] = text.split(/^## /m);
    expect(parts.map((part) => part.split('\n')[0])).toEqual([
      '1. Task Analysis',
      '2. Execution Plan',
      '3. Risk Assessment',
      '4. Success Criteria',
      '5. Time Estimate',
    ]);
    expect(parts).toEqual([
      expect.stringContaining(String.raw`It \<b\>adds\</b\>.`),
      expect.stringMatching(
        /\| t2 \| tester \| write tests \| t1 \|[^]*### Rollback Plan\n\n- revert the commit/,
      ),
      expect.stringContaining('- it subtracts'),
      expect.stringContaining('- two and two are four'),
      expect.stringContaining('an hour'),
    ]);
  });

  it('R58: tells the issues met, and what is left for later, within the execution plan', async () => {
    const { report } = await whole;
    const text = planDocument({ ...report, issues: ['it rained'], follow_ups: ['a page for it'] });
    expect([...text.matchAll(/^## (.*)$/gm)]).toHaveLength(5);
    const [, , execution] = text.split(/^## /m);
    expect(execution).toContain('### Issues Encountered\n\n- it rained');
    expect(execution).toContain('### Follow-up items (not part of this run)\n\n- a page for it');
  });

  it('R58: tells of a task without a step of its own in which step its agent works', async () => {
    const { report } = await whole;
    expect(report.plans[0]?.tasks).toMatchObject([
      { id: 't1', step: null, agent_steps: [{ step: 'build/builder', state: 'completed' }] },
      { id: 't2', step: null, agent_steps: [{ step: 'build/tester', state: 'completed' }] },
    ]);
    const text = planDocument(report);
    expect(text).toMatch(/^\| t1 \|.*\| in build\/builder: completed \|$/m);
    expect(text).not.toContain('no step of its own');
  });
});

describe('report --format s1', () => {
  it('R57, R16: announces each phase with number, role, context and deliverable, and its standard with the measure', async () => {
    const { history, report } = await whole;
    const text = announcements(history, report);
    expect(text).toContain('## PHASE 2: Building - builder (specialist), cli-agent (specialist)');
    expect(text).toContain('  - plan/planner (plan): planner in round 1');
    expect(text).toContain('- Executing: A plan');
    expect(text).toContain('- Ready to proceed to Phase 2: Building');
    expect(text).toContain('pass: The plan is whole: 2 tasks, tests and documentation among them');
    expect(text.match(/Phase \d Complete/g)).toHaveLength(4);
  });

  it('R79, R91: computes the five metrics from the journal; what was not measured is not claimed', async () => {
    const { metrics } = (await whole).report;
    expect(metrics.map(({ value }) => value)).toEqual([
      expect.stringContaining('to the pull request; not deployed'),
      '4 of 4 phases',
      '0 answers to 0 questions, 0.0s waited',
      expect.stringMatching(/2 named tests green; .*100 %; line coverage: not measured/),
      'not measured: nothing was deployed',
    ]);
  });
});

describe('report --format html', () => {
  it('is one file that loads nothing, with every step on its timeline, and escapes what others wrote', async () => {
    const { report, history } = await whole;
    const evil = { ...report, request: '<script>alert(1)</script> "x"', reason: "<img src=x onerror='y'>" };
    const page = htmlReport(evil, null);
    expect(page).not.toMatch(/<script|<img|<link|<iframe|url\(|@import|href=|src=(?!x)/);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &quot;x&quot;');
    expect(page).toContain("default-src 'none'");
    expect(page).toContain('prefers-color-scheme: dark');
    expect(page.match(/class="row"/g)).toHaveLength(history.state.graph.steps.length);
    expect(page.match(/<details>/g)?.length).toBe(page.match(/<\/details>/g)?.length);
  });

  it('has the whole change as its last reviewer saw it, and links to it from the pull request at any forge', async () => {
    const { report, diff } = await whole;
    expect(diff).toMatchObject({ reviewer: 'code-review', isCut: false });
    expect(diff?.files.map(({ repo, file }) => `${repo}/${file}`)).toEqual(
      ['README.md', 'add.mjs', 'add.test.mjs', 'cli.mjs', 'one.sh'].map((file) => `api/${file}`),
    );
    const page = htmlReport(report, null, diff);
    expect(page.match(/href="[^"]*"/g)).toEqual(['href="#diff-1"']);
    expect(page).toContain('<h3 id="diff-1">api</h3>');
    expect(page).toContain('<span class="good">+export const add = (a, b) =&gt; a + b;</span>');
  });

  it('says that a diff is not whole, and has none where what a reviewer was sent is not there', async () => {
    const { report, history } = await whole;
    const diffOf = (sent: object | null): Promise<ReviewedDiff | null> => {
      const body = Buffer.from(JSON.stringify(sent));
      const getArtifact = async () => (sent === null ? null : { hash: 'h', kind: 'sent', body });
      return readReviewedDiff({ getArtifact }, history);
    };
    const text = 'diff --git a/api/x.mjs b/api/x.mjs\n+<b>\n';
    const context = [{ name: 'diff', kind: 'diff', text }];
    const cut = await diffOf({ prompt: '## Shortened\n- diff: its first 20 bytes\n', context });
    expect(cut).toMatchObject({ isCut: true, files: [{ file: 'x.mjs', lines: ['+<b>'] }] });
    expect(htmlReport(report, null, cut)).toMatch(/not shown all of it[\s\S]*\+&lt;b&gt;/);
    for (const sent of [null, { prompt: '', context: [] }]) {
      expect(await diffOf(sent)).toBeNull();
      expect(htmlReport(report, null, await diffOf(sent))).not.toContain('#diff');
    }
  });
});

describe('report', () => {
  it('R54: shows per criterion which tests the gates saw green, in the pull request as well', async () => {
    const { report, pullRequest } = await whole;
    expect(pullRequest).toContain('| A1: it adds | test adds: green, and not without the change | shown |');
    expect(reportMarkdown(report, null)).toContain(
      '| A1: it adds | test adds: green, and not without the change | shown |',
    );
  });

  it('R53, R55: lists the plans and shows each step in one of four states', async () => {
    const { report } = await whole;
    expect(report.plans).toMatchObject([{ revision: 1, in_force: true, step: 'plan/planner' }]);
    expect(new Set(report.phases.flatMap((phase) => phase.steps.map((step) => step.state)))).toEqual(
      new Set(['completed']),
    );
  });
});
