/** One request through the real engine, with the `blueprint` driver, real gates and the `local` forge. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalEvent } from '../../src/core/events.ts';
import type { Question } from '../../src/core/records.ts';
import { chooseWorkflow, requireDefinitions } from '../../src/cli/start/definitions-here.ts';
import { fitToRules } from '../../src/cli/start/fit-to-rules.ts';
import { readIntake } from '../../src/cli/start/intake-here.ts';
import { takeWorkflow } from '../../src/cli/start/workflow-here.ts';
import { BatonError } from '../../src/core/errors.ts';
import { createBlueprintDriver } from '../../src/drivers/blueprint/create-blueprint-driver.ts';
import { detectRequest } from '../../src/intake/detect-request.ts';
import type { Engine } from '../../src/engine/engine.ts';
import {
  driveRig,
  openRig,
  sequenceGraph,
  startRigRun,
  type RigRun,
  type RigStep,
} from '../../src/testing/rig.ts';
import { withPackages } from '../gate-bench.ts';
import { hiddenFaults } from './acceptance.ts';
import type { AskedRequest } from './facts.ts';
import { configOf, makeService, SERVICE, setupOf } from './services.ts';

/** What `baton run` takes where the words lead to no other one. */
const USUAL = 'baton';
/** How often a person answers one run before they give up. */
const MAX_ANSWERS = 3;

export const ENDINGS = [
  'right',
  'asked',
  'refused',
  'asked_without_need',
  'false_success',
  'stopped',
] as const;
/**
 * `asked`: about what is open in the words, and nobody answers. `refused`: nothing was started and nothing asked, for
 * words that name nothing which could be built. `stopped`: neither a pull request nor a question of its own.
 */
export type Ending = (typeof ENDINGS)[number];

export interface Tried {
  request: AskedRequest;
  ending: Ending;
  isSubmitted: boolean;
  /** Questions that were asked on the way. */
  questions: string[];
  /** What the hidden tests see, or why it stopped. */
  why: string[];
  /** The gates of the whole change, by name, as the last pass says. */
  gates: Record<string, string>;
  seconds: number;
}

const STEPS: RigStep[] = [
  { id: 'summarize/summarizer', agent: 'backend-task-summarizer', role: 'planner', output: 'requirements' },
  {
    id: 'build/datatypes',
    agent: 'datatypes-agent',
    role: 'specialist',
    output: 'changes',
    over: { gates: 'none' },
  },
  {
    id: 'build/feature',
    agent: 'feature-implementation-agent',
    role: 'specialist',
    output: 'changes',
    over: { gates: 'none' },
  },
  {
    id: 'build/tests',
    agent: 'unit-testing-agent',
    role: 'specialist',
    output: 'changes',
    over: { gates: 'none' },
  },
];

export async function tryRequest(
  request: AskedRequest,
  { dir, mutants, workflow }: { dir: string; mutants: number; workflow: string | null },
): Promise<Tried> {
  const startedAt = performance.now();
  mkdirSync(dir, { recursive: true });
  const driver = createBlueprintDriver({
    spec: { name: 'blueprint', careless: [], rogues: {}, seed: 1, paceMs: 0 },
    environment: process.env,
  });
  await using rig = await openRig(driver, dir);
  const engine: Engine = {
    ...rig.engine,
    openWall: async (mode) => {
      const opened = await rig.engine.openWall(mode);
      return { ...opened, wall: withPackages(opened.wall) };
    },
  };
  const way = wayOf(request.words, workflow, dir);
  if (way.kind === 'refused') return refused(request, way.why, performance.now() - startedAt);
  const runId = await startRigRun(engine, {
    ...way.run,
    repos: [makeService(request.framework, dir)],
    config: configOf(request.framework, mutants),
    request: request.words,
  });
  const { events, status, reason } = await driveWithAnswers(engine, runId, request.answer);
  const questions = questionsIn(events);
  const head = events
    .flatMap(({ event }) => (event.type === 'run_ended' ? event.pull_requests : []))
    .map((pull) => pull.head)[0];
  const faults =
    head === undefined || request.facts === null
      ? []
      : await hiddenFaults(request.facts, {
          bare: join(rig.stateDir, 'forge', `${SERVICE}.git`),
          head,
          setup: setupOf(request.framework),
          dir: join(dir, 'hidden'),
        });
  const stopped = `${status}: ${reason}`;
  const { ending, why } = endingOf(request, { isSubmitted: head !== undefined, questions, faults, stopped });
  return {
    request,
    ending,
    isSubmitted: head !== undefined,
    questions: questions.map(({ text }) => text),
    why,
    gates: gatesIn(events),
    seconds: (performance.now() - startedAt) / 1_000,
  };
}

