/**
 * The `acp` driver: any program that speaks the Agent Client Protocol on stdin and stdout, as its profile says. Each
 * invocation has a fresh process behind the run's wall, a home of its own, and a seat where it hands in its result.
 *
 *   process ──▶ conversation ──▶ result accepted, or the turn ended twice ──▶ stdin closed ──▶ nothing left
 *      └─ ended in the middle, and the agent can resume ──▶ once again, in the same session
 */
import { homedir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Usage } from '../../core/results.ts';
import type { AuthWay, Profile } from '../../definitions/profile-schema.ts';
import { DEFAULT_CAPABILITIES } from '../../definitions/tools.ts';
import { commandMounts } from '../command-words.ts';
import {
  UNKNOWN_USAGE,
  type Driver,
  type DriverNote,
  type DriverOutcome,
  type WorkOrder,
} from '../driver.ts';
import { createLineNotes } from '../line-notes.ts';
import { openPrivateFolder, type PrivateFolder } from '../private-folder.ts';
import type { ProcessIdentity } from '../process/kill-recorded.ts';
import { loopbackPort } from '../process/loopback-port.ts';
import { runProcess } from '../process/run-process.ts';
import type { ProcessEnd } from '../process/run-process.ts';
import { checkAgainst } from '../submit/check-schema.ts';
import { createOffers, type Offers } from '../submit/offers.ts';
import { openSubmitServer, SUBMIT_SERVER, SUBMIT_TOOL, type SubmitServer } from '../submit/submit-server.ts';
import { createByteSource } from './byte-source.ts';
import { converse, type Conversation, type ConversationEnd } from './conversation.ts';
import { GO_ON, NUDGE, orderText } from '../order-text.ts';
import { answerPermission } from './permission.ts';
import { findMissingProvider, furnish, type AgentPlace } from './place.ts';
import { findProblems } from './preflight.ts';
import { createRedactor, type Redactor } from './redact.ts';
import { createSaid, type Said } from './said.ts';

const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const BRIDGE = fileURLToPath(new URL(`../submit/bridge${EXTENSION}`, import.meta.url));
/** An agent that was asked to stop gets this long before its processes are ended. */
const CANCEL_MS = 2_000;
/** One whose stdin was closed gets this long to end by itself. */
const EXIT_MS = 1_000;
const DETAIL_CHARS = 2_000;

export interface AcpOptions {
  profile: Profile;
  auth: AuthWay;
  env: readonly string[];
  environment: Readonly<Record<string, string | undefined>>;
  onSpawn?: (invocationId: string, identity: ProcessIdentity) => void;
  graceMs?: number;
}

/** Starts a fresh process for every work order. */
export function createAcpDriver(options: AcpOptions): Driver {
  return {
    name: 'acp',
    // With a login it calls its model by itself, and nobody measures that.
    callsModels: isMetered(options),
    opensNetwork: !isMetered(options),
    labelFor: () => `model, ${options.profile.name}`,
    preflight: () => Promise.resolve(findProblems({ ...options, isMetered: isMetered(options) })),
    run: (order, note, signal) => runAgent(options, order, note, signal),
  };
}

/** Whether it reaches its model through what it is handed, in place of a key. */
function isMetered({ profile, auth }: AcpOptions): boolean {
  return auth === 'key' && profile.model_access !== null;
}

/** What one invocation has, over however many processes it takes. */
interface Invocation {
  options: AcpOptions;
  order: WorkOrder;
  signal: AbortSignal;
  folder: PrivateFolder;
  place: AgentPlace;
  submit: SubmitServer;
  offers: Offers;
  said: Said;
  redactor: Redactor;
  /** Set once there is a session, and the agent says that it can go on in it. */
  resumable: string | null;
  usage: { inputTokens: number; outputTokens: number; costUsd: number } | null;
}

async function runAgent(
  options: AcpOptions,
  order: WorkOrder,
  note: (note: DriverNote) => void,
  signal: AbortSignal,
): Promise<DriverOutcome> {
  const { profile, auth, env, environment } = options;
  const missing = findMissingProvider(profile, isMetered(options) ? order.modelAccess : null);
  if (missing !== null)
    return {
      kind: 'failed',
      reason: 'not_started',
      detail: missing,
      raw: new Uint8Array(),
      usage: UNKNOWN_USAGE,
    };
  const offers = createOffers(checkAgainst(order));
  await using folder = await openPrivateFolder();
  await using submit = await openSubmitServer({ schema: order.resultSchema(), offers });
  const model = isMetered(options) ? order.modelAccess : null;
  const place = await furnish({ profile, auth, access: order.access, env, environment, folder, model });
  const redactor = createRedactor(new Map([...place.secrets, ['submit token', submit.token]]));
  const invocation: Invocation = {
    options,
    order,
    signal,
    folder,
    place,
    submit,
    offers,
    said: createSaid((each) => note({ ...each, text: redactor.text(each.text) })),
    redactor,
    resumable: null,
    usage: null,
  };
  const first = await runProcessOnce(invocation, null);
  const session = invocation.resumable;
  const mayResume = profile.resume && session !== null && isCutOff(first) && offers.accepted() === null;
  const last = mayResume && !signal.aborted ? await runProcessOnce(invocation, session) : first;
  invocation.said.end();
  return toOutcome(invocation, last);
}

