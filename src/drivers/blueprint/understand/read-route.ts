/** A method with its path, as a clause of a request: `GET /invoices/:number`. */
import { snakeCase, type Names } from './names.ts';
import type { Question } from './question.ts';
import type { Operation } from './resource.ts';

const ROUTE =
  /^(?:(?:with|at|under|routes?|endpoints?|methods?)\s+)*`?(GET|POST|PUT|PATCH|DELETE|HEAD)\s+(\/[^\s`]*)`?(?:\s+(?:endpoint|route))?$/i;

export type RouteReading =
  | { kind: 'route'; operation: Operation; key: string | null }
  /** A method that no rule builds. */
  | { kind: 'unknown' }
  | { kind: 'question'; question: Question };

/** null: the clause is no route. `places` are other paths that mean the resource's own. */
export function readRoute(clause: string, names: Names, places: ReadonlySet<string>): RouteReading | null {
  const match = ROUTE.exec(clause);
  if (match === null) return null;
  const [, method = '', path = ''] = match;
  const base = `/${names.kebabMany}`;
  const item = /^(\/[^:{}]*)\/(?::(\w+)|\{(\w+)\})$/.exec(path);
  const place = item?.[1] ?? path;
  if (place !== base && !places.has(place.toLowerCase()))
    return {
      kind: 'question',
      question: {
        about: 'place',
        path: place,
        text: `"${path}" is not where I put ${names.many}: that is \`${base}\`. Shall they be there? (yes; I put them nowhere else.)`,
      },
    };
  const verb = method.toUpperCase();
  if (verb === 'POST' && item === null) return { kind: 'route', operation: 'create', key: null };
  if (verb !== 'GET') return { kind: 'unknown' };
  if (item === null) return { kind: 'route', operation: 'list', key: null };
  return { kind: 'route', operation: 'get', key: snakeCase(item[2] ?? item[3] ?? '') };
}