type Way =
  | { kind: 'run'; run: Pick<RigRun, 'graph' | 'agents' | 'effort'> }
  /** `baton run` starts nothing. */
  | { kind: 'refused'; why: string };

/** The way that `baton run` takes with the words; with another workflow than its usual one, or with the five agents whose work it takes (null), that one. */
function wayOf(words: string, workflow: string | null, cwd: string): Way {
  if (workflow === null) return { kind: 'run', run: sequenceGraph(STEPS, { submit: true }) };
  if (workflow !== USUAL) return { kind: 'run', run: requireDefinitions(chooseWorkflow(workflow, cwd)) };
  try {
    const fitted = fitToRules(words, { detection: detectRequest(words), refined: null }, undefined);
    const intake = readIntake(words, fitted, { effort: undefined, chosen: false, planned: false });
    const { graph, agents } = takeWorkflow(intake, { workflow: undefined, cwd, limits: {} });
    return { kind: 'run', run: { graph, agents, ...intake.effort } };
  } catch (error) {
    if (error instanceof BatonError && error.code === 'E_PREFLIGHT')
      return { kind: 'refused', why: error.message };
    throw error;
  }
}

/** A refusal is fair only of words that name nothing which could be built; of any other it stands in the way of one. Nobody was asked by it. */
function refused(request: AskedRequest, why: string, tookMs: number): Tried {
  const ending = request.kind === 'vague' ? 'refused' : 'stopped';
  return {
    request,
    ending,
    isSubmitted: false,
    questions: [],
    why: [why],
    gates: {},
    seconds: tookMs / 1_000,
  };
}

export interface Seen {
  isSubmitted: boolean;
  questions: readonly Pick<Question, 'kind' | 'text'>[];
  /** What the hidden tests see. */
  faults: readonly string[];
  /** How a run without a pull request stands. */
  stopped: string;
}

/** What a request came to. What is open in its words has to be asked: a pull request without that is a false success, even one that was guessed right. */
export function endingOf(request: AskedRequest, seen: Seen): { ending: Ending; why: string[] } {
  const { questions } = seen;
  const unfair = questions.filter(({ text }) => !isFair(request, text)).map(({ text }) => text);
  const last = questions.at(-1);
  if (!seen.isSubmitted) {
    if (last?.kind !== 'clarification') return { ending: 'stopped', why: [seen.stopped, last?.text ?? ''] };
    const isFairEnd = unfair.length === 0 && request.answer === null;
    return { ending: isFairEnd ? 'asked' : 'asked_without_need', why: [] };
  }
  if (request.facts === null || (request.open !== null && questions.length === unfair.length))
    return { ending: 'false_success', why: [`It was not asked: ${request.open}`, ...seen.faults] };
  if (seen.faults.length > 0) return { ending: 'false_success', why: [...seen.faults] };
  return { ending: unfair.length > 0 ? 'asked_without_need' : 'right', why: unfair };
}

/** A question is fair when it names what is open in the words. */
function isFair({ open }: AskedRequest, text: string): boolean {
  return open !== null && text.toLowerCase().includes(open.toLowerCase());
}

async function driveWithAnswers(
  engine: Engine,
  runId: string,
  answer: string | null,
): ReturnType<typeof driveRig> {
  for (let answers = 0; ; answers += 1) {
    const driven = await driveRig(engine, runId);
    const asked = questionsIn(driven.events).at(-1);
    const waits = driven.status === 'waiting_human' && asked?.kind === 'clarification';
    if (!waits || answer === null || answers >= MAX_ANSWERS) return driven;
    await engine.journal.post(runId, {
      kind: 'answer',
      questionId: asked.id,
      option: 'answer',
      text: answer,
      name: 'tester',
      via: 'cli',
    });
  }
}

function questionsIn(events: readonly JournalEvent[]): Question[] {
  return events.flatMap(({ event }) => (event.type === 'question_asked' ? [event.question] : []));
}

function gatesIn(events: readonly JournalEvent[]): Record<string, string> {
  const passes = events.flatMap(({ event }) =>
    event.type === 'gates_ended' && event.outcome.kind === 'measured' ? [event.outcome.results] : [],
  );
  return Object.fromEntries((passes.at(-1) ?? []).map(({ gate, status }) => [gate, status]));
}