interface ProcessRun {
  end: ProcessEnd;
  talk: ConversationEnd | null;
  leftovers: number[];
  stderr: string;
}

/** Its process ended before the conversation did. */
function isCutOff({ end, talk }: ProcessRun): boolean {
  return end.kind === 'exited' && talk?.kind === 'broken';
}

async function runProcessOnce(invocation: Invocation, session: string | null): Promise<ProcessRun> {
  const { options, order, place, folder, signal } = invocation;
  const [file = '', ...args] = options.profile.command;
  const words = [...options.profile.command, BRIDGE];
  const home = options.environment['HOME'] ?? homedir();
  const mounts = commandMounts(words, { path: place.env['PATH'] ?? '', home });
  const { dir } = order.workspace;
  const cwd = dir === '' ? folder.temporary : dir;
  const stderr = createLineNotes('stderr', (each) => invocation.said.note(each));
  const stop = new AbortController();
  let talk: ConversationEnd | null = null;
  const source = createByteSource();
  let isStarted = false;
  const talking = Promise.withResolvers<void>();
  const start = (stdin: Writable): void => {
    const conversation = startConversation(invocation, { stdin, readable: source.stream, session, cwd });
    isStarted = true;
    const onAbort = (): void => {
      conversation.cancel();
      void Promise.race([conversation.ended, sleep(CANCEL_MS, undefined, { ref: false })]).then(() =>
        stop.abort(),
      );
    };
    signal.addEventListener('abort', onAbort, { once: true });
    void conversation.ended.then(async (end) => {
      talk = end;
      signal.removeEventListener('abort', onAbort);
      talking.resolve();
      stdin.end();
      await sleep(EXIT_MS, undefined, { ref: false });
      stop.abort();
    });
  };
  if (signal.aborted) stop.abort();
  await using result = await runProcess({
    invocation: order.invocationId,
    file,
    args,
    cwd,
    env: place.env,
    stdin: start,
    wall: order.wall,
    readable: order.access === 'read' && dir !== '' ? [...mounts, dir] : mounts,
    writable: order.access === 'write' && dir !== '' ? [folder.dir, dir] : [folder.dir],
    // With a login it talks to its provider itself; else to its seat and its models, and to nobody else.
    network: order.network || !isMetered(options),
    ports: portsOf(invocation),
    idleTimeoutMs: order.idleTimeoutMs,
    totalTimeoutMs: order.totalTimeoutMs,
    maxOutputBytes: order.maxOutputBytes,
    onStdout: (chunk) => source.add(chunk),
    onStderr: (chunk) => {
      stderr.add(chunk);
    },
    signal: stop.signal,
    ...(options.graceMs === undefined ? {} : { graceMs: options.graceMs }),
    onSpawn: (identity) => options.onSpawn?.(order.invocationId, identity),
  });
  stderr.end();
  source.end();
  if (isStarted) await talking.promise;
  const tail = new TextDecoder().decode(result.stderr.tail()).trim().slice(-DETAIL_CHARS);
  return { end: result.end, talk, leftovers: result.leftovers, stderr: tail };
}

/** Its seat, and the gateway: one port for all providers. */
function portsOf({ submit, order, options }: Invocation): number[] {
  const model = isMetered(options) ? order.modelAccess : null;
  const [provider] = model?.providers ?? [];
  const urls = model === null || provider === undefined ? [] : [model.baseUrl(provider.name)];
  return [submit.url, ...urls].map(loopbackPort);
}

