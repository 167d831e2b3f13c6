/** A method with its path, as a clause of a request: `GET /invoices/:number`. */
import { snakeCase, type Names } from './names.ts';
import type { Operation } from './resource.ts';

const ROUTE =
  /^(?:(?:with|at|under|routes?|endpoints?|methods?)\s+)*`?(GET|POST|PUT|PATCH|DELETE|HEAD)\s+(\/[^\s`]*)`?$/i;

export type RouteReading =
  | { kind: 'route'; operation: Operation; key: string | null }
  /** A method that no rule builds. */
  | { kind: 'unknown' }
  | { kind: 'question'; question: string };

/** null: the clause is no route. */
export function readRoute(clause: string, names: Names): RouteReading | null {
  const match = ROUTE.exec(clause);
  if (match === null) return null;
  const [, method = '', path = ''] = match;
  const base = `/${names.kebabMany}`;
  const item = /^(\/[^:{}]*)\/(?::(\w+)|\{(\w+)\})$/.exec(path);
  if ((item?.[1] ?? path) !== base)
    return {
      kind: 'question',
      question: `"${path}" is not where I put ${names.many}: that is \`${base}\`. Shall they be there?`,
    };
  const verb = method.toUpperCase();
  if (verb === 'POST' && item === null) return { kind: 'route', operation: 'create', key: null };
  if (verb !== 'GET') return { kind: 'unknown' };
  if (item === null) return { kind: 'route', operation: 'list', key: null };
  return { kind: 'route', operation: 'get', key: snakeCase(item[2] ?? item[3] ?? '') };
}
