/**
 * A forge for tests, on loopback: bare repositories that git pushes to over HTTP, and the part of GitHub's API that pull
 * requests take. An unmodified Octokit cannot tell it from a small GitHub. It loses, doubles and delays what it is told to.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as pass } from 'node:timers/promises';
import { createApi, type KeptCheck, type KeptReview } from './api.ts';
import type { KeptComment, KeptPeople, KeptStatus } from './beside.ts';
import { callOf, createFaults, type Faults, type ForgeCall, type ForgeFault } from './faults.ts';
import { answerGit } from './http-backend.ts';
import { settlePulls } from './merging.ts';
import { createPulls, repositoryOfNode, type KeptPull } from './pulls.ts';

export interface FakeForge extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`; repositories are `URL/OWNER/NAME.git`, the API is `URL/api/v3`. */
  url: string;
  token: string;
  pulls: readonly KeptPull[];
  faults: Faults;
  /** What its CI says, the latest last. */
  checks: KeptCheck[];
  /** What people say of its pull requests, the oldest first. */
  reviews: KeptReview[];
  statuses: KeptStatus[];
  people: KeptPeople;
  /** The oldest first. */
  comments: KeptComment[];
  /** Repositories, as `OWNER/NAME`, that the token may read and not push to. */
  readOnly: Set<string>;
  /** Called after a push with each commit that a branch of `OWNER/NAME` holds: somebody's CI. */
  onPush: ((commit: string, repository: string) => void) | null;
  /** Called when a request has arrived, before anything comes of it. */
  onCall: ((call: ForgeCall) => void) | null;
  /** What was asked, in order, whatever became of it. */
  calls: readonly { call: ForgeCall; repository: string; authorized: boolean }[];
  /** A bare repository with the branches of another one. Returns its address. */
  addRepository(repository: string, from: string): string;
  /** Where it lies. */
  pathOf(repository: string): string;
}

const MAX_BODY_BYTES = 256 * 1024 * 1024;

