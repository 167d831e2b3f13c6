/**
 * Every built-in workflow, rehearsed as people do it: `baton demo --workflow NAME` as a process, a person's approval of
 * the infrastructure, and `baton verify`. Only the agents' answers are prepared.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeConfig } from '../../src/cli/config-here.ts';
import { chooseWorkflow, requireDefinitions } from '../../src/cli/start/definitions-here.ts';
import type { EventOf, EventType, RunEvent } from '../../src/core/events.ts';
import { PREPARED_ANSWERS, rehearse } from '../../src/demo/rehearsal.ts';
import { createDemoRepositories } from '../../src/demo/repositories.ts';
import { listBuiltinWorkflows } from '../../src/definitions/builtin.ts';
import { openEngine } from '../../src/engine/open-engine.ts';
import { startRun } from '../../src/engine/start-run.ts';
import { driveRig } from '../../src/testing/rig.ts';
import { eventsOf } from '../engine/plays.ts';

const BIN = join(import.meta.dirname, '../../bin/baton.js');
const WAITS_FOR_HUMAN = 4;
/** Alone it takes less than 90 s; beside the rest of the suite, longer. */
const LIMIT_MS = 900_000;

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-rehearsal-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));

function baton(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { PATH: process.env['PATH'], HOME: dir, BATON_WORK: join(dir, 'work'), NO_COLOR: '1' };
  return spawnSync(process.execPath, [BIN, ...args], { cwd: dir, encoding: 'utf8', env, maxBuffer: 2 ** 26 });
}

type Logged = RunEvent & { seq: number };

class Log {
  readonly events: Logged[];
  constructor(events: Logged[]) {
    this.events = events;
  }
  of<T extends EventType>(type: T): (EventOf<T> & { seq: number })[] {
    return this.events.filter((event): event is EventOf<T> & Logged => event.type === type);
  }
  /** Where this first happened to the step; fails the test where it did not. */
  at(type: EventType, step: string): number {
    const found = this.events.find((event) => event.type === type && 'step' in event && event.step === step);
    expect(found, `${type} of ${step}`).toBeDefined();
    return found?.seq ?? Number.NaN;
  }
  /** Each of these steps was accepted before the next one began. */
  expectInOrder(...steps: string[]): void {
    for (const [index, step] of steps.slice(1).entries()) {
      const begun = this.events.find(
        ({ type, ...event }) =>
          ['invocation_started', 'review_started', 'merge_started'].includes(type) &&
          'step' in event &&
          event.step === step,
      );
      expect(begun?.seq, step).toBeGreaterThan(this.at('step_accepted', steps[index] ?? ''));
    }
  }
  /** All of these began before any of them handed in. */
  expectTogether(...steps: string[]): void {
    const begun = steps.map((step) => this.at('invocation_started', step));
    const ended = steps.map((step) => this.at('invocation_ended', step));
    expect(Math.max(...begun)).toBeLessThan(Math.min(...ended));
  }
}

/** The whole rehearsal of one workflow, the person's part included. */
function rehearseWorkflow(name: string): Log {
  const demo = baton('demo', '--workflow', name, '--json');
  expect(demo.status, demo.stderr).toBe(WAITS_FOR_HUMAN);
  const { run_id: runId } = JSON.parse(demo.stdout.split('\n')[0] ?? '') as { run_id: string };
  expect(demo.stdout).toContain('orders-service/infra/compose.yaml');
  const approved = baton('approve', runId);
  expect(approved.status, `${approved.stdout}\n${approved.stderr}`).toBe(0);
  expect(baton('verify', runId).status).toBe(0);
  // R72: prepared words show nothing, whatever they say.
  const { success } = JSON.parse(baton('report', runId, '--json').stdout) as {
    success: { status: string; evidence: string }[];
  };
  expect(success[4]?.status, success[4]?.evidence).not.toBe('met');
  const lines = baton('log', runId, '--json').stdout.trim().split('\n');
  return new Log(lines.map((line) => JSON.parse(line) as Logged));
}

