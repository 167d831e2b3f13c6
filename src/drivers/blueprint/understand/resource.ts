import type { Names } from './names.ts';

export const OPERATIONS = ['create', 'list', 'get'] as const;
export type Operation = (typeof OPERATIONS)[number];

export const FIELD_KINDS = ['text', 'positive integer', 'date', 'one of'] as const;
export type FieldKind = (typeof FIELD_KINDS)[number];

export interface Field {
  name: string;
  kind: FieldKind;
  /** What `one of` may be; empty for the other kinds. */
  values: string[];
}

/** All that the rules can build: one resource over HTTP, kept in one table. */
export interface Resource {
  names: Names;
  fields: Field[];
  /** The unique field that one is fetched by. */
  key: string;
  operations: Operation[];
  /** Whether the client library is to call it too. */
  client: boolean;
}

export function methodOf(operation: Operation): 'POST' | 'GET' {
  return operation === 'create' ? 'POST' : 'GET';
}

/** `/invoices` or `/invoices/:number`. */
export function pathOf(resource: Resource, operation: Operation): string {
  const base = `/${resource.names.kebabMany}`;
  return operation === 'get' ? `${base}/:${resource.key}` : base;
}

/** `POST /invoices` */
export function routeOf(resource: Resource, operation: Operation): string {
  return `${methodOf(operation)} ${pathOf(resource, operation)}`;
}

/** `createInvoice`, `listInvoices`, `getInvoice`: the handler's name, and the client's. */
export function callOf(resource: Resource, operation: Operation): string {
  return operation + (operation === 'list' ? resource.names.pascalMany : resource.names.pascal);
}

/** In words: `positive integer`, `one of open, paid`. */
export function describeKind(field: Field): string {
  return field.kind === 'one of' ? `one of ${field.values.join(', ')}` : field.kind;
}
