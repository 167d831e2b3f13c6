/** Which requests a probe sends: a pure function of the endpoints. */
import type { Endpoint, EndpointField } from '../../core/checks/endpoints.ts';
import { isItem, stepsOf } from '../../core/checks/field-names.ts';
import { membersOf, valueAt } from './body-text.ts';
import {
  boundaryValues,
  jsonOf,
  rightValue,
  textOfValue,
  wrongValues,
  type FieldValue,
} from './field-values.ts';
import {
  CAPTURED,
  NOBODYS,
  type CaseKind,
  type PlannedRequest,
  type ProbeCase,
  type SetupRequest,
} from './probe-case.ts';

/** More are not sent in one pass; the result says what was left out. Requests count what is made before, too. */
const MAX_CASES = 3_000;
const MAX_OF_ALL: Spent = { requests: 12_000, bytes: 32 * 1024 * 1024 };
const MAX_OF_ENDPOINT: Spent = { requests: 3_000, bytes: 8 * 1024 * 1024 };
/** In characters of its JSON: a larger value is not made. */
const MAX_VALUE = 1024 * 1024;
const MAX_SHOWN = 120;
const JSON_TYPE = 'application/json';
const EXTRA = 'probe_unknown_field';

export interface ProbePlan {
  cases: ProbeCase[];
  leftOut: number;
  /** Endpoints that need an id which nothing here makes: of these only the unknown one is asked for. */
  withoutId: number[];
  /** Endpoints of which nothing is sent: those before took all that may be sent. */
  notAsked: number[];
}

/** Cases of each endpoint in the order of the list; within one, the right request first and once more at the end. */
export function planCases(endpoints: readonly Endpoint[]): ProbePlan {
  const count: Counter = { next: 1, requests: 0, bytes: 0 };
  const plan: ProbePlan = { cases: [], leftOut: 0, withoutId: [], notAsked: [] };
  for (const [at, endpoint] of endpoints.entries()) {
    const maker = makerOf(endpoint, endpoints, count);
    if (maker === null) plan.withoutId.push(at);
    const found = maker === null ? [] : casesOf({ endpoint, make: maker, count });
    const drafts = [...found, ...unknownIds(endpoint, endpoints, count)];
    const before = { requests: count.requests, bytes: count.bytes };
    const sent = plan.cases.length;
    for (const draft of drafts) {
      const own = { requests: count.requests - before.requests, bytes: count.bytes - before.bytes };
      const isOver =
        plan.cases.length >= MAX_CASES || reaches(count, MAX_OF_ALL) || reaches(own, MAX_OF_ENDPOINT);
      const made = isOver ? null : draft();
      if (made === null) plan.leftOut += 1;
      else plan.cases.push({ id: plan.cases.length, ...made, endpoint: at });
    }
    if (drafts.length > 0 && plan.cases.length === sent) plan.notAsked.push(at);
  }
  return plan;
}

const reaches = (spent: Spent, most: Spent): boolean =>
  spent.requests >= most.requests || spent.bytes >= most.bytes;

/** Made only where there is room for it; null: it would be too large. */
type Planned = () => Draft | null;

type Draft = Omit<ProbeCase, 'id' | 'endpoint'>;

/** What takes the place of right values; `drop`: fields that are left out. */
interface Change {
  set?: ReadonlyMap<EndpointField, FieldValue>;
  drop?: EndpointField;
  extra?: boolean;
}

/** Makes a request that is right but for the change, and what has to be there before. */
type Maker = (change?: Change) => Pick<ProbeCase, 'setup' | 'request'>;

/** Bytes are those of bodies and queries, in characters. */
interface Spent {
  requests: number;
  bytes: number;
}

interface Counter extends Spent {
  next: number;
}

/** null: the path needs an id, and nothing among the endpoints makes one. */
function makerOf(endpoint: Endpoint, all: readonly Endpoint[], count: Counter): Maker | null {
  const sources = paramsOf(endpoint.path).map((name) => sourceOf(endpoint, name, all));
  if (!sources.every(isKnown)) return null;
  return (change = {}) => {
    const { params, setup } = makeAll(sources, count);
    return { setup, request: requestOf(endpoint, params, count, change) };
  };
}

interface ParamSource {
  name: string;
  /** The POST that makes it, at the path before the parameter. */
  post: Endpoint | null;
  /** Its value where nothing makes it. */
  example: string | null;
}

const isKnown = ({ post, example }: ParamSource): boolean => post !== null || example !== null;

/** Where a parameter's value comes from: a POST to the path before it, else the example. */
function sourceOf(endpoint: Endpoint, name: string, all: readonly Endpoint[]): ParamSource {
  const path = endpoint.path.slice(0, endpoint.path.indexOf(`{${name}}`)).replace(/\/$/, '');
  const post = all.find((each) => each.method === 'POST' && sameShape(each.path, path));
  const example = endpoint.example?.[name];
  return {
    name,
    // With the names of this path, so that it is made below what was made before it.
    post: post === undefined ? null : { ...post, path },
    example: example === undefined ? null : textOfValue({ value: example }),
  };
}

