/** Which requests a probe sends: a pure function of the endpoints. */
import type { Endpoint, EndpointField } from '../../core/checks/endpoints.ts';
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

/** More are not sent in one pass; the result says how many were left out. */
const MAX_CASES = 3_000;
const MAX_SHOWN = 120;
const JSON_TYPE = 'application/json';
const EXTRA = 'probe_unknown_field';

export interface ProbePlan {
  cases: ProbeCase[];
  leftOut: number;
  /** Endpoints that need an id which nothing here makes: of these only the unknown one is asked for. */
  withoutId: number[];
}

/** Cases of each endpoint in the order of the list; within one, the right request first and once more at the end. */
export function planCases(endpoints: readonly Endpoint[]): ProbePlan {
  const count = { next: 1 };
  const withoutId: number[] = [];
  const drafts = endpoints.flatMap((endpoint, at) => {
    const maker = makerOf(endpoint, endpoints, count);
    if (maker === null) withoutId.push(at);
    const found = maker === null ? [] : casesOf({ endpoint, make: maker, count });
    return [...found, ...unknownIds(endpoint, endpoints, count)].map((each) => ({ ...each, endpoint: at }));
  });
  const cases = drafts.slice(0, MAX_CASES).map((draft, id): ProbeCase => ({ id, ...draft }));
  return { cases, leftOut: drafts.length - cases.length, withoutId };
}

type Draft = Omit<ProbeCase, 'id' | 'endpoint'>;

/** What takes the place of right values; `drop`: fields that are left out. */
interface Change {
  set?: ReadonlyMap<EndpointField, FieldValue>;
  drop?: EndpointField;
  extra?: boolean;
}

/** Makes a request that is right but for the change, and what has to be there before. */
type Maker = (change?: Change) => Pick<ProbeCase, 'setup' | 'request'>;

interface Counter {
  next: number;
}

/** null: the path needs an id, and nothing among the endpoints makes one. */
function makerOf(endpoint: Endpoint, all: readonly Endpoint[], count: Counter): Maker | null {
  const parts = paramsOf(endpoint.path).map((name) => ({ name, ...sourceOf(endpoint, name, all, count) }));
  if (parts.some(({ known }) => !known)) return null;
  return (change = {}) => {
    const made = parts.map(({ name, make }) => ({ name, ...make() }));
    const params = Object.fromEntries(made.map(({ name, text }) => [name, text]));
    return { setup: made.flatMap(({ setup }) => setup), request: requestOf(endpoint, params, count, change) };
  };
}

interface ParamSource {
  known: boolean;
  make: () => { text: string; setup: SetupRequest[] };
}

/** Where a parameter's value comes from: a POST to the path before it, else the example. */
function sourceOf(endpoint: Endpoint, name: string, all: readonly Endpoint[], count: Counter): ParamSource {
  const before = endpoint.path.slice(0, endpoint.path.indexOf(`{${name}}`)).replace(/\/$/, '');
  const post = all.find(({ method, path }) => method === 'POST' && sameShape(path, before));
  const maker = post === undefined ? null : makerOf(post, all, count);
  if (maker !== null)
    return {
      known: true,
      make: () => {
        const { setup, request } = maker();
        return { text: CAPTURED, setup: [...setup, { request, captures: name }] };
      },
    };
  const example = endpoint.example?.[name];
  const text = example === undefined ? '' : textOfValue({ value: example });
  return { known: example !== undefined, make: () => ({ text, setup: [] }) };
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
    set?.get(field) ?? { value: rightValue(field, n, endpoint.example?.[field.name]) };
  const isSent = (field: EndpointField): boolean =>
    field !== drop && (field.required || isSaid(endpoint, field, set));
  const sent = endpoint.fields.filter(isSent);
  const inBody = sent.filter((field) => field.in === 'body');
  const query = sent
    .filter((field) => field.in === 'query')
    .map((field): [string, string] => [field.name, textOfValue(valueOf(field))]);
  const members = inBody.map((field) => `${JSON.stringify(field.name)}:${jsonOf(valueOf(field))}`);
  const hasBody = endpoint.fields.some((field) => field.in === 'body');
  const inPath = endpoint.fields.filter((field) => field.in === 'path' && set?.has(field) === true);
  return {
    method: endpoint.method,
    path: endpoint.path,
    params: {
      ...params,
      ...Object.fromEntries(inPath.map((field) => [field.name, textOfValue(valueOf(field))])),
    },
    query: extra && !hasBody ? [...query, [EXTRA, 'x']] : query,
    body: hasBody ? `{${[...members, ...(extra ? [`"${EXTRA}":"x"`] : [])].join(',')}}` : null,
    contentType: hasBody ? JSON_TYPE : null,
  };
}

