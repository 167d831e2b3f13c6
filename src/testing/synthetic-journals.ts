/**
 * Journals for everything that is measured over runs. Only ends of pieces take time, so many seconds each, so that whoever
 * reads one can add its figures up by hand: work 60, review 30, gates 20, merge 10, effect 5, deploy command 40, wait before
 * another attempt 15, an answer 300, a new holder 100.
 */
import type { JournalEvent, RunEvent } from '../core/events.ts';
import type { GateResult, Question } from '../core/records.ts';
import type { Usage } from '../core/results.ts';
import { buildGraph, check, deploy, parallel, reader, submit, writer } from './build-graph.ts';
import { asJournal, simulateEvents, type Script } from './events.ts';
import { failing, finding, gateResult, submitted } from './outcomes.ts';

const SECONDS: Partial<Record<RunEvent['type'], number>> = {
  invocation_ended: 60,
  review_ended: 30,
  gates_ended: 20,
  merge_ended: 10,
  effect_ended: 5,
  deploy_ended: 40,
  wait_ended: 15,
  question_answered: 300,
};

/** Nine o'clock. */
const MONDAY = Date.UTC(2026, 0, 5, 9);

function secondsBefore(event: RunEvent): number {
  if (event.type === 'holder_changed') return event.epoch > 1 ? 100 : 0;
  return SECONDS[event.type] ?? 0;
}

/** planner → coder → whole → submit. */
const LINE = buildGraph(
  { plan: [reader('planner')], build: [writer('coder'), check('whole')], end: [submit()] },
  { workflow: 'line' },
);
/** left ∥ right, then merged. */
const SIDES = buildGraph(
  { build: [parallel('both', [[writer('left')], [writer('right')]])], end: [submit()] },
  { workflow: 'sides' },
);
const DEPLOYING = buildGraph(
  { build: [writer('coder'), check('whole')], end: [submit(), deploy('staging'), deploy('production')] },
  { workflow: 'deploying' },
);

const RED_TESTS = finding({ source: 'tests', problem: 'totals are wrong' });
const UNCHECKED = finding({ source: 'reviewer', problem: 'the amount is not checked' });
const LEAK = finding({ source: 'reviewer', problem: 'the token is logged', owner: 'build/coder' });
const RED_CHECK = finding({ source: 'forge', problem: 'the check build is red', owner: 'build/coder' });

function redGates(): GateResult[] {
  return [gateResult({ status: 'fail', summary: '1 failed', findings: [RED_TESTS] })];
}

/** Two invocations of priced models, and reviews of one whose price nobody knows. */
function usageOf({ kind, step }: { kind: string; step: string }): Usage {
  const tokens = { input_tokens: 1_000, output_tokens: 100 };
  if (kind === 'review') return { ...tokens, cost_usd: null };
  return { ...tokens, cost_usd: step === 'plan/planner' ? 0.25 : 1.5 };
}

/** A module's green tests, and how many of its changed lines they ran. */
function testsAndLines(module: string, passed: number, covered: number, lines: number): GateResult[] {
  const tests = {
    total: passed,
    passed,
    failed: 0,
    skipped: 0,
    missing: 0,
    added: 0,
    canary: 'red',
  } as const;
  return [
    gateResult({ module, tests }),
    gateResult({
      gate: 'coverage',
      kind: 'coverage',
      module,
      tests: null,
      coverage: { covered, lines, uncovered: [] },
    }),
  ];
}

function stopped(): RunEvent[] {
  const actor = { kind: 'human', name: 'ada', via: 'cli' } as const;
  return [
    ...simulateEvents({ graph: LINE, runId: 'r-aborted', until: ({ type }) => type === 'phase_completed' }),
    { type: 'cancel_requested', actor, reason: 'enough', clean_up: 'roll_back' },
    { type: 'clean_up_started', key: 'clean-up', choice: 'roll_back' },
    {
      type: 'clean_up_ended',
      key: 'clean-up',
      result: { choice: 'roll_back', done: ['closed'], left: [] },
      pull_requests: [],
    },
    { type: 'run_ended', status: 'cancelled', reason: 'enough', pull_requests: [] },
  ];
}

