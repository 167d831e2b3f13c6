/** Values for one field of an endpoint: right ones, those at its bounds, and wrong ones. Deterministic: the same endpoint, the same values. */
import type { EndpointField } from '../../core/checks/endpoints.ts';
import type { CaseKind } from './probe-case.ts';

/** As JSON knows it, or `raw`: text that stands in the body as it is. */
export type FieldValue = { value: unknown } | { raw: string };

export interface TriedValue {
  kind: CaseKind;
  tried: FieldValue;
}

const DAY_MS = 24 * 60 * 60_000;
const FIRST_DAY = Date.UTC(2030, 0, 15);
/** More than a double can count exactly, and more than any column holds. */
const HUGE = '1e308';
const UNUSUAL = 'Ωß 日本語 🙂 \u202e"\'\\ e\u0301';
const NOT_IN_VALUES = 'probe-none-of-these';

/** A value that is right. `n` counts requests, so that what has to be unique is. */
export function rightValue(field: EndpointField, n: number, example: unknown): unknown {
  if (example !== undefined) return field.unique === true ? varied(field, example, n) : example;
  switch (field.type) {
    case 'string':
      return field.values?.[0] ?? textOf(field, n);
    case 'enum':
      return field.values?.[0] ?? '';
    case 'integer':
    case 'number':
      return numberOf(field, field.unique === true ? n : 0);
    case 'boolean':
      return true;
    case 'date':
      return dayOf(n);
    case 'date_time':
      return `${dayOf(n)}T10:00:00Z`;
    case 'email':
      return `probe-${n}@example.com`;
    case 'uuid':
      return uuidOf(n);
    case 'array':
      return [];
    case 'object':
      return {};
  }
}

/** Those that lie at a bound and are right. */
export function boundaryValues(field: EndpointField, n: number): FieldValue[] {
  if (isNumber(field))
    return [field.min, field.max].flatMap((value) => (value === undefined ? [] : [{ value }]));
  if (field.type !== 'string' || field.values !== undefined) return [];
  const lengths = [field.min_length, field.max_length].filter((length) => length !== undefined && length > 0);
  return lengths.map((length, at) => ({ value: ofLength(`${n + at}`, length ?? 0) }));
}

/** Those that are wrong or unusual. In a body every type can be said; elsewhere all is text. */
export function wrongValues(field: EndpointField, example: unknown): TriedValue[] {
  const inBody = field.in === 'body';
  const found: TriedValue[] = [...wrongTypes(field, inBody), ...outOfRange(field, example)];
  if (inBody)
    found.push({ kind: field.required ? 'null_required' : 'null_optional', tried: { value: null } });
  if (field.values !== undefined) found.push({ kind: 'not_in_values', tried: { value: NOT_IN_VALUES } });
  found.push(...malformed(field).map((value): TriedValue => ({ kind: 'malformed', tried: { value } })));
  if (isNumber(field))
    found.push({ kind: field.max === undefined ? 'huge_number' : 'out_of_range', tried: { raw: HUGE } });
  // A header holds nothing but plain characters.
  const isText = field.type === 'string' && field.values === undefined && field.in !== 'header';
  if (isText && (field.min_length ?? 0) <= UNUSUAL.length)
    found.push({ kind: 'unusual_text', tried: { value: cutTo(UNUSUAL, field.max_length) } });
  return found;
}

/** How a value stands in JSON. */
export function jsonOf(tried: FieldValue): string {
  return 'raw' in tried ? tried.raw : (JSON.stringify(tried.value) ?? 'null');
}

/** How a value stands in a query or a path. */
export function textOfValue(tried: FieldValue): string {
  if ('raw' in tried) return tried.raw;
  return typeof tried.value === 'string' ? tried.value : (JSON.stringify(tried.value) ?? '');
}

const isNumber = ({ type }: EndpointField): boolean => type === 'integer' || type === 'number';

