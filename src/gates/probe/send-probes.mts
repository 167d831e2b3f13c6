/**
 * Starts the service, sends the requests that the engine planned, and hands in what came back. It runs behind the wall, in
 * the gate's own network, and imports only Node. It judges nothing: the engine does. It is connected to the engine before
 * anything of the repository runs, so that whoever ends it or reports beside it is seen.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendReport } from '../reporters/send-report.mts';
import type { PlannedRequest, ProbeAnswer, ProbeCase } from './probe-case.ts';

interface Program {
  file: string;
  args: string[];
}

interface Order {
  start: Program;
  before: Program | null;
  env: Record<string, string>;
  port: number | null;
  portEnv: string;
  /** A path that has to answer with less than 500 before anything is sent. */
  ready: string | null;
  headers: Record<string, string>;
  startTimeoutMs: number;
  replyTimeoutMs: number;
  cases: ProbeCase[];
}

const POLL_MS = 25;
const KEPT_CHARACTERS = 2_000;
const MAX_REPLY_BYTES = 256 * 1024;
const SHOWN_CHARACTERS = 300;
/** After that many nothing new is learned, and each costs its time. */
const MAX_TIMEOUTS = 6;
const MAX_RESTARTS = 12;
/** How long a service that ended the connection may take to be gone; one that answered with a failure, a quarter of it. */
const SETTLE_MS = 400;
const HOSTS = ['127.0.0.1', '::1'];
/** The words of `probe-case.ts`, which is not there behind the wall. */
const CAPTURED = '{captured}';
const NOBODYS = '{nobodys}';
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

const order = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Order; // the engine's own words
const port = order.port ?? (await freePort());
const lines: object[] = [];
let host = HOSTS[0] ?? '';
let service = null as ChildProcess | null;
let said = '';
let restarts = 0;
let timeouts = 0;

try {
  const problem = await begin();
  lines.push({ kind: 'started', problem, words: problem === null ? '' : said.trim() });
  if (problem === null)
    for (const one of order.cases) lines.push({ kind: 'answer', ...(await answerTo(one)) });
  await sendReport(lines);
} finally {
  service?.kill('SIGTERM');
}
process.exit(0);

/** null: it is up. */
async function begin(): Promise<string | null> {
  // Somebody else's would be asked in its place, and would have to answer for it.
  if (await findHost()) return `somebody listens on port ${port} already`;
  if (order.before !== null) {
    const end = await runToEnd(order.before);
    if (end !== null) return `the command under \`before\` ${end}`;
  }
  return startService();
}

function runToEnd(program: Program): Promise<string | null> {
  const child = launch(program);
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      resolve(`did not end within ${order.startTimeoutMs / 1_000} s`);
    }, order.startTimeoutMs);
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve(code === 0 ? null : `ended with ${signal ?? `exit code ${code}`}`);
    });
  });
}

function launch({ file, args }: Program): ChildProcess {
  const env = { ...order.env, [order.portEnv]: String(port) };
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said = `${said}${String(chunk)}`.slice(-KEPT_CHARACTERS);
      process.stdout.write(chunk);
    });
  return child;
}

async function startService(): Promise<string | null> {
  said = '';
  const child = launch(order.start);
  service = child;
  let ended: string | null = null;
  child.on('error', (error) => (ended = `it could not be started: ${error.message}`));
  child.on('exit', (code, signal) => (ended ??= `it ended with ${signal ?? `exit code ${code}`}`));
  const deadline = performance.now() + order.startTimeoutMs;
  for (;;) {
    if (await isReady()) return null;
    if (ended !== null) {
      await sleep(POLL_MS); // its last words may still be on their way
      return ended;
    }
    if (performance.now() > deadline)
      return `nobody ${order.ready === null ? `listens on port ${port}` : `answers ${order.ready} on port ${port}`} after ${order.startTimeoutMs / 1_000} s`;
    await sleep(POLL_MS);
  }
}

async function isReady(): Promise<boolean> {
  if (!(await findHost())) return false;
  if (order.ready === null) return true;
  const plain = {
    method: 'GET',
    path: order.ready,
    params: {},
    query: [],
    headers: [],
    body: null,
    contentType: null,
  };
  const reply = await exchange(plain, new Map());
  return reply.status !== null && reply.status < 500;
}

async function findHost(): Promise<boolean> {
  for (const each of HOSTS) {
    if (await listens(each)) {
      host = each;
      return true;
    }
  }
  return false;
}

function listens(at: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, at);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port: found } = server.address() as AddressInfo; // listening on TCP
      server.close(() => resolve(found));
    });
  });
}

async function answerTo(one: ProbeCase): Promise<ProbeAnswer> {
  const nothing = { case: one.id, status: null, died: false, lastWords: '' };
  if (timeouts >= MAX_TIMEOUTS)
    return { ...nothing, outcome: 'not_sent', said: `${timeouts} requests before had no answer in time` };
  if (!(await findHost())) {
    const problem = await startAgain();
    if (problem !== null)
      return { ...nothing, outcome: 'not_sent', said: `the service could not be started again: ${problem}` };
  }
  const captured = new Map<string, string>();
  for (const { request, captures } of one.setup) {
    const made = await exchange(request, captured);
    const value = captures === null ? null : idIn(made, captures, request);
    if (made.status === null || made.status >= 300 || (captures !== null && value === null))
      return {
        ...nothing,
        outcome: 'no_setup',
        said: `${request.method} ${request.path}: ${made.status ?? made.problem}`,
      };
    if (captures !== null && value !== null) captured.set(captures, value);
  }
  const reply = await exchange(one.request, captured);
  if (reply.status === null && reply.timedOut) timeouts += 1;
  const died = !(await isAlive(reply));
  return {
    case: one.id,
    outcome: reply.status !== null ? 'replied' : reply.timedOut ? 'timeout' : 'no_reply',
    status: reply.status,
    said: (reply.status === null ? reply.problem : reply.text).slice(0, SHOWN_CHARACTERS),
    died,
    lastWords: died ? said.trim() : '',
  };
}

