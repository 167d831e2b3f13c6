/**
 * The `in-process` driver: a model of any provider with a few tools of our own, in this process. It needs an address
 * and a token of the gateway for each invocation, and nothing else; what its model runs is behind the run's wall.
 */
import { APICallError, RetryError } from 'ai';
import { BatonError } from '../../core/errors.ts';
import { asObject } from '../../core/json.ts';
import { passedValues } from '../agent-environment.ts';
import type { Driver, DriverNote, DriverOutcome, WorkOrder } from '../driver.ts';
import { UNKNOWN_USAGE } from '../driver.ts';
import { openPrivateFolder } from '../private-folder.ts';
import { SYSTEM_CLOCK } from '../process/clock.ts';
import { describeLeftovers, describeStop, type Stopped } from '../process/describe-stop.ts';
import { startStopWatch, type StopReason } from '../process/stop-watch.ts';
import { checkAgainst } from '../submit/check-schema.ts';
import { createOffers, sayRejected, type Offers } from '../submit/offers.ts';
import { SUBMIT_TOOL } from '../submit/submit-words.ts';
import { converse, type ConversationEnd, type ConversationEvents } from './converse.ts';
import { splitModelName } from './model-name.ts';
import { openModel } from './open-model.ts';
import { findProblems } from './preflight.ts';
import { IN_PROCESS, NUDGE, orderText } from '../order-text.ts';
import { cutEnd } from '../cut.ts';
import { createSaid } from '../said.ts';
import { createTools, rightsOf } from './tools.ts';
import { isModelUnknown } from './unknown-model.ts';
import { whyRejected } from './why-rejected.ts';

const MAX_STEPS = 250;
const CONTEXT_TOKENS = 160_000;
const DETAIL_CHARS = 2_000;
const NOTE_CHARS = 200;
const RELIEF_LINES = {
  shorten: '(older tool results are shortened)',
  sum_up: '(sums up its work so far)',
} as const;

export interface InProcessOptions {
  /** Names of variables that commands of agents may see. */
  env: readonly string[];
  environment: Readonly<Record<string, string | undefined>>;
  maxSteps?: number;
}

/** Starts a fresh conversation for every work order. */
export function createInProcessDriver(options: InProcessOptions): Driver {
  // Its warnings about what a provider does not support are no matter for a terminal.
  globalThis.AI_SDK_LOG_WARNINGS = false;
  return {
    name: 'in-process',
    meters: ['tokens', 'cost_usd'],
    callsModels: true,
    takesModel: (name) => splitModelName(name) !== null,
    labelFor: (_agent, model = null) => (model === null ? 'model' : `model, ${model}`),
    preflight: (facts) => Promise.resolve(findProblems(options, facts)),
    run: (order, note, signal) => runModel(options, order, note, signal),
  };
}

async function runModel(
  options: InProcessOptions,
  order: WorkOrder,
  note: (note: DriverNote) => void,
  signal: AbortSignal,
): Promise<DriverOutcome> {
  const offers = createOffers(checkAgainst(order), (problems) =>
    said.note({
      kind: 'tool',
      text: problems.length === 0 ? SUBMIT_TOOL : sayRejected(SUBMIT_TOOL, problems.join('; ')),
    }),
  );
  for (const [name, secret] of passedValues(options.environment, options.env)) order.handed.set(name, secret);
  const said = createSaid(note);
  using watch = startStopWatch({
    clock: SYSTEM_CLOCK,
    idleMs: order.idleTimeoutMs,
    totalMs: order.totalTimeoutMs,
    signal,
  });
  const stop = new AbortController();
  const ending: Ending = { stopped: null, leftovers: [] };
  void watch.stopped.then(({ kind }) => {
    ending.stopped = kind;
    stop.abort();
  });
  const events: ConversationEvents = {
    text: (piece) => said.text(piece),
    // A result is noted when it was judged.
    tool: (name, input) => {
      if (name !== SUBMIT_TOOL) said.note({ kind: 'tool', text: toolLine(name, input) });
    },
    toolRefused: (name, input, error) => {
      said.note({ kind: 'tool', text: sayRejected(toolLine(name, input), whyRejected(error)) });
    },
    relief: (kind) => said.note({ kind: 'tool', text: RELIEF_LINES[kind] }),
    alive: () => {
      watch.touch();
      if (said.bytes() > order.maxOutputBytes) watch.stop('output_limit');
    },
  };
  const onLeftovers = (pids: number[]): void => {
    ending.leftovers = pids;
    stop.abort();
  };
  const parts = { offers, events, onLeftovers, stop: stop.signal, alive: () => watch.touch() };
  const end = await talk(options, order, parts).catch((error: unknown) => ({
    kind: 'broken' as const,
    error,
  }));
  said.end();
  const facts = {
    usage: order.modelAccess?.usage() ?? UNKNOWN_USAGE,
    raw: offers.raw().length > 0 ? offers.raw() : said.raw(),
  };
  const accepted = offers.accepted();
  if (accepted !== null && ending.leftovers.length === 0)
    return { kind: 'submitted', result: accepted.result, ...facts };
  return { kind: 'failed', ...whyFailed({ order, offers, end, ...ending }), ...facts };
}

