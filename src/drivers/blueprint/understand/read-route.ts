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

export interface OtherPaths {
  /** Those that mean the resource's own. */
  places: ReadonlySet<string>;
  /** Those that were answered not to. */
  kept: ReadonlySet<string>;
}

/** null: the clause is no route. */
export function readRoute(clause: string, names: Names, { places, kept }: OtherPaths): RouteReading | null {
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
        text: kept.has(place.toLowerCase())
          ? `"${path}" is not to give way, and I put ${names.many} nowhere but at \`${base}\`: stop this run and give the request to another driver, or say "yes" to have them there.`
          : `"${path}" is not where I put ${names.many}: that is \`${base}\`. Shall they be there? (yes; if no, another driver has to do it.)`,
      },
    };
  const verb = method.toUpperCase();
  if (verb === 'POST' && item === null) return { kind: 'route', operation: 'create', key: null };
  if (verb !== 'GET') return { kind: 'unknown' };
  if (item === null) return { kind: 'route', operation: 'list', key: null };
  return { kind: 'route', operation: 'get', key: snakeCase(item[2] ?? item[3] ?? '') };
}
