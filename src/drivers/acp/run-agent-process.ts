/** One process of an invocation, and the conversation with it. */
import { homedir } from 'node:os';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DEFAULT_CAPABILITIES } from '../../definitions/tools.ts';
import { commandMounts } from '../command-words.ts';
import { lastWords } from '../cut.ts';
import { createLineNotes } from '../line-notes.ts';
import { GO_ON, NUDGE, orderText, OVER_PROTOCOL } from '../order-text.ts';
import { loopbackPort } from '../process/loopback-port.ts';
import { runProcess } from '../process/run-process.ts';
import { SUBMIT_SERVER } from '../submit/submit-words.ts';
import { createByteSource } from './byte-source.ts';
import { converse, type Conversation, type ConversationEnd } from './conversation.ts';
import { isMetered, type Invocation, type ProcessRun } from './invocation.ts';
import { answerPermission } from './permission.ts';

const EXTENSION = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
const BRIDGE = fileURLToPath(new URL(`../submit/bridge${EXTENSION}`, import.meta.url));
/** An agent that was asked to stop gets this long before its processes are ended. */
const CANCEL_MS = 2_000;
/** One whose stdin was closed gets this long to end by itself. */
const EXIT_MS = 1_000;
/** One whose last turn is over, for calls of its model beside its work (a title of the session): cut off, nobody would know what they took. */
const CALLS_MS = 5_000;
const DETAIL_CHARS = 2_000;
/** Of one message. Results come another way, and longer news (a picture that was looked at, say) are left out. */
const MAX_LINE_BYTES = 1024 * 1024;

/** `session`: of an earlier process, to go on in. Settles when the process and everything that it started have ended. */
export async function runAgentProcess(invocation: Invocation, session: string | null): Promise<ProcessRun> {
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
  const tooMuch = new AbortController();
  const overflow = (detail: string): void => {
    invocation.overflow ??= detail;
    tooMuch.abort();
  };
  const source = createByteSource({
    maxBytes: MAX_LINE_BYTES,
    onLeftOut: () => invocation.said.note({ kind: 'text', text: '(a very long message is left out)' }),
    onTooLong: () => overflow(`It wrote one message of more than ${MAX_LINE_BYTES} bytes.`),
  });
  let isStarted = false;
  const talking = Promise.withResolvers<void>();
  const start = (stdin: Writable): void => {
    const conversation = startConversation(invocation, {
      stdin,
      readable: source.stream,
      session,
      cwd,
      overflow,
    });
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
      // Nobody reads it any more, and it must not wait for that.
      source.end();
      if (end.kind === 'stopped' && isMetered(options) && !signal.aborted)
        await Promise.race([
          order.modelAccess?.idle(),
          sleep(CALLS_MS, undefined, { ref: false }),
          aborted(signal),
        ]);
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
    tooMuch: tooMuch.signal,
    signal: stop.signal,
    ...(options.graceMs === undefined ? {} : { graceMs: options.graceMs }),
    onSpawn: (identity) => options.onSpawn?.(order.invocationId, identity),
  });
  stderr.end();
  source.end();
  if (isStarted) await talking.promise;
  const tail = lastWords(result.stderr, DETAIL_CHARS);
  return { end: result.end, talk, leftovers: result.leftovers, stderr: tail };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
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
  pipes: {
    stdin: Writable;
    readable: ReadableStream<Uint8Array>;
    session: string | null;
    cwd: string;
    overflow: (detail: string) => void;
  },
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
      prompt: orderText(order, OVER_PROTOCOL),
      nudge: NUDGE,
      goOn: GO_ON,
      tellLater: (text) => order.tellLater?.(text),
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
        overflow: pipes.overflow,
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