interface Ending {
  stopped: StopReason | null;
  leftovers: number[];
}

/** Settles when the conversation has ended and none of its tools runs any more. */
async function talk(
  options: InProcessOptions,
  order: WorkOrder,
  parts: {
    offers: Offers;
    events: ConversationEvents;
    onLeftovers: (pids: number[]) => void;
    stop: AbortSignal;
    alive: () => void;
  },
): Promise<ConversationEnd> {
  const { env, environment } = options;
  const { modelAccess } = order;
  const { offers, events, onLeftovers, alive } = parts;
  parts.stop.throwIfAborted();
  if (modelAccess === null) throw noModel('nothing gives it access to one');
  if (order.model === null) throw noModel('none is named');
  const { model, contextTokens } = await openModel(order.model, modelAccess);
  const signal = AbortSignal.any([parts.stop, modelAccess.stopped]);
  await using folder = await openPrivateFolder();
  modelAccess.varies({ agent_folder: folder.dir });
  const place = { order, folder, env, environment, signal, alive, onLeftovers, network: rightsOf(order).web };
  const { tools, settled, newAnswer } = createTools(place, offers);
  try {
    return await converse(
      {
        model,
        instructions: order.instructions,
        order: orderText(order, IN_PROCESS),
        nudge: NUDGE,
        tellLater: (text) => order.tellLater?.(text),
        tools,
        offers,
        newAnswer,
        reasoning: order.reasoning ?? null,
        maxSteps: options.maxSteps ?? MAX_STEPS,
        contextTokens: contextTokens ?? CONTEXT_TOKENS,
        signal,
      },
      events,
    );
  } finally {
    await settled();
  }
}

function noModel(why: string): BatonError {
  return new BatonError({
    code: 'E_PREFLIGHT',
    message: `The agent has no model: ${why}.`,
    fix: 'Name one with --model PROVIDER/NAME, or as `model` under `agents` in baton.yaml.',
  });
}

/** `edit app/src/a.ts`, `execute npm test`: the tool and what it is about. */
function toolLine(name: string, input: unknown): string {
  const { path, command, pattern, files } = asObject(input);
  const about = [command, pattern, files, path].filter((word) => typeof word === 'string').join(' ');
  return cutEnd(`${name} ${about}`.trim().replaceAll(/\s+/g, ' '), NOTE_CHARS);
}

function whyFailed(
  facts: Ending & {
    order: WorkOrder;
    offers: Offers;
    end: ConversationEnd | { kind: 'broken'; error: unknown };
  },
): Stopped {
  const { order, offers, end, stopped, leftovers } = facts;
  const stop =
    describeLeftovers(leftovers) ?? (stopped === null ? null : describeStop({ kind: stopped }, order));
  if (stop !== null) return stop;
  const refusedAccess = order.modelAccess?.stop() ?? null;
  if (refusedAccess !== null) return { reason: 'crashed', detail: refusedAccess.detail };
  switch (end.kind) {
    case 'broken':
      return describeError(end.error, order.model);
    case 'too_many_steps':
      return { reason: 'no_result', detail: 'It took too many steps and handed in nothing that counts.' };
    case 'too_long':
      return { reason: 'crashed', detail: 'What it was told is more than its model bears.' };
    case 'declined':
      return { reason: 'no_result', detail: 'Its model refuses to answer.' };
    case 'accepted':
    case 'ended':
    case 'refused': {
      const problems = offers.lastProblems();
      return problems.length > 0
        ? { reason: 'invalid_output', detail: cutEnd(problems.join('; '), DETAIL_CHARS) }
        : { reason: 'no_result', detail: `It ended without calling ${SUBMIT_TOOL}.` };
    }
  }
}

function describeError(error: unknown, model: string | null): Stopped {
  if (error instanceof BatonError) return { reason: 'not_started', detail: `${error.message} ${error.fix}` };
  const last = RetryError.isInstance(error) ? error.lastError : error;
  const said = last instanceof Error ? last.message : JSON.stringify(last);
  const status =
    APICallError.isInstance(last) && last.statusCode !== undefined ? ` (status ${last.statusCode})` : '';
  if (APICallError.isInstance(last) && isModelUnknown(last)) {
    const fix =
      'A run keeps the model that it was started with, whatever baton.yaml says now: `baton cancel` it and start it anew with a model that is there (`--model PROVIDER/NAME`, or `model` under `agents` in baton.yaml).';
    const what = `Its provider does not know the model ${model}${status}: ${said}`.slice(0, DETAIL_CHARS);
    return { reason: 'not_started', hopeless: true, detail: `${what.replace(/\.$/, '')}. ${fix}` };
  }
  return {
    reason: 'crashed',
    detail: cutEnd(`Its model could not be called${status}: ${said}`, DETAIL_CHARS),
  };
}