/** Each parameter once, from the left: what one names is made below the ones before it. */
function makeAll(
  sources: readonly ParamSource[],
  count: Counter,
): { params: Record<string, string>; setup: SetupRequest[] } {
  const params: Record<string, string> = {};
  const setup: SetupRequest[] = [];
  for (const { name, post, example } of sources) {
    if (post !== null) setup.push({ request: requestOf(post, { ...params }, count, {}), captures: name });
    params[name] = post === null ? (example ?? '') : CAPTURED;
  }
  return { params, setup };
}

const paramsOf = (path: string): string[] => [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name);

const sameShape = (one: string, other: string): boolean =>
  one.replaceAll(/\{[^}]*\}/g, '{}') === other.replaceAll(/\{[^}]*\}/g, '{}');

function requestOf(
  endpoint: Endpoint,
  params: Record<string, string>,
  count: Counter,
  { set, drop, extra = false }: Change,
): PlannedRequest {
  const n = count.next++;
  const valueOf = (field: EndpointField): FieldValue =>
    set?.get(field) ?? { value: rightValue(field, n, exampleOf(endpoint, field)) };
  const isSent = (field: EndpointField): boolean =>
    field !== drop && (field.required || isSaid(endpoint, field, set));
  const sent = endpoint.fields.filter(isSent);
  const query = sent
    .filter((field) => field.in === 'query')
    .map((field): [string, string] => [field.name, textOfValue(valueOf(field))]);
  const headers = endpoint.fields
    .filter((field) => field.in === 'header' && (field === drop || sent.includes(field)))
    .map((field) => ({
      name: field.name,
      value: field === drop ? null : textOfValue(valueOf(field)),
      isTried: field === drop || set?.has(field) === true,
    }));
  const members = membersOf({
    fields: endpoint.fields.filter((field) => field.in === 'body'),
    isSent,
    valueOf,
    set: set ?? new Map(),
    drop: drop ?? null,
  });
  const hasBody = endpoint.fields.some((field) => field.in === 'body');
  const inPath = endpoint.fields.filter((field) => field.in === 'path' && set?.has(field) === true);
  const body = hasBody ? `{${[...members, ...(extra ? [`"${EXTRA}":"x"`] : [])].join(',')}}` : null;
  count.requests += 1;
  count.bytes += (body?.length ?? 0) + query.reduce((sum, [, value]) => sum + value.length, 0);
  return {
    method: endpoint.method,
    path: endpoint.path,
    params: {
      ...params,
      ...Object.fromEntries(inPath.map((field) => [field.name, textOfValue(valueOf(field))])),
    },
    headers,
    query: extra && !hasBody ? [...query, [EXTRA, 'x']] : query,
    body,
    contentType: hasBody ? JSON_TYPE : null,
  };
}

/** Optional fields go along in a body where their right value is known; in a query they would narrow what comes back. */
function isSaid(
  endpoint: Endpoint,
  field: EndpointField,
  set: ReadonlyMap<EndpointField, FieldValue> | undefined,
): boolean {
  return set?.has(field) === true || (field.in === 'body' && exampleOf(endpoint, field) !== undefined);
}

/** Its own value by name, or the one at its place in the value of what it stands in. */
function exampleOf({ example }: Endpoint, { name, in: place }: EndpointField): unknown {
  if (example === undefined) return undefined;
  if (Object.hasOwn(example, name) || place !== 'body') return example[name];
  return valueAt(example, stepsOf(name));
}

interface Subject {
  endpoint: Endpoint;
  make: Maker;
  count: Counter;
}

function casesOf(subject: Subject): Planned[] {
  const { endpoint, make } = subject;
  const whole: Whole = (kind, shown, made) => () => ({ kind, field: null, shown, ...made() });
  return [
    whole('valid', 'a right request', () => make()),
    ...endpoint.fields.flatMap((field) => casesOfField(subject, field)),
    ...bodyCases(endpoint, make, whole),
    whole('unknown_field', `an unknown field, ${EXTRA}`, () => make({ extra: true })),
    whole('still_valid', 'a right request after all others', () => make()),
  ];
}

type Whole = (kind: CaseKind, shown: string, made: () => Pick<ProbeCase, 'setup' | 'request'>) => Planned;