/** What has to hold for each of them. */
function expectWholeRun(log: Log): void {
  const [ended] = log.of('run_ended');
  expect(ended?.status).toBe('done');
  expect(ended?.pull_requests.map(({ repo }) => repo).sort()).toEqual(['orders-client', 'orders-service']);
  const labels = [...log.of('invocation_started'), ...log.of('review_started')].map((e) => e.identity.label);
  expect(new Set(labels)).toEqual(new Set(['rehearsal']));
  // A review after every agent, of exactly what was accepted.
  const accepted = new Map(log.of('step_accepted').map((event) => [event.step, event]));
  for (const step of new Set(log.of('invocation_started').map((event) => event.step))) {
    const verdicts = log.of('review_ended').filter((event) => event.step === step);
    expect(verdicts.map(({ link }) => link.to)).toContain(accepted.get(step)?.link?.to);
  }
  expectRework(log);
  expect(log.of('merge_ended').filter(({ outcome }) => outcome.kind !== 'merged')).toEqual([]);
  // R64: the only question was about infrastructure, and a person answered it before its step was accepted.
  const [asked, ...more] = log.of('question_asked');
  const [answered] = log.of('question_answered');
  expect([asked?.question.kind, more]).toEqual(['approval', []]);
  expect(answered).toMatchObject({ option: 'approve', actor: { kind: 'human' } });
  expect(answered?.seq).toBeLessThan(log.at('step_accepted', asked?.question.step ?? ''));
}

/** The first try of the feature is found by a test gate of the repository, that of the tests by a reviewer. */
function expectRework(log: Log): void {
  const [feature, tests, ...more] = log.of('rework_requested');
  expect(more).toEqual([]);
  const redGates = (step: string | undefined): string[] =>
    log
      .of('gates_ended')
      .filter((event) => event.step === step)
      .flatMap(({ outcome }) => (outcome.kind === 'measured' ? outcome.results : []))
      .filter(({ status }) => status === 'fail')
      .flatMap(({ findings }) => findings.map(({ problem }) => problem));
  expect(redGates(feature?.step).join('\n')).toContain('every error has the documented shape');
  expect(redGates(tests?.step)).toEqual([]);
  const refused = log
    .of('review_ended')
    .filter((event) => event.step === tests?.step)
    .map(({ outcome }) => (outcome.kind === 'verdict' ? outcome.review.verdict : 'none'));
  expect(refused).toEqual(['fail', 'pass']);
}

const RESEARCH = [
  'plan/technology-research-agent',
  'plan/existing-functionality-agent',
  'plan/new-functionality-agent',
  'plan/unit-test-planner-agent',
];

/** R33, R35 and R75, in the implementer alone and as a phase of another workflow. */
function expectImplementer(log: Log, prefix: string): void {
  const step = (name: string): string => `${prefix}${name}`;
  const foundation = [
    step('foundation/backend-cloud-infrastructure-architect'),
    step('foundation/backend-datatypes'),
  ];
  const core = [step('core/backend-feature-implementer'), step('core/backend-cli-implementer')];
  log.expectTogether(...foundation);
  log.expectTogether(...core);
  for (const first of core) log.expectInOrder(step('foundation/foundation-synthesis'), first);
  log.expectInOrder(
    step('foundation/merge-foundation'),
    step('foundation/foundation-synthesis'),
    step('core/merge-core'),
    step('core/core-synthesis'),
    step('testing/backend-unit-test-generator'),
    step('quality/code-review'),
    step('quality/security'),
    step('quality/backend-validation-agent'),
    step('deployment/backend-deployment-agent'),
    step('final-validation/backend-validation-agent'),
    step('completion/backend-implementer'),
  );
}

/** What is special to each. */
const FACTS: Record<string, (log: Log) => void> = {
  'review-gated': (log) => {
    log.expectInOrder(...RESEARCH, 'plan/backend-planner', 'implement/backend-implementer');
  },
  'six-phase': (log) => {
    log.expectInOrder(
      'requirements/backend-summarize',
      'planning/backend-plan',
      'implementation/backend-implement',
      'testing/backend-test',
      'validation/backend-validate',
      'delivery/deployment-agent',
      'delivery/final-validation',
      'delivery/backend-commit',
    );
    expect(log.of('deploy_skipped').map(({ environment }) => environment)).toEqual(['staging']);
  },
  specialists: (log) => {
    // R43: each of those who write was told where, and the gates held it there.
    const named = log
      .of('invocation_ended')
      .flatMap(({ outcome }) => (outcome.kind === 'submitted' ? outcome.result.needs : []))
      .filter((need) => need.needed && need.modules !== undefined);
    expect(named.map(({ agent }) => agent)).toHaveLength(6);
    log.expectTogether(
      'testing/backend-unit-test-engineer',
      'testing/backend-integration-test-engineer',
      'testing/acceptance-test-engineer',
    );
    log.expectInOrder(
      'implementation/backend-developer',
      'testing/merge-tests',
      'quality/code-review',
      'quality/security-review',
    );
  },
  implementer: (log) => expectImplementer(log, ''),
  'four-agent': (log) => {
    log.expectInOrder(...RESEARCH, 'plan/backend-planner', 'implement-selection/backend-implementer');
    expectImplementer(log, 'implement-');
  },
  baton: (log) => {
    log.expectInOrder(...RESEARCH, 'plan/backend-planner');
    log.expectInOrder(
      'implement/unit-testing-agent',
      'validate/deployment-agent',
      'validate/validation-agent',
    );
  },
  planner: (log) => {
    log.expectInOrder('analyse/requirements', 'plan/backend-task-orchestrator', 'build/tasks-data');
    log.expectTogether('build/tasks-data', 'build/tasks-container');
    log.expectTogether('build/tasks-endpoints', 'build/tasks-command');
    log.expectInOrder(
      'build/tasks-command',
      'build/tasks-tests',
      'build/tasks-documents',
      'quality/security',
    );
  },
};