function following(): Script {
  let looks = 0;
  const seen = () => {
    looks += 1;
    if (looks === 1) return { kind: 'pending', detail: 'still running: build', wait_ms: 15_000 } as const;
    const followed = { findings: looks === 2 ? [RED_CHECK] : [], notes: [] };
    return { kind: 'confirmed', performed: false, pull_request: null, followed } as const;
  };
  return {
    graph: LINE,
    follow: { for_ms: 600_000, every_ms: 15_000, grace_ms: 15_000 },
    effect: ({ effect }) => (effect === 'follow' ? seen() : null),
  };
}

function answering({ options, kind }: Question): { option: string; text: string } {
  if (kind === 'confirm_start') return { option: 'confirm', text: '' };
  return { option: options.some(({ id }) => id === 'approve') ? 'approve' : 'skip', text: '' };
}

/** Nobody saw what became of either deployment: of staging somebody knows, production is left. */
function doubting(question: Question): { option: string; text: string } {
  const { options, step } = question;
  if (step === 'end/deploy-staging' && options.some(({ id }) => id === 'deployed'))
    return { option: 'deployed', text: 'seen there' };
  return answering(question);
}

/** Everybody asks first, and is answered; the coder is then sent back once. */
function asking(): Script {
  return {
    graph: LINE,
    work: (command) =>
      command.round === 1
        ? submitted(command, 'plan', null, { status: 'needs_clarification', open_questions: ['Which?'] })
        : null,
    review: ({ step, round }) => (step === 'build/coder' && round === 2 ? failing(UNCHECKED) : null),
    answer: () => ({ option: 'answer', text: 'the second' }),
  };
}

const SCRIPTS: Record<string, () => RunEvent[]> = {
  clean: () => simulateEvents({ graph: LINE, runId: 'r-clean' }),
  reworked: () =>
    simulateEvents({
      graph: LINE,
      runId: 'r-reworked',
      gates: ({ step, round }) => (step === 'build/coder' && round === 1 ? redGates() : null),
      review: ({ step, round }) => (step === 'build/coder' && round === 2 ? failing(UNCHECKED) : null),
    }),
  waited: () =>
    simulateEvents({ graph: { ...LINE, start: 'confirm' }, runId: 'r-waited', answer: answering }),
  aborted: stopped,
  escaped: () =>
    simulateEvents({
      graph: LINE,
      runId: 'r-escaped',
      review: ({ step, round }) => (step === 'build/whole' && round === 1 ? failing(LEAK) : null),
    }),
  parallel: () => simulateEvents({ graph: SIDES, runId: 'r-parallel', repos: ['orders', 'billing'] }),
  priced: () =>
    simulateEvents({
      graph: LINE,
      runId: 'r-priced',
      usage: usageOf,
      models: { planner: 'small-1', coder: 'large-2', reviewer: 'own-3' },
    }),
  followed: () => simulateEvents({ ...following(), runId: 'r-followed' }),
  deployed: () =>
    simulateEvents({
      graph: DEPLOYING,
      runId: 'r-deployed',
      deployable: ['staging', 'production'],
      deploy: (environment) => (environment === 'staging' ? 'deployed' : 'failed'),
      answer: answering,
    }),
  crashed: () => {
    let died = false;
    return simulateEvents({
      graph: LINE,
      runId: 'r-crashed',
      dies: (event) => {
        if (died || event.type !== 'gates_started') return false;
        died = true;
        return true;
      },
    });
  },
  asked: () => simulateEvents({ ...asking(), runId: 'r-asked' }),
  measured: () =>
    simulateEvents({
      graph: LINE,
      runId: 'r-measured',
      gates: ({ step }) =>
        step === 'build/whole'
          ? [...testsAndLines('.', 57, 45, 50), ...testsAndLines('web', 12, 10, 30)]
          : testsAndLines('.', 40, 30, 40),
    }),
  doubted: () =>
    simulateEvents({
      graph: DEPLOYING,
      runId: 'r-doubted',
      deployable: ['staging', 'production'],
      dies: ({ type }) => type === 'deploy_started',
      answer: doubting,
    }),
};

export const JOURNAL_NAMES: readonly string[] = Object.keys(SCRIPTS);

/** One of them; begins at nine on a Monday, unless told otherwise. */
export function journalOf(name: string, from = MONDAY): JournalEvent[] {
  const events = SCRIPTS[name]?.();
  if (events === undefined) throw new Error(`there is no journal ${name}`);
  return journalFrom(events, from);
}

/** Events with these times. */
export function journalFrom(events: RunEvent[], from = MONDAY): JournalEvent[] {
  return asJournal(events, from, secondsBefore);
}
