import { posix } from 'node:path';

export interface NamedImport {
  names: string[];
  /** As written: `./stores/orders.js`. */
  from: string;
}

/** The named imports of a module: the only form that the recognised layout uses. */
export function importsOf(source: string): NamedImport[] {
  return [...source.matchAll(/^import\s*\{([^}]*)\}\s*from\s*'([^']+)';?$/gm)].map((match) => ({
    names: (match[1] ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
    from: match[2] ?? '',
  }));
}

/** The file that an import inside `importer` points to, as a path in the repository. */
export function resolveImport(importer: string, from: string): string {
  return posix.normalize(posix.join(posix.dirname(importer), from));
}

/** How `importer` has to write the path of `file`. */
export function relativeImport(importer: string, file: string): string {
  const path = posix.relative(posix.dirname(importer), file);
  return path.startsWith('.') ? path : `./${path}`;
}

export interface RouteRow {
  method: string;
  path: string;
  handler: string;
}

const TABLE_ROW = /\{\s*method:\s*'([A-Z]+)',\s*path:\s*'([^']+)',\s*handler:\s*(\w+)\s*\}/g;
const CALL_ROW = /^( *)(\w+)\.(get|post|put|patch|delete)\('(\/[^']*)', (\w+)\);$/gm;

/** The routes of a file, as rows of a table or as calls (`app.get('/orders', listOrders);`). */
export function routeRowsOf(source: string): RouteRow[] {
  return [
    ...[...source.matchAll(TABLE_ROW)].map(([, method = '', path = '', handler = '']) => ({
      method,
      path,
      handler,
    })),
    ...[...source.matchAll(CALL_ROW)].map(([, , , method = '', path = '', handler = '']) => ({
      method: method.toUpperCase(),
      path,
      handler,
    })),
  ];
}

/** What stands before the method in each call that adds a route: `  app`; null where routes are none. */
export function routeCallsOn(source: string): string | null {
  const [first] = source.matchAll(CALL_ROW);
  return first === undefined ? null : `${first[1]}${first[2]}`;
}
