/** What the routes and handlers of a service do that the rules would not write: who may, what is logged, what is generated. */
import { posix } from 'node:path';
import { importsOf, resolveImport } from './modules.ts';
import type { RepoFiles } from './repo-files.ts';

/** A call with more between path and handler (`requireUser`, `{ schema }`); functions written on the spot are no resource's. */
export const MORE_IN_CALL =
  /^ *\w+\.(?:get|post|put|patch|delete)\(\s*(['"`])\/[^'"`]*\1\s*,(?!\s*(?:\w+\s*\)|async\b|function\b|\w+\s*=>|\([^()]*\)\s*=>)).*$/m;
const MORE_IN_ROW = /\{\s*method:[^{}]*?\bhandler:\s*\w+\s*,\s*\w[^{}]*\}/;
const IMPORT = /^import\b[^;]*?from\s*['"]([^'"]+)['"]/gm;

interface Places {
  routesFile: string;
  storesDir: string;
  typesDir: string;
  errorsFile: string;
  validatorsFile: string;
}

/** Each as what was looked for; empty: new routes and handlers can be written like those that are there. */
export function unlikeWritten(files: RepoFiles, places: Places): string[] {
  const routes = files.read(places.routesFile) ?? '';
  const more = MORE_IN_CALL.exec(routes) ?? MORE_IN_ROW.exec(routes);
  const modules = importsOf(routes).map(({ from }) => resolveImport(places.routesFile, from));
  return [
    ...(more === null
      ? []
      : [`routes in \`${places.routesFile}\` that have their handler alone (not \`${more[0].trim()}\`)`]),
    ...modules.flatMap((module) =>
      othersOf(files, places, module).map(
        (other) =>
          `handlers in \`${module}\` that use only store, type, errors and validators (not \`${other}\`)`,
      ),
    ),
  ];
}

/** What handlers of a resource import besides what the rules know. */
function othersOf(files: RepoFiles, places: Places, module: string): string[] {
  const source = files.read(module) ?? '';
  const stores = importsOf(source).some(({ names }) => names.some((name) => name.startsWith('insert')));
  if (!stores) return [];
  return [...source.matchAll(IMPORT)].flatMap(([, from = '']) => {
    const file = resolveImport(module, from);
    const isKnown =
      [places.errorsFile, places.validatorsFile].includes(file) ||
      [places.storesDir, places.typesDir].includes(posix.dirname(file));
    return isKnown ? [] : [from];
  });
}
