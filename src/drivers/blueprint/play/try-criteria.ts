/** Tries acceptance criteria on the running service, by what each sentence says. */
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { exampleOf, wrongValuesOf } from '../parts/examples.ts';
import type { Site } from '../parts/part.ts';
import type { Refusal } from '../layout/refusals.ts';
import { codeOf, fieldPlace } from '../understand/refusal-words.ts';
import { callOf, routeOf, type Field, type Resource } from '../understand/resource.ts';

export interface Observation {
  /** null: this sentence is not one that can be tried. */
  met: boolean | null;
  seen: string;
}

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

export async function tryCriteria(site: Site, base: string, criteria: string[]): Promise<Observation[]> {
  const seen: Observation[] = [];
  // One after the other: each uses keys of its own, and what was seen stays in the order of the criteria.
  for (const [i, text] of criteria.entries()) seen.push(await tryOne(site, base, text, 1_000 + i * 10));
  return seen;
}

async function tryOne(site: Site, base: string, text: string, n: number): Promise<Observation> {
  const { resource } = site;
  const field = resource.fields.find((each) => text.includes(`\`${each.name}\``));
  if (text.startsWith('`POST ') && field !== undefined) return tryRefusal(site, base, field, n);
  if (text.startsWith('A second ')) return tryConflict(site, base, n);
  if (text.startsWith('The client')) return tryClient(site, base, n);
  if (text.startsWith('`POST ')) return tryCreate(resource, base, n);
  if (text.includes('` describes `POST ')) return tryDocumented(site, base);
  if (/^`GET [^`]*:/.test(text)) return tryGet(site, base, n);
  if (text.startsWith('`GET ')) return tryList(resource, base, n);
  return { met: null, seen: 'no trial fits this sentence' };
}

const pathOfAll = (resource: Resource): string => `/${resource.names.kebabMany}`;

async function send(base: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(base + path, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }; // the service answers objects only
}

function readAt({ body }: Answer, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? { ...value }[key as never] : undefined),
    body,
  );
}

/** Whether it has the status of this refusal, and its code where there is one. */
function isRefused(answer: Answer, refusal: Refusal, resource: Resource): boolean {
  const code = codeOf(refusal, resource);
  return answer.status === refusal.status && (code === null || readAt(answer, code.path) === code.text);
}

function seenOf(answer: Answer, refusal: Refusal, resource: Resource): string {
  const code = readAt(answer, codeOf(refusal, resource)?.path ?? ['']);
  return typeof code === 'string' ? `${answer.status} ${code}` : String(answer.status);
}

async function tryRefusal(site: Site, base: string, field: Field, n: number): Promise<Observation> {
  const { resource } = site;
  const { invalid } = site.layout.service.refusals;
  const place = fieldPlace(invalid);
  const isNamed = (answer: Answer): boolean => {
    const said = String(readAt(answer, place?.path ?? []));
    return place === null || (place.exact ? said === field.name : said.includes(field.name));
  };
  const answers = await Promise.all(
    wrongValuesOf(field).map((value, i) =>
      send(base, 'POST', pathOfAll(resource), { ...exampleOf(resource, n + i), [field.name]: value }),
    ),
  );
  const right = answers.filter((answer) => isRefused(answer, invalid, resource) && isNamed(answer));
  return {
    met: right.length === answers.length,
    seen: `${right.length} of ${answers.length} wrong values were answered ${invalid.status}${place === null ? '' : ' naming the field'}`,
  };
}

async function tryCreate(resource: Resource, base: string, n: number): Promise<Observation> {
  const example = exampleOf(resource, n);
  const { status, body } = await send(base, 'POST', pathOfAll(resource), example);
  const same = resource.fields.every((field) => body[field.name] === example[field.name]);
  return { met: status === 201 && same, seen: `${status}${same ? ' with the body sent' : ''}` };
}

/** What the document shows, sent as it stands there. */
async function tryDocumented(site: Site, base: string): Promise<Observation> {
  const documented = documentedExample(site);
  if (documented === null) return { met: false, seen: 'no example is there' };
  const { status } = await send(base, 'POST', pathOfAll(site.resource), documented);
  return { met: status === 201, seen: `${status} for the documented example` };
}

function documentedExample(site: Site): unknown {
  const { files, apiFile } = site.layout.service;
  const section = (files.read(apiFile) ?? '').split(`### ${routeOf(site.resource, 'create')}\n`)[1] ?? '';
  const example = /^[\s\S]*?```json\n([^`]*)```/.exec(section.split(/^### /m)[0] ?? '')?.[1];
  return example === undefined ? null : JSON.parse(example);
}

async function tryConflict(site: Site, base: string, n: number): Promise<Observation> {
  const { resource } = site;
  const { conflict } = site.layout.service.refusals;
  const example = exampleOf(resource, n);
  await send(base, 'POST', pathOfAll(resource), example);
  const second = await send(base, 'POST', pathOfAll(resource), example);
  return { met: isRefused(second, conflict, resource), seen: seenOf(second, conflict, resource) };
}

async function tryList(resource: Resource, base: string, n: number): Promise<Observation> {
  for (const each of [n + 1, n]) await send(base, 'POST', pathOfAll(resource), exampleOf(resource, each));
  const { status, body } = await send(base, 'GET', pathOfAll(resource));
  const list = body[resource.names.snakeMany];
  const keys = Array.isArray(list)
    ? list.map((item: Record<string, unknown>) => String(item[resource.key]))
    : [];
  const sorted = keys.length > 1 && keys.every((key, i) => i === 0 || (keys[i - 1] ?? '') <= key);
  return {
    met: status === 200 && sorted,
    seen: `${status} with ${keys.length} ${resource.names.many}${sorted ? ' in order' : ', not in order'}`,
  };
}

async function tryGet(site: Site, base: string, n: number): Promise<Observation> {
  const { resource } = site;
  const { notFound } = site.layout.service.refusals;
  const example = exampleOf(resource, n);
  await send(base, 'POST', pathOfAll(resource), example);
  const path = pathOfAll(resource);
  const found = await send(base, 'GET', `${path}/${encodeURIComponent(String(example[resource.key]))}`);
  const none = await send(base, 'GET', `${path}/there-is-none`);
  const met = found.status === 200 && isRefused(none, notFound, resource);
  return {
    met,
    seen: `${found.status} for one that exists, ${seenOf(none, notFound, resource)} for one that does not`,
  };
}

/** The client's own code against the running service. */
async function tryClient(site: Site, base: string, n: number): Promise<Observation> {
  const { client, resource } = site;
  if (client === null) return { met: null, seen: 'there is no client' };
  const example = exampleOf(resource, n);
  const calls: Record<string, unknown[]> = { create: [example], list: [], get: [example[resource.key]] };
  try {
    const module: unknown = await import(pathToFileURL(join(client.files.root, client.clientFile)).href);
    const { createClient } = module as {
      createClient(options: object): Record<string, (...args: unknown[]) => Promise<unknown>>;
    }; // the layout was recognised by this export
    const api = createClient({ baseUrl: base });
    for (const operation of resource.operations)
      await api[callOf(resource, operation)]?.(...(calls[operation] ?? []));
    const missing = resource.operations.filter(
      (operation) => typeof api[callOf(resource, operation)] !== 'function',
    );
    const done = resource.operations.length - missing.length;
    return {
      met: missing.length === 0,
      seen: `${done} of ${resource.operations.length} calls answered by the service`,
    };
  } catch (error) {
    return { met: false, seen: `the client threw ${String(error)}` };
  }
}