/** Optional fields go along in a body where their right value is known; in a query they would narrow what comes back. */
function isSaid(
  { example }: Endpoint,
  field: EndpointField,
  set: ReadonlyMap<EndpointField, FieldValue> | undefined,
): boolean {
  return set?.has(field) === true || (field.in === 'body' && example?.[field.name] !== undefined);
}

interface Subject {
  endpoint: Endpoint;
  make: Maker;
  count: Counter;
}

function casesOf(subject: Subject): Draft[] {
  const { endpoint, make } = subject;
  const whole = (kind: CaseKind, shown: string, made: Pick<ProbeCase, 'setup' | 'request'>): Draft => ({
    kind,
    field: null,
    shown,
    ...made,
  });
  return [
    whole('valid', 'a right request', make()),
    ...endpoint.fields.flatMap((field) => casesOfField(subject, field)),
    ...bodyCases(endpoint, make, whole),
    whole('unknown_field', `an unknown field, ${EXTRA}`, make({ extra: true })),
    whole('still_valid', 'a right request after all others', make()),
  ];
}

function casesOfField(subject: Subject, field: EndpointField): Draft[] {
  const { endpoint, make } = subject;
  const example = endpoint.example?.[field.name];
  const name = field.in === 'body' ? field.name : `${field.name} in the ${field.in}`;
  const draft = (kind: CaseKind, shown: string, change: Change): Draft => ({
    kind,
    field: name,
    shown,
    ...make(change),
  });
  const tried = (kind: CaseKind, value: FieldValue): Draft =>
    draft(kind, `${field.name}: ${shorten(jsonOf(value))}`, { set: new Map([[field, value]]) });
  const missing =
    field.required && field.in !== 'path' ? [draft('missing', `no ${field.name}`, { drop: field })] : [];
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
    ...(field.unique === true && field.in === 'body' ? [duplicateOf(subject, field, name)] : []),
  ];
}

/** The first one is made right before it, with the same value in this field alone. */
function duplicateOf({ endpoint, make, count }: Subject, field: EndpointField, name: string): Draft {
  const value: FieldValue = { value: rightValue(field, count.next++, endpoint.example?.[field.name]) };
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

function bodyCases(
  endpoint: Endpoint,
  make: Maker,
  whole: (kind: CaseKind, shown: string, made: Pick<ProbeCase, 'setup' | 'request'>) => Draft,
): Draft[] {
  if (!endpoint.fields.some((field) => field.in === 'body')) return [];
  const withBody = (body: string, contentType = JSON_TYPE): Pick<ProbeCase, 'setup' | 'request'> => {
    const made = make();
    return { ...made, request: { ...made.request, body, contentType } };
  };
  const needsBody = endpoint.fields.some((field) => field.in === 'body' && field.required);
  const right = make();
  return [
    whole('broken_json', 'a body that is no JSON', withBody('{"')),
    ...(needsBody ? [whole('wrong_shape', 'a list in place of the object', withBody('[]'))] : []),
    ...(needsBody ? [whole('wrong_shape', 'null in place of the object', withBody('null'))] : []),
    ...(needsBody ? [whole('wrong_shape', 'an empty body', withBody(''))] : []),
    whole('content_type', 'a body that is said to be plain text', {
      ...right,
      request: { ...right.request, contentType: 'text/plain' },
    }),
  ];
}

/** Of each endpoint whose last parameter is an id: one that nobody has. */
function unknownIds(endpoint: Endpoint, all: readonly Endpoint[], count: Counter): Draft[] {
  const last = paramsOf(endpoint.path).at(-1);
  if (last === undefined) return [];
  const others = paramsOf(endpoint.path).slice(0, -1);
  const sources = others.map((name) => ({ name, ...sourceOf(endpoint, name, all, count) }));
  if (sources.some(({ known }) => !known)) return [];
  const own = sourceOf({ ...endpoint, example: {} }, last, all, count);
  const made = [...sources.map(({ name, make }) => ({ name, ...make() })), { name: last, ...own.make() }];
  const field = endpoint.fields.find(({ name }) => name === last);
  const text = own.known ? NOBODYS : unknownOf(field);
  // Of an id of which nothing is known nobody can say what is one and what is malformed.
  if (text === null) return [];
  const params = { ...Object.fromEntries(made.map(({ name, text: value }) => [name, value])), [last]: text };
  const shown = `an unknown ${last}`;
  const setup = made.flatMap((each) => each.setup);
  return [
    {
      kind: 'unknown_id',
      field: `${last} in the path`,
      shown,
      setup,
      request: requestOf(endpoint, params, count, {}),
    },
  ];
}

/** Where nothing makes one that could be changed. */
function unknownOf(field: EndpointField | undefined): string | null {
  if (field === undefined || field.values !== undefined) return null;
  if (field.type === 'uuid') return 'ffffffff-ffff-4fff-bfff-ffffffffffff';
  return field.type === 'integer' || field.type === 'number' ? '2147480000' : 'probe-unknown';
}

function shorten(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}… (${text.length} characters)` : text;
}
