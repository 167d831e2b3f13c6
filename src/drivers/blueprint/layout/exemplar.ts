/** The resource that new ones are laid out like: followed from its routes through its handlers to store, type, errors and validators. */
import { posix } from 'node:path';
import { functionSource } from './functions.ts';
import { importsOf, resolveImport, routeRowsOf, type RouteRow } from './modules.ts';
import { readRefusals } from './refusals.ts';
import type { RepoFiles } from './repo-files.ts';
import type { ServiceLayout } from './service-layout.ts';

export type Exemplar = Pick<
  ServiceLayout,
  'handlersDir' | 'storesDir' | 'typesDir' | 'errorsFile' | 'validatorsFile' | 'exemplar' | 'refusals'
>;

/** The newest resource that can be followed whole; where there is none, the link that breaks in the newest one. */
export function findExemplar(files: RepoFiles, routesFile: string): ExemplarReading {
  const routes = files.read(routesFile) ?? '';
  const rows = routeRowsOf(routes);
  const readings = importsOf(routes)
    .reverse()
    .map(({ from }) => followHandlers(files, resolveImport(routesFile, from), rows))
    .filter((reading) => reading !== null);
  return (
    readings.find((reading) => reading.kind === 'found') ??
    readings[0] ??
    lacking(
      `a resource in \`${routesFile}\` that can be followed from its handlers to its store (handlers that import \`insert…\` from it by name)`,
    )
  );
}

type ExemplarReading = { kind: 'found'; layout: Exemplar } | { kind: 'unknown'; missing: string };

const lacking = (missing: string): ExemplarReading => ({ kind: 'unknown', missing });

/** null: nothing is stored there. */
function followHandlers(
  files: RepoFiles,
  handlers: string,
  rows: readonly RouteRow[],
): ExemplarReading | null {
  const source = files.read(handlers) ?? '';
  const places = importsOf(source).map(({ names, from }) => ({ names, file: resolveImport(handlers, from) }));
  const having = (test: (name: string) => boolean): string | undefined =>
    places.find(({ names }) => names.some(test))?.file;
  const store = having((name) => name.startsWith('insert'));
  if (store === undefined) return null;
  const type = having((name) => /^[A-Z][A-Z_]+$/.test(name));
  if (type === undefined)
    return lacking(
      `the type of a resource as a constant in capitals (\`ORDER\`) among the imports of \`${handlers}\``,
    );
  const validatorsFile = having((name) => name === 'text');
  if (validatorsFile === undefined)
    return lacking(`the validator \`text\` among the imports of \`${handlers}\``);
  const creates = rows.find((row) => row.method === 'POST' && isIn(source, row));
  const gets = rows.find((row) => row.method === 'GET' && /\/:\w+$/.test(row.path) && isIn(source, row));
  const conflict = helperIn(source, creates);
  const notFound = helperIn(source, gets);
  if (creates === undefined || conflict === null)
    return lacking(refusalWanted(handlers, creates, 'that creates', 'a second one', 'conflict'));
  if (gets === undefined || notFound === null)
    return lacking(refusalWanted(handlers, gets, 'that gets one', 'one that is not there', 'notFound'));
  const errorsFile = having((name) => name === notFound);
  if (errorsFile === undefined || errorsFile !== having((name) => name === conflict))
    return lacking(
      `\`${conflict}\` and \`${notFound}\` imported by \`${handlers}\` from one module of errors`,
    );
  const reading = readRefusals(files, { errorsFile, validatorsFile, conflict, notFound });
  if (reading.kind === 'unknown') return lacking(reading.missing);
  return {
    kind: 'found',
    layout: {
      handlersDir: posix.dirname(handlers),
      storesDir: posix.dirname(store),
      typesDir: posix.dirname(type),
      errorsFile,
      validatorsFile,
      exemplar: posix.basename(handlers, '.js'),
      refusals: reading.refusals,
    },
  };
}

const isIn = (source: string, { handler }: RouteRow): boolean => functionSource(source, handler) !== null;

/** The function that a handler throws of the resource's type: `throw notFound(ORDER, params.number)`. */
function helperIn(source: string, row: RouteRow | undefined): string | null {
  const handler = row === undefined ? null : functionSource(source, row.handler);
  return /\bthrow (\w+)\([A-Z][A-Z_]+, [^;]*\);/.exec(handler?.source ?? '')?.[1] ?? null;
}

function refusalWanted(
  handlers: string,
  row: RouteRow | undefined,
  which: string,
  refused: string,
  like: string,
): string {
  const handler = row === undefined ? `a handler ${which}` : `\`${row.handler}\``;
  return `in ${handler} of \`${handlers}\` what refuses ${refused}, as \`throw ${like}(TYPE, key);\` (any name will do)`;
}