function startConversation(
  invocation: Invocation,
  pipes: { stdin: Writable; readable: ReadableStream<Uint8Array>; session: string | null; cwd: string },
): Conversation {
  const { options, order, place, submit, offers, said } = invocation;
  const { profile } = options;
  const { mode, meta } = profile.access[order.access];
  const capabilities = order.capabilities ?? DEFAULT_CAPABILITIES[order.role];
  const may = order.access === 'read' ? capabilities.filter((each) => each !== 'edit') : capabilities;
  return converse(
    { input: pipes.readable, output: Writable.toWeb(pipes.stdin) },
    {
      cwd: pipes.cwd,
      submit: {
        name: SUBMIT_SERVER,
        url: submit.url,
        token: submit.token,
        bridge: { command: process.execPath, args: [BRIDGE] },
      },
      method: place.method,
      mode,
      meta,
      systemPrompt: profile.system_prompt,
      instructions: order.instructions,
      prompt: orderText(order, {
        tool: `the tool ${SUBMIT_TOOL} of the MCP server "${SUBMIT_SERVER}"`,
        place: ({ name, path }) => `${name}: ${path}`,
      }),
      nudge: NUDGE,
      goOn: GO_ON,
      model: order.model,
      reasoning: order.reasoning ?? null,
      session: pipes.session,
    },
    {
      closed: offers.closed,
      isClosed: () => offers.accepted() !== null,
      events: {
        permission: (asked) => {
          const given = answerPermission(asked, may);
          said.note({ kind: 'permission', text: `${given.allowed ? 'allowed' : 'refused'}: ${asked.title}` });
          return given;
        },
        text: (text) => said.text(text),
        tool: (line) => said.note({ kind: 'tool', text: line }),
        plan: (line) => said.note({ kind: 'plan', text: line }),
        session: (id, resumable) => {
          invocation.resumable = resumable ? id : null;
        },
        usage: ({ inputTokens, outputTokens }) => {
          const adds = profile.usage === 'turn';
          const before = invocation.usage ?? { inputTokens: 0, outputTokens: 0, costUsd: 0 };
          invocation.usage = {
            ...before,
            inputTokens: (adds ? before.inputTokens : 0) + inputTokens,
            outputTokens: (adds ? before.outputTokens : 0) + outputTokens,
          };
        },
        costUsd: (costUsd) => {
          const before = invocation.usage ?? { inputTokens: 0, outputTokens: 0 };
          invocation.usage = { ...before, costUsd };
        },
      },
    },
  );
}

function toOutcome(invocation: Invocation, { end, talk, leftovers, stderr }: ProcessRun): DriverOutcome {
  const { order, offers, said, redactor, signal } = invocation;
  const usage = usageOf(invocation);
  const accepted = offers.accepted();
  const offered = offers.raw();
  const raw = Buffer.from(redactor.text(Buffer.from(offered.length > 0 ? offered : said.raw()).toString()));
  const fail = (reason: (DriverOutcome & { kind: 'failed' })['reason'], detail: string): DriverOutcome => {
    return { kind: 'failed', reason, detail: redactor.text(detail), raw, usage };
  };
  if (leftovers.length > 0)
    return fail('leftover_processes', `Processes that could not be ended: ${leftovers.join(', ')}.`);
  if (signal.aborted) return fail('cancelled', 'It was asked to stop.');
  if (accepted !== null) return { kind: 'submitted', result: redactor.value(accepted.result), raw, usage };
  switch (end.kind) {
    case 'not_started':
      return fail('not_started', end.detail);
    case 'idle_timeout':
      return fail('idle_timeout', `It said nothing for ${order.idleTimeoutMs} ms.`);
    case 'total_timeout':
      return fail('total_timeout', `It was not done after ${order.totalTimeoutMs} ms.`);
    case 'output_limit':
      return fail('output_limit', `It wrote more than ${order.maxOutputBytes} bytes.`);
    case 'exited':
    case 'cancelled':
      return fail(...endOfTalk(invocation, talk, { end, stderr }));
  }
}

function endOfTalk(
  { offers, options }: Invocation,
  talk: ConversationEnd | null,
  process: { end: ProcessEnd; stderr: string },
): [(DriverOutcome & { kind: 'failed' })['reason'], string] {
  const heard = process.stderr === '' ? '' : `\nOn stderr:\n${process.stderr}`;
  if (talk?.kind === 'not_opened')
    return ['not_started', `${options.profile.title} opened no session: ${talk.detail}.${heard}`];
  if (talk?.kind === 'failed') return ['crashed', `It answered with an error: ${talk.detail}.${heard}`];
  if (talk?.kind !== 'stopped') {
    const how = process.end.kind === 'exited' ? `It ended with ${exitWord(process.end)}` : 'It broke off';
    return [
      'crashed',
      `${how} in the middle of the conversation: ${talk?.detail ?? 'it said nothing'}.${heard}`,
    ];
  }
  const problems = offers.lastProblems();
  if (problems.length > 0) return ['invalid_output', problems.join('; ')];
  return [
    'no_result',
    `It ended its turn (${talk.reason}) without handing anything in, and was asked once more.`,
  ];
}

function exitWord(end: { code: number | null; signal: string | null }): string {
  return end.code === null ? (end.signal ?? 'a signal') : `exit code ${end.code}`;
}

/** What was measured; else what the agent says, as far as its profile vouches for it. */
function usageOf({ order, usage, options }: Invocation): Usage {
  if (isMetered(options) && order.modelAccess !== null) return order.modelAccess.usage();
  const { usage: word, cost } = options.profile;
  const counts = word === 'turn' || word === 'session';
  return {
    input_tokens: counts && usage !== null && usage.inputTokens > 0 ? usage.inputTokens : null,
    output_tokens: counts && usage !== null && usage.outputTokens > 0 ? usage.outputTokens : null,
    cost_usd: cost === 'reported' && usage !== null && usage.costUsd > 0 ? usage.costUsd : null,
  };
}