/** Each by the numbers that its own facts above show. */
const [RESEARCHED, FOUR, LANES, LAYERS, OTHERS] = [
  ['baton', 'review-gated'],
  ['four-agent'],
  ['implementer'],
  ['specialists'],
  ['planner', 'six-phase'],
];

function expectRehearsal(name: string): void {
  const log = rehearseWorkflow(name);
  expectWholeRun(log);
  expect(FACTS[name], `what is special to ${name}`).toBeDefined();
  FACTS[name]?.(log);
}

describe('a rehearsal', () => {
  it('is there of every built-in workflow', () => {
    expect([RESEARCHED, FOUR, LANES, LAYERS, OTHERS].flat().sort()).toEqual(
      listBuiltinWorkflows()
        .map(({ name }) => name)
        .sort(),
    );
  });

  it.each(RESEARCHED)(
    'R12, R64: of %s ends with reviewed pull requests in both repositories, researchers before the planner',
    expectRehearsal,
    LIMIT_MS,
  );

  it.each(FOUR)(
    'R12, R30, R33, R35, R64, R75: of %s ends with reviewed pull requests in both repositories, everything in its order',
    expectRehearsal,
    LIMIT_MS,
  );

  it.each(LANES)(
    'R30, R33, R35, R64, R75: of %s ends with reviewed pull requests in both repositories, lanes and quality in their order',
    expectRehearsal,
    LIMIT_MS,
  );

  it.each(LAYERS)(
    'R30, R34, R43, R64: of %s ends with reviewed pull requests in both repositories, testers together and code before security',
    expectRehearsal,
    LIMIT_MS,
  );

  it.each(OTHERS)(
    'R64: of %s ends with reviewed pull requests in both repositories',
    expectRehearsal,
    LIMIT_MS,
  );

  it(
    'OUT-2: cannot stage its success: with one wrong word in a part, a test of the repository stops it',
    async () => {
      const answers = join(dir, 'answers');
      cpSync(PREPARED_ANSWERS, answers, { recursive: true });
      const part = join(answers, 'parts/service/orders-service/src/handlers/invoices.js');
      writeFileSync(part, readFileSync(part, 'utf8').replace('status: 201', 'status: 200'));
      const state = { stateDir: join(dir, 'broken'), workDir: join(dir, 'work') };
      await using engine = await openEngine({ ...state, environment: process.env });
      const repos = (await createDemoRepositories(join(dir, 'broken-repos'), process.env['PATH'] ?? '')).map(
        ({ path }) => ({
          path,
          ref: null,
        }),
      );
      const { graph, agents } = requireDefinitions(chooseWorkflow('six-phase', dir));
      const none = { repos: {}, limits: {}, agentEnv: [] };
      const { config } = await completeConfig(none, (await engine.workspaces.inspect(repos)).repos);
      const { runId } = await startRun(engine, {
        ...rehearse(answers),
        repos,
        graph,
        agents,
        config,
        forge: 'local',
        sandbox: 'auto',
        confirmed: true,
        actor: { kind: 'human', name: 'ada', via: 'flag' },
      });
      const { status, events, questions } = await driveRig(engine, runId);
      expect(status).toBe('waiting_human');
      expect(questions[0]).toMatchObject({
        kind: 'rework_exhausted',
        step: 'implementation/backend-implement',
      });
      const last = eventsOf(events, 'gates_ended').at(-1);
      expect(JSON.stringify(last)).toContain('the example of POST /invoices in API.md answers 200');
    },
    LIMIT_MS,
  );

  it('takes no flag that is for rules, and no workflow that is not there', () => {
    const mixed = baton('demo', '--workflow', 'planner', '--hostile');
    expect([mixed.status, mixed.stderr]).toEqual([
      2,
      expect.stringContaining('--hostile is for agents that are rules'),
    ]);
    const unknown = baton('demo', '--workflow', 'nowhere');
    expect([unknown.status, unknown.stderr]).toEqual([
      2,
      expect.stringContaining('There is no workflow "nowhere"'),
    ]);
  });
});