export async function openFakeForge(options: {
  dir: string;
  token: string;
  port?: number;
}): Promise<FakeForge> {
  const { dir, token } = options;
  const root = join(dir, 'repositories');
  const faults = createFaults();
  const calls: FakeForge['calls'][number][] = [];
  let url = '';
  const pulls = createPulls(root, () => url);
  const checks: KeptCheck[] = [];
  const reviews: KeptReview[] = [];
  const statuses: KeptStatus[] = [];
  const people: KeptPeople = { author: 'baton', collaborators: [], teams: [] };
  const comments: KeptComment[] = [];
  const readOnly = new Set<string>();
  const api = createApi({ root, token, pulls, checks, reviews, statuses, people, comments, readOnly });

  const afterPush = async (repository: string, body: Buffer): Promise<void> => {
    await settlePulls(root, pulls, repository);
    for (const commit of commitsOf(body)) forge.onPush?.(commit, repository);
  };
  const work = async (request: IncomingMessage, body: Buffer): Promise<Response> => {
    const { pathname, search } = new URL(request.url ?? '/', url);
    if (pathname.startsWith('/api/')) return api.fetch(requestOf(url, request, body));
    if (!isGitUser(request, token))
      return new Response('', { status: 401, headers: { 'www-authenticate': 'Basic realm="git"' } });
    if (/git-receive-pack/.test(`${pathname}${search}`) && readOnly.has(repositoryOf(pathname, body)))
      return new Response('Permission denied.', { status: 403 });
    const { method = 'GET', headers } = request;
    const query = search.slice(1);
    const answered = await answerGit({ root, method, path: pathname, query, headers, body, user: 'baton' });
    if (pathname.endsWith('/git-receive-pack')) await afterPush(repositoryOf(pathname, body), body);
    return answered;
  };

  const server = createServer((request, response) => {
    void handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    const { pathname } = new URL(request.url ?? '/', url);
    const call = callOf(request.method ?? 'GET', pathname, body.toString('utf8', 0, 4_096));
    const repository = repositoryOf(pathname, body);
    calls.push({ call, repository, authorized: request.headers.authorization !== undefined });
    forge.onCall?.(call);
    const fault = faults.take(call, repository);
    await answer(response, fault, () => work(request, body));
  };
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const forge: FakeForge = {
    url,
    token,
    pulls: pulls.all,
    faults,
    checks,
    reviews,
    statuses,
    people,
    comments,
    readOnly,
    onPush: null,
    onCall: null,
    calls,
    addRepository(repository, from) {
      const path = join(root, `${repository}.git`);
      mkdirSync(dirname(path), { recursive: true });
      const quiet = { stdio: 'ignore' } as const;
      execFileSync('git', ['clone', '--quiet', '--bare', from, path], quiet);
      execFileSync('git', ['--git-dir', path, 'config', 'http.receivepack', 'true'], quiet);
      return `${url}/${repository}.git`;
    },
    pathOf: (repository) => join(root, `${repository}.git`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return forge;
}

/** Where branches go to, by the lines that a push begins with: old, new, name. */
function commitsOf(body: Buffer): string[] {
  const head = body
    .subarray(0, body.indexOf('PACK') >= 0 ? body.indexOf('PACK') : body.length)
    .toString('latin1');
  return [...head.matchAll(/[0-9a-f]{40} ([0-9a-f]{40}) refs\/heads\//g)]
    .map(([, commit]) => commit ?? '')
    .filter((commit) => !/^0+$/.test(commit));
}

/** With what goes wrong on the way. */
async function answer(
  response: ServerResponse,
  fault: ForgeFault | null,
  work: () => Promise<Response>,
): Promise<void> {
  switch (fault?.kind) {
    case undefined:
      return send(response, await work());
    case 'drop_before':
      response.destroy();
      return;
    case 'drop_after':
      await work();
      response.destroy();
      return;
    case 'delay':
      await pass(fault.ms);
      return send(response, await work());
    case 'hold': {
      await fault.released;
      const made = await work();
      fault.done();
      return send(response, made);
    }
    case 'duplicate':
      await work();
      return send(response, await work());
    case 'status': {
      const message = fault.message ?? 'something went wrong';
      return send(
        response,
        Response.json({ message }, { status: fault.status, headers: fault.headers ?? {} }),
      );
    }
    case 'errors': {
      const { type, message, headers = {} } = fault;
      return send(response, Response.json({ data: null, errors: [{ type, message }] }, { headers }));
    }
    case 'html': {
      const page = '<!doctype html><title>Somebody between</title><h1>Please log in</h1>';
      return send(
        response,
        new Response(page, { status: fault.status, headers: { 'content-type': 'text/html; charset=utf-8' } }),
      );
    }
    case 'drip': {
      const whole = await work();
      const bytes = Buffer.from(await whole.arrayBuffer());
      response.writeHead(whole.status, Object.fromEntries(whole.headers));
      const { everyMs, bytes: each = 1 } = fault;
      for (let from = 0; from < bytes.length; from += each) {
        if (response.destroyed) return;
        response.write(bytes.subarray(from, from + each));
        await pass(everyMs);
      }
      response.end();
      return;
    }
    case 'empty_list':
      return send(response, Response.json([]));
    case 'redirect':
      response.writeHead(fault.status, { location: fault.location }).end();
  }
}

async function send(response: ServerResponse, made: Response): Promise<void> {
  const body = Buffer.from(await made.arrayBuffer());
  response.writeHead(made.status, Object.fromEntries(made.headers)).end(body);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error('the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function requestOf(url: string, request: IncomingMessage, body: Buffer): Request {
  const method = request.method ?? 'GET';
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  const sent = method === 'GET' || method === 'HEAD' ? null : new Uint8Array(body);
  return new Request(new URL(request.url ?? '/', url), { method, headers, body: sent });
}

/** By its path, or by what GraphQL is asked about. */
function repositoryOf(pathname: string, body: Buffer): string {
  const found =
    /^\/api\/v3\/repos\/([^/]+\/[^/]+)/.exec(pathname) ?? /^\/([^/]+\/[^/]+?)\.git\//.exec(pathname);
  if (found !== null || !pathname.endsWith('/graphql')) return found?.[1] ?? '';
  const [, node = ''] = /"id":"([^"]+)"/.exec(body.toString('utf8')) ?? [];
  return repositoryOfNode(node);
}

function isGitUser(request: IncomingMessage, token: string): boolean {
  const [, given = ''] = /^Basic (.+)$/.exec(request.headers.authorization ?? '') ?? [];
  return Buffer.from(given, 'base64').toString('utf8') === `x-access-token:${token}`;
}
