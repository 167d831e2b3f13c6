import { importsOf, relativeImport, resolveImport, routeRowsOf } from '../layout/modules.ts';
import { callOf, methodOf, pathOf, type Operation } from '../understand/resource.ts';
import { filePattern, routePattern, wordPattern, type Part, type Site } from './part.ts';

/** The rows of the route table, and the import that they need. */
export function routeParts(site: Site): Part[] {
  return site.resource.operations.map((operation) => routePart(site, operation));
}

function routePart(site: Site, operation: Operation): Part {
  const { service } = site.layout;
  const { resource } = site;
  const call = callOf(resource, operation);
  const row = rowOf(site, operation);
  return {
    id: `route:${operation}`,
    apply: () =>
      service.files.edit(service.routesFile, (text) =>
        hasRow(text, call) ? text : withRow(site, text, operation),
      ),
    forget: () => service.files.edit(service.routesFile, (text) => withImport(site, text.replace(row, ''))),
    concerns: [
      [filePattern(service.routesFile), wordPattern(call)],
      [filePattern(service.routesFile), routePattern(resource, operation)],
      [/not a route/, routePattern(resource, operation)],
    ],
  };
}

const hasRow = (text: string, call: string): boolean => routeRowsOf(text).some((row) => row.handler === call);

function rowOf(site: Site, operation: Operation): string {
  const { resource } = site;
  const { routeCalls } = site.layout.service;
  if (routeCalls !== null)
    return `${routeCalls}.${methodOf(operation).toLowerCase()}('${pathOf(resource, operation)}', ${callOf(resource, operation)});\n`;
  return `  { method: '${methodOf(operation)}', path: '${pathOf(resource, operation)}', handler: ${callOf(resource, operation)} },\n`;
}

/** The rows of a resource stand in the order of its operations. */
function withRow(site: Site, text: string, operation: Operation): string {
  const { operations } = site.resource;
  const later = operations
    .slice(operations.indexOf(operation) + 1)
    .map((each) => rowOf(site, each))
    .find((row) => text.includes(row));
  const row = rowOf(site, operation);
  return withImport(
    site,
    later === undefined ? withLastRow(site, text, row) : text.replace(later, () => row + later),
  );
}

function withLastRow(site: Site, text: string, row: string): string {
  const { routeCalls } = site.layout.service;
  if (routeCalls === null) return text.replace(/^\];$/m, (end) => row + end);
  const lines = text.split('\n');
  const last = lines.findLastIndex((line) => routeRowsOf(line).length > 0);
  return lines.toSpliced(last + 1, 0, row.trimEnd()).join('\n');
}

/** Imports the handlers that rows use, after the imports that are there. */
function withImport(site: Site, text: string): string {
  const { service } = site.layout;
  const from = relativeImport(service.routesFile, site.handlersFile);
  const others = text.replaceAll(
    new RegExp(`^import .* from '${from.replaceAll('.', '\\.')}';\\n`, 'gm'),
    '',
  );
  const rows = routeRowsOf(text).map((row) => row.handler);
  const mine = site.resource.operations.map((operation) => callOf(site.resource, operation));
  const used = mine.filter((call) => rows.includes(call)).sort();
  if (used.length === 0) return others;
  const line = `import { ${used.join(', ')} } from '${from}';\n`;
  const all = importsOf(others);
  const last =
    all.findLast((each) =>
      resolveImport(service.routesFile, each.from).startsWith(`${service.handlersDir}/`),
    ) ?? all.at(-1);
  if (last === undefined) return line + others;
  return others.replace(
    new RegExp(`^import .* from '${last.from.replaceAll('.', '\\.')}';\\n`, 'm'),
    (found) => found + line,
  );
}