function casesOfField(subject: Subject, field: EndpointField): Planned[] {
  const { endpoint, make } = subject;
  const example = exampleOf(endpoint, field);
  const name = field.in === 'body' ? field.name : `${field.name} in the ${field.in}`;
  const draft = (kind: CaseKind, shown: string, change: Change): Draft => ({
    kind,
    field: name,
    shown,
    ...make(change),
  });
  const tried = (kind: CaseKind, value: FieldValue) => (): Draft | null =>
    isLarge(value)
      ? null
      : draft(kind, `${field.name}: ${shorten(jsonOf(value))}`, { set: new Map([[field, value]]) });
  const missing =
    field.required && field.in !== 'path' && !isItem(field)
      ? [() => draft('missing', `no ${field.name}`, { drop: field })]
      : [];
  // A parameter that is another word in every reading is wrong; what is at its bounds or malformed may only be unknown.
  const wrong = wrongValues(field, example).filter(
    ({ kind }) => field.in !== 'path' || kind === 'wrong_type',
  );
  // What is unique may have been taken by a request that changes something made before.
  const isTaken = field.unique === true && endpoint.method !== 'POST';
  const boundaries = field.in === 'path' || isTaken ? [] : boundaryValues(field, 1_000_000);
  return [
    ...missing,
    ...boundaries.map((value) => tried('at_boundary', value)),
    ...wrong.map(({ kind, tried: value }) => tried(kind, value)),
    ...(field.unique === true && field.in === 'body' ? [() => duplicateOf(subject, field, name)] : []),
  ];
}

/** The first one is made right before it, with the same value in this field alone. */
function duplicateOf({ endpoint, make, count }: Subject, field: EndpointField, name: string): Draft {
  const value: FieldValue = { value: rightValue(field, count.next++, exampleOf(endpoint, field)) };
  const change: Change = { set: new Map([[field, value]]) };
  const [first, second] = [make(change), make(change)];
  const before: SetupRequest = { request: first.request, captures: null };
  // What is made is unique among its own kind, so below the same parent; what is changed needs another one to be like.
  const others = endpoint.method === 'POST' ? [] : second.setup;
  return {
    kind: 'duplicate',
    field: name,
    shown: `${field.name}: ${shorten(jsonOf(value))} a second time`,
    setup: [...first.setup, before, ...others],
    request: second.request,
  };
}

function bodyCases(endpoint: Endpoint, make: Maker, whole: Whole): Planned[] {
  if (!endpoint.fields.some((field) => field.in === 'body')) return [];
  const withBody = (body: string) => (): Pick<ProbeCase, 'setup' | 'request'> => {
    const made = make();
    return { ...made, request: { ...made.request, body, contentType: JSON_TYPE } };
  };
  const needsBody = endpoint.fields.some((field) => field.in === 'body' && field.required);
  return [
    whole('broken_json', 'a body that is no JSON', withBody('{"')),
    ...(needsBody ? [whole('wrong_shape', 'a list in place of the object', withBody('[]'))] : []),
    ...(needsBody ? [whole('wrong_shape', 'null in place of the object', withBody('null'))] : []),
    ...(needsBody ? [whole('wrong_shape', 'an empty body', withBody(''))] : []),
    whole('content_type', 'a body that is said to be plain text', () => {
      const right = make();
      return { ...right, request: { ...right.request, contentType: 'text/plain' } };
    }),
  ];
}

/** Of each endpoint whose last parameter is an id: one that nobody has. */
function unknownIds(endpoint: Endpoint, all: readonly Endpoint[], count: Counter): Planned[] {
  const last = paramsOf(endpoint.path).at(-1);
  if (last === undefined) return [];
  const others = paramsOf(endpoint.path)
    .slice(0, -1)
    .map((name) => sourceOf(endpoint, name, all));
  if (!others.every(isKnown)) return [];
  const own = sourceOf({ ...endpoint, example: {} }, last, all);
  const field = endpoint.fields.find(({ name }) => name === last);
  const text = own.post !== null ? NOBODYS : unknownOf(field);
  // Of an id of which nothing is known nobody can say what is one and what is malformed.
  if (text === null) return [];
  return [
    () => {
      const { params, setup } = makeAll([...others, own], count);
      return {
        kind: 'unknown_id',
        field: `${last} in the path`,
        shown: `an unknown ${last}`,
        setup,
        request: requestOf(endpoint, { ...params, [last]: text }, count, {}),
      };
    },
  ];
}

/** Where nothing makes one that could be changed. */
function unknownOf(field: EndpointField | undefined): string | null {
  if (field === undefined || field.values !== undefined) return null;
  if (field.type === 'uuid') return 'ffffffff-ffff-4fff-bfff-ffffffffffff';
  return field.type === 'integer' || field.type === 'number' ? '2147480000' : 'probe-unknown';
}

/** Items of a list are all alike: the first says how long they are. */
function isLarge(tried: FieldValue): boolean {
  if ('raw' in tried || !Array.isArray(tried.value)) return false;
  const items: readonly unknown[] = tried.value;
  return items.length * jsonOf({ value: items[0] }).length > MAX_VALUE;
}

function shorten(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}… (${text.length} characters)` : text;
}
