/** Hidden acceptance tests: the service of a pull request, started and asked as the request's own facts have it. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { FactField, RequestFacts } from './facts.ts';

/** Generous: on a busy machine slowness is no fault of the service. */
const START_LIMIT_MS = 60_000;
const ANSWER_LIMIT_MS = 30_000;

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

type Body = Record<string, unknown>;

/** What the head of a pull request does otherwise than asked; empty: nothing. */
export async function hiddenFaults(
  facts: RequestFacts,
  { bare, head, setup, dir }: { bare: string; head: string; setup: string | null; dir: string },
): Promise<string[]> {
  mkdirSync(dir, { recursive: true });
  execFileSync('git', ['clone', '-q', '--local', '--no-checkout', bare, dir], { stdio: 'pipe' });
  execFileSync('git', ['checkout', '-q', head], { cwd: dir, stdio: 'pipe' });
  if (setup !== null) execFileSync('/bin/sh', ['-c', setup], { cwd: dir, stdio: 'pipe' });
  return servedFaults(facts, dir);
}

/** What the service in this folder does otherwise than asked: new, and once more after a restart on the same file. */
export async function servedFaults(facts: RequestFacts, dir: string): Promise<string[]> {
  const database = join(mkdtempSync(join(dir, 'hidden-')), 'acceptance.db');
  return [
    ...(await whileServed(dir, database, (base) => askNew(facts, base))),
    ...(await whileServed(dir, database, (base) => storedFaults(facts, base, 'key-b'))),
  ];
}

/** A service that does not start, or breaks off, has a fault; it does not end the evaluation. */
async function whileServed(
  dir: string,
  database: string,
  ask: (base: string) => Promise<string[]>,
): Promise<string[]> {
  const child = spawn(process.execPath, ['src/main.js'], {
    cwd: dir,
    env: { PORT: '0', DATABASE: database },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    return await ask(await addressOf(child));
  } catch (error) {
    return [`It could not be asked: ${error instanceof Error ? error.message : String(error)}`];
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
}

const pathOf = ({ plural }: RequestFacts): string => `/${plural.replaceAll(' ', '-')}`;

function example({ fields, key }: RequestFacts, name: string): Body {
  const valueOf = (field: FactField): unknown => {
    switch (field.kind) {
      case 'text':
        return field.name === key ? name : `${field.name} of ${name}`;
      case 'positive integer':
        return 41;
      case 'date':
        return '2028-02-29';
      case 'one of':
        return field.values.at(-1);
    }
  };
  return Object.fromEntries(fields.map((field) => [field.name, valueOf(field)]));
}

const WRONG: Readonly<Record<FactField['kind'], readonly unknown[]>> = {
  text: [undefined, null, 12, ''],
  'positive integer': [undefined, null, -3, 0, 2.5, 'four'],
  date: [undefined, null, '2027-02-29', '2027-13-01', 'soon', 5],
  'one of': [undefined, null, 'something-else', 3],
};

async function askNew(facts: RequestFacts, base: string): Promise<string[]> {
  const path = pathOf(facts);
  const faults: string[] = [];
  const expectStatus = (what: string, seen: Answer, status: readonly number[]): boolean => {
    const isRight = status.includes(seen.status);
    if (!isRight) faults.push(`${what} answers ${seen.status}, not ${status.join(' or ')}`);
    return isRight;
  };
  for (const name of ['key-b', 'key a/1'])
    if (expectStatus(`POST ${path}`, await send(base, 'POST', path, example(facts, name)), [201]))
      faults.push(...(await storedFaults(facts, base, name)));
  const twice = await send(base, 'POST', path, example(facts, 'key-b'));
  expectStatus(`a second POST ${path} with the same ${facts.key}`, twice, [400, 409, 422]);
  for (const field of facts.fields) {
    for (const value of WRONG[field.kind]) {
      const body = { ...example(facts, `new-${field.name}`), [field.name]: value };
      const what = `POST ${path} with ${field.name}: ${JSON.stringify(value) ?? 'nothing'}`;
      expectStatus(what, await send(base, 'POST', path, body), [400, 422]);
    }
    if (facts.operations.includes('get') && field.name !== facts.key) {
      const what = `GET of what was refused for its ${field.name}`;
      expectStatus(what, await send(base, 'GET', `${path}/new-${field.name}`), [404]);
    }
    for (const value of field.values) {
      const body = { ...example(facts, `word-${field.name}-${value}`), [field.name]: value };
      expectStatus(`POST ${path} with ${field.name}: ${value}`, await send(base, 'POST', path, body), [201]);
    }
  }
  if (facts.operations.includes('get'))
    expectStatus(`GET ${path}/none`, await send(base, 'GET', `${path}/none-of-them`), [404]);
  // What was there before still is.
  expectStatus('GET /orders', await send(base, 'GET', '/orders'), [200]);
  return faults;
}

async function storedFaults(facts: RequestFacts, base: string, name: string): Promise<string[]> {
  const path = pathOf(facts);
  const wanted = example(facts, name);
  const faults: string[] = [];
  if (facts.operations.includes('get')) {
    const { status, body } = await send(base, 'GET', `${path}/${encodeURIComponent(name)}`);
    if (status !== 200 || !isDeepStrictEqual(body, wanted))
      faults.push(`GET ${path}/${name} answers ${status} ${JSON.stringify(body)}`);
  }
  if (facts.operations.includes('list')) {
    const { status, body } = await send(base, 'GET', path);
    const all = Object.values(body).find((value) => Array.isArray(value)) as Body[] | undefined;
    if (status !== 200 || !(all ?? []).some((each) => isDeepStrictEqual(each, wanted)))
      faults.push(`GET ${path} answers ${status} without ${name}`);
  }
  return faults;
}

async function send(base: string, method: string, path: string, body?: Body): Promise<Answer> {
  const response = await fetch(base + path, {
    method,
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await response.text();
  const value: unknown = text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : {};
  return { status: response.status, body: Array.isArray(value) ? { list: value } : (value as Body) }; // one of the two forms
}

/** Where it says that it listens. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => reject(new Error(`It did not start: ${output}`)), START_LIMIT_MS);
    const read = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('close', () => {
      clearTimeout(timer);
      reject(new Error(`It ended: ${output}`));
    });
  });
}