/**
 * Some frameworks take `"5"` for a number and `5` for a text, as they are told to; what stands here is of no use as the
 * type in any reading.
 */
function wrongTypes(field: EndpointField, inBody: boolean): TriedValue[] {
  const values = inBody ? wrongInBody(field) : wrongInText(field);
  return values.map((value) => ({ kind: 'wrong_type', tried: { value } }));
}

function wrongInBody(field: EndpointField): unknown[] {
  switch (field.type) {
    case 'integer':
      return ['not a number', { wrong: 'type' }, (field.min ?? 1) + 0.5];
    case 'number':
      return ['not a number', { wrong: 'type' }];
    case 'boolean':
      return ['not a boolean'];
    case 'array':
      return [{ wrong: 'type' }];
    case 'object':
      return ['not an object'];
    default:
      return [{ wrong: 'type' }];
  }
}

function wrongInText({ type }: EndpointField): string[] {
  if (type === 'integer' || type === 'number') return ['not-a-number'];
  return type === 'boolean' ? ['not-a-boolean'] : [];
}

function outOfRange(field: EndpointField, example: unknown): TriedValue[] {
  return beyond(field, example).map((value) => ({ kind: 'out_of_range', tried: { value } }));
}

function beyond(field: EndpointField, example: unknown): unknown[] {
  const { min, max, min_length, max_length } = field;
  if (isNumber(field))
    return [...(min === undefined ? [] : [min - 1]), ...(max === undefined ? [] : [max + 1])];
  if (field.type === 'string' && field.values === undefined) {
    const short = min_length === undefined || min_length === 0 ? [] : [ofLength('', min_length - 1)];
    return [...short, ...(max_length === undefined ? [] : [ofLength('', max_length + 1)])];
  }
  if (field.type !== 'array' || !Array.isArray(example) || example.length === 0) return [];
  // Only the example says what an item looks like.
  const items = (count: number): unknown[] => Array.from({ length: count }, () => example[0] as unknown);
  const few = min_length === undefined || min_length === 0 ? [] : [items(min_length - 1)];
  return [...few, ...(max_length === undefined ? [] : [items(max_length + 1)])];
}

function malformed({ type }: EndpointField): string[] {
  switch (type) {
    case 'date':
      return ['not-a-date', '2030-02-30'];
    case 'date_time':
      return ['not-a-time', '2030-13-01T25:00:00Z'];
    case 'email':
      return ['not-an-address'];
    case 'uuid':
      return ['not-a-uuid'];
    default:
      return [];
  }
}

function varied(field: EndpointField, example: unknown, n: number): unknown {
  if (typeof example === 'number') return numberOf({ ...field, min: example }, n);
  if (typeof example !== 'string') return example;
  if (field.type === 'uuid') return uuidOf(n);
  if (field.type === 'email') return example.replace('@', `+${n}@`);
  const { max_length = Number.POSITIVE_INFINITY } = field;
  return `${example.slice(0, Math.max(0, max_length - `-${n}`.length))}-${n}`;
}

function numberOf({ min, max }: EndpointField, n: number): number {
  const first = min ?? Math.min(1, max ?? 1);
  return Math.min(first + n, max ?? Number.MAX_SAFE_INTEGER);
}

/** With its number at the front, so that two short ones differ. */
function textOf({ min_length = 0, max_length = 40 }: EndpointField, n: number): string {
  const text = `${n} probe`;
  if (text.length > max_length) return ofLength(n.toString(36), max_length);
  return ofLength(text, Math.max(text.length, min_length));
}

function ofLength(start: string, length: number): string {
  return start.slice(0, length).padEnd(length, 'a');
}

function cutTo(text: string, length = Number.POSITIVE_INFINITY): string {
  let kept = '';
  for (const sign of text) {
    if (kept.length + sign.length > length) break;
    kept += sign;
  }
  return kept;
}

const dayOf = (n: number): string => new Date(FIRST_DAY + n * DAY_MS).toISOString().slice(0, 10);

const uuidOf = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
