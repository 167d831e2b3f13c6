/** Finds out how an HTTP service is laid out, by following one resource that it already has from route to table. */
import { posix } from 'node:path';
import { frameworksOf, readHandlerStyle, type HandlerStyle } from './handler-style.ts';
import { findExemplar } from './exemplar.ts';
import { importsOf, resolveImport, routeCallsOn, routeRowsOf } from './modules.ts';
import type { LayoutChoice, LayoutQuestion } from './layout-choice.ts';
import { mountedAt, otherForm } from './other-forms.ts';
import type { Refusals } from './refusals.ts';
import type { RepoFiles } from './repo-files.ts';
import { unlikeWritten } from './unlike.ts';

export interface ServiceLayout {
  files: RepoFiles;
  routesFile: string;
  /** What each call that adds a route begins with (`  app`); null where routes are rows of a table. */
  routeCalls: string | null;
  style: HandlerStyle;
  errorsFile: string;
  validatorsFile: string;
  /** Names of the validators that the layout offers. */
  validators: string[];
  apiFile: string;
  typesDir: string;
  storesDir: string;
  handlersDir: string;
  migrationsDir: string;
  testsDir: string;
  /** The test helper that starts the service. */
  testSupport: string;
  /** What `npm start` runs; null where there is no such script. */
  startCommand: string[] | null;
  /** The resource that was followed: its file name without `.js`. */
  exemplar: string;
  /** How that resource refuses. */
  refusals: Refusals;
  /** Whether amounts in cents end in `_cents` here. */
  centsSuffix: boolean;
}

/** `open`: what an answer can settle; null: nothing can but other files. */
export type LayoutReading<T> =
  | { kind: 'found'; layout: T }
  | { kind: 'unknown'; missing: string[]; open: LayoutQuestion | null };

/** Reads the layout; `missing` says what was looked for and not found. */
export function readServiceLayout(files: RepoFiles, choice: LayoutChoice): LayoutReading<ServiceLayout> {
  const all = files.list();
  const frameworks = frameworksOf(files);
  const framework = frameworks.find((name) => name === choice.framework) ?? frameworks[0];
  if (frameworks.length > 1 && framework !== choice.framework)
    return {
      kind: 'unknown',
      missing: [`one framework alone (\`package.json\` depends on ${frameworks.join(' and ')})`],
      open: { about: 'framework', options: frameworks },
    };
  const isRoutes = (text: string): boolean =>
    framework === 'node:http' ? /^export const routes = \[/m.test(text) : routeCallsOn(text) !== null;
  const routesFile = all.find((path) => path.endsWith('.js') && isRoutes(files.read(path) ?? ''));
  const lacking = (what: string): LayoutReading<ServiceLayout> => ({
    kind: 'unknown',
    missing: [what],
    open: null,
  });
  const withForm = (what: string, paths: readonly string[]): string => {
    const other = otherForm(files, paths);
    return other === null ? what : `${what}; I find ${other}`;
  };
  if (routesFile === undefined) {
    const form =
      framework === 'node:http'
        ? 'a table of routes (`export const routes = [`)'
        : `routes of ${framework} (\`app.get('/orders', listOrders);\`)`;
    return lacking(withForm(form, all));
  }
  const prefix = mountedAt(files, all, routesFile);
  if (prefix !== null)
    return lacking(
      `routes with their whole paths (those of \`${routesFile}\` are put under \`${prefix}\` by another file)`,
    );
  const exemplar = findExemplar(files, routesFile);
  if (exemplar.kind === 'unknown') return lacking(withForm(exemplar.missing, [routesFile]));
  const followed = exemplar.layout;
  const handlers = `${followed.handlersDir}/${followed.exemplar}.js`;
  const unlike = choice.plain ? [] : unlikeWritten(files, { routesFile, ...followed });
  const style = readHandlerStyle(framework, files.read(handlers) ?? '');
  const apiFile = findApiFile(files, all, routesFile);
  const migration = all.find((path) => /(?:^|\/)\d+-[\w-]+\.sql$/.test(path));
  const support = findTestSupport(files, all);
  const missing = [
    ...unlike,
    ...(style === null
      ? [
          `handlers in \`${handlers}\` that begin with \`const … = …;\` for \`database\`, \`params\` and \`body\``,
        ]
      : []),
    ...(apiFile === undefined ? ['a Markdown file with a section (`### GET /path`) for every route'] : []),
    ...(migration === undefined ? ['numbered SQL migrations (`001-name.sql`)'] : []),
    ...(support === null ? ['tests that start the service (`startService`)'] : []),
  ];
  if (
    unlike.length > 0 ||
    style === null ||
    apiFile === undefined ||
    migration === undefined ||
    support === null
  )
    return {
      kind: 'unknown',
      missing,
      open: missing.length === unlike.length ? { about: 'plain' } : null,
    };
  return {
    kind: 'found',
    layout: {
      ...followed,
      files,
      routesFile,
      routeCalls: framework === 'node:http' ? null : routeCallsOn(files.read(routesFile) ?? ''),
      style,
      validators: [...(files.read(followed.validatorsFile) ?? '').matchAll(/^export function (\w+)/gm)].map(
        (match) => match[1] ?? '',
      ),
      apiFile,
      migrationsDir: posix.dirname(migration),
      testsDir: support.testsDir,
      testSupport: support.file,
      startCommand: startCommandOf(files),
      centsSuffix: usesCentsSuffix(files, followed.typesDir, all),
    },
  };
}

function findApiFile(files: RepoFiles, all: string[], routesFile: string): string | undefined {
  const routes = routeRowsOf(files.read(routesFile) ?? '').map((row) => `### ${row.method} ${row.path}`);
  const described = (text: string): number =>
    routes.filter((heading) => text.split('\n').includes(heading)).length;
  // Not every route has to be there: it may be just this file that a finding is about.
  return all.find((path) => path.endsWith('.md') && described(files.read(path) ?? '') * 2 > routes.length);
}

function findTestSupport(files: RepoFiles, all: string[]): { testsDir: string; file: string } | null {
  for (const path of all.filter((file) => file.endsWith('.test.js'))) {
    const found = importsOf(files.read(path) ?? '').find(({ names }) => names.includes('startService'));
    if (found !== undefined) return { testsDir: posix.dirname(path), file: resolveImport(path, found.from) };
  }
  return null;
}

function startCommandOf(files: RepoFiles): string[] | null {
  const script = /"start":\s*"node ([\w./-]+)"/.exec(files.read('package.json') ?? '')?.[1];
  return script === undefined ? null : [script];
}

function usesCentsSuffix(files: RepoFiles, typesDir: string, all: string[]): boolean {
  return all.some((path) => posix.dirname(path) === typesDir && /\b\w+_cents\b/.test(files.read(path) ?? ''));
}