/** Who ended the connection, or failed, may be about to end. */
async function isAlive({ status }: Reply): Promise<boolean> {
  const settleMs = status === null ? SETTLE_MS : status >= 500 ? SETTLE_MS / 4 : 0;
  const deadline = performance.now() + settleMs;
  for (;;) {
    if (!(await findHost())) return false;
    if (performance.now() >= deadline) return true;
    await sleep(POLL_MS);
  }
}

async function startAgain(): Promise<string | null> {
  if (restarts >= MAX_RESTARTS) return `it ended ${restarts} times`;
  restarts += 1;
  service?.kill('SIGKILL');
  return startService();
}

interface Reply {
  status: number | null;
  text: string;
  location: string;
  /** Why there is none. */
  problem: string;
  timedOut: boolean;
}

function exchange(planned: PlannedRequest, captured: ReadonlyMap<string, string>): Promise<Reply> {
  const none: Reply = { status: null, text: '', location: '', problem: '', timedOut: false };
  const body = planned.body;
  const headers = {
    accept: 'application/json',
    ...headersOf(planned),
    ...(planned.contentType === null ? {} : { 'content-type': planned.contentType }),
    ...(body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    connection: 'close',
  };
  return new Promise((resolve) => {
    const options = { host, port, method: planned.method, path: addressOf(planned, captured), headers };
    const sent = httpRequest({ ...options, agent: false }, (reply) => void read(reply).then(resolve, fail));
    const timer = setTimeout(() => {
      resolve({ ...none, problem: `no answer within ${order.replyTimeoutMs / 1_000} s`, timedOut: true });
      sent.destroy();
    }, order.replyTimeoutMs);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      resolve({ ...none, problem: error.message });
    };
    const read = async (reply: IncomingMessage): Promise<Reply> => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of reply as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > MAX_REPLY_BYTES) break;
        chunks.push(chunk);
      }
      clearTimeout(timer);
      const { statusCode = 0, headers: got } = reply;
      const text = Buffer.concat(chunks).toString('utf8');
      return { ...none, status: statusCode, text, location: got.location ?? '' };
    };
    sent.once('error', fail);
    sent.end(body ?? undefined);
  });
}

/** By names in small letters. */
function headersOf({ headers: own }: PlannedRequest): Record<string, string> {
  const named = (isTried: boolean): [string, string | null][] =>
    own.filter((each) => each.isTried === isTried).map(({ name, value }) => [name.toLowerCase(), value]);
  const always = Object.entries(order.headers).map(([name, value]): [string, string] => [
    name.toLowerCase(),
    value,
  ]);
  const all = new Map<string, string | null>([...named(false), ...always, ...named(true)]);
  return Object.fromEntries(
    [...all].flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]])),
  );
}

function addressOf({ path, params, query }: PlannedRequest, captured: ReadonlyMap<string, string>): string {
  const filled = path.replaceAll(/\{([^}]*)\}/g, (_, name: string) => {
    const given = params[name] ?? '';
    const known = captured.get(name) ?? '';
    return encodeURIComponent(given === CAPTURED ? known : given === NOBODYS ? nobodys(known) : given);
  });
  const words = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return words.length === 0 ? filled : `${filled}?${words.join('&')}`;
}

/** Of the kind of one that there is. */
function nobodys(id: string): string {
  if (/^\d{1,9}$/.test(id)) return String(2_147_400_000 + (Number(id) % 1_000));
  if (UUID.test(id)) return `${id.slice(0, -6)}${id.endsWith('ffffff') ? '000000' : 'ffffff'}`;
  if (/^[\da-f]{16,}$/i.test(id)) return `${id.slice(0, -6)}${id.endsWith('ffffff') ? '000000' : 'ffffff'}`;
  return `${id.slice(0, -1)}${id.endsWith('x') ? 'y' : 'x'}9`;
}

/** In the reply by its own name, then as `id`, also one level down; else in the address that it leads to, or as it was sent. */
function idIn(reply: Reply, name: string, request: PlannedRequest): string | null {
  const whole = parse(reply.text);
  const inner = Object.values(whole).filter((value) => typeof value === 'object' && value !== null);
  for (const from of [whole, ...(inner as Record<string, unknown>[])])
    for (const key of [name, 'id', '_id']) {
      const value = from[key];
      if (typeof value === 'string' || typeof value === 'number') return String(value);
    }
  const last = reply.location.split('?')[0]?.split('/').at(-1) ?? '';
  if (last !== '') return last;
  const sent = parse(request.body ?? '')[name];
  return typeof sent === 'string' || typeof sent === 'number' ? String(sent) : null;
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {}; // No JSON: nothing is found in it.
  }
}
