/** Routes, handlers and SQL: each route leads to a handler that checks, stores and answers as the requirements say. */
import { importsOf, resolveImport, routeRowsOf } from '../layout/modules.ts';
import { VALIDATORS } from '../layout/validators.ts';
import type { Site } from '../parts/part.ts';
import { refusalWords } from '../understand/refusal-words.ts';
import { callOf, methodOf, pathOf, routeOf, type Field, type Operation } from '../understand/resource.ts';
import { deficiency, type ReviewFinding } from './finding.ts';
import { functionSource } from '../layout/functions.ts';

export function reviewHandlers(site: Site): ReviewFinding[] {
  return [
    ...site.resource.operations.flatMap((operation) => reviewOperation(site, operation)),
    ...reviewStore(site),
  ];
}

interface Sought {
  /** A row of the routes leads to it. */
  isReached: boolean;
  handler: string;
  place: { repo: string; file: string; line: number | null };
  found: ReturnType<typeof functionSource>;
}

/** The handler of an operation, where its route leads; where there is no route, the one that it should lead to. */
export function soughtHandler(site: Site, operation: Operation): Sought {
  const { files, routesFile } = site.layout.service;
  const { resource } = site;
  const routes = files.read(routesFile) ?? '';
  const row = routeRowsOf(routes).find(
    (each) => each.method === methodOf(operation) && each.path === pathOf(resource, operation),
  );
  const handler = row?.handler ?? callOf(resource, operation);
  const from = importsOf(routes).find(({ names }) => names.includes(handler))?.from;
  const file = from === undefined ? site.handlersFile : resolveImport(routesFile, from);
  const found = functionSource(files.read(file) ?? '', handler);
  const place = { repo: files.name, file, line: found?.line ?? null };
  return { isReached: row !== undefined, handler, place, found };
}

/** Fields of what is created that no validator of their kind looks at. */
export function uncheckedFields(site: Site, source: string): Field[] {
  return site.resource.fields.filter((field) => !isChecked(site, field, source));
}

/** SQL that holds values instead of places for them. */
export function isPutTogether(text: string): boolean {
  return /(?:SELECT|INSERT|UPDATE|DELETE)[^'`]*\$\{|(?:SELECT|INSERT|UPDATE|DELETE)[^;\n]*['`]\s*\+/.test(
    text,
  );
}

function reviewOperation(site: Site, operation: Operation): ReviewFinding[] {
  const { files, routesFile } = site.layout.service;
  const { resource } = site;
  // What the route should lead to is read even where the route is missing: one rework answers everything.
  const { isReached, handler, place, found } = soughtHandler(site, operation);
  const unreached = !isReached
    ? [
        deficiency(
          { repo: files.name, file: routesFile },
          `\`${routeOf(resource, operation)}\` is not in ${routesFile}: nothing reaches ${callOf(resource, operation)}.`,
          'Add its row.',
        ),
      ]
    : [];
  if (found === null) {
    return [
      ...unreached,
      deficiency(
        place,
        `There is no handler ${handler} in ${place.file}.`,
        `Add it for \`${routeOf(resource, operation)}\`.`,
      ),
    ];
  }
  return [
    ...unreached,
    ...problemsOf(site, operation, found.source).map(([problem, fix]) => deficiency(place, problem, fix)),
  ];
}

type Problem = [problem: string, fix: string];

function problemsOf(site: Site, operation: Operation, source: string): Problem[] {
  switch (operation) {
    case 'create':
      return createProblems(site, source);
    case 'list':
      return source.includes(`${site.resource.names.snakeMany}:`)
        ? []
        : [
            [
              `\`${routeOf(site.resource, 'list')}\` does not answer with \`${site.resource.names.snakeMany}\`.`,
              'Answer with an object of that key.',
            ],
          ];
    case 'get':
      return getProblems(site, source);
  }
}

function createProblems(site: Site, source: string): Problem[] {
  const { resource } = site;
  const { refusals } = site.layout.service;
  const { helper, status } = refusals.conflict;
  const unchecked = uncheckedFields(site, source);
  return [
    ...unchecked.map((field): Problem => [
      `\`${routeOf(resource, 'create')}\` does not check \`${field.name}\`: it must be refused with ${refusals.invalid.status} when it is not ${field.kind === 'one of' ? `one of ${field.values.join(', ')}` : field.kind}.`,
      `Use \`${VALIDATORS[field.kind]}\` of ${site.layout.service.validatorsFile}.`,
    ]),
    ...(new RegExp(`\\b${helper}\\(|\\b${status}\\b`).test(source)
      ? []
      : [
          [
            `\`${routeOf(resource, 'create')}\` does not refuse a second ${resource.names.one} with the same \`${resource.key}\` with ${status}.`,
            `Look for it first, and throw the \`${helper}\` error.`,
          ] satisfies Problem,
        ]),
    ...(/\b201\b/.test(source)
      ? []
      : [
          [
            `\`${routeOf(resource, 'create')}\` does not answer 201.`,
            'Answer 201 with what was created.',
          ] satisfies Problem,
        ]),
  ];
}

/** The validator of its kind is called for this very field, and its value is what is used. */
function isChecked(site: Site, field: Field, source: string): boolean {
  const validator = VALIDATORS[field.kind];
  if (!site.layout.service.validators.includes(validator)) return false;
  const call = new RegExp(`${field.name}(?:: | = )${validator}\\(body, '${field.name}'(?:, (\\w+))?\\)`).exec(
    source,
  );
  if (call === null) return false;
  return field.kind !== 'one of' || wordsOf(site, call[1] ?? '').join() === field.values.join();
}

function wordsOf(site: Site, constant: string): string[] {
  const text = site.layout.service.files.read(site.typeFile) ?? '';
  const list = new RegExp(`export const ${constant} = \\[([^\\]]*)\\]`).exec(text)?.[1] ?? '';
  return [...list.matchAll(/'([^']*)'/g)].map((match) => match[1] ?? '');
}

function getProblems(site: Site, source: string): Problem[] {
  const { resource } = site;
  const { notFound } = site.layout.service.refusals;
  const route = routeOf(resource, 'get');
  const own = /\b4\d\d\b/.test(source);
  const throws = new RegExp(`throw ${notFound.helper}\\(`).test(source);
  return [
    ...(own
      ? [
          [
            `\`${route}\` answers ${notFound.status} in a shape of its own, not with the documented error.`,
            `Throw the \`${notFound.helper}\` error.`,
          ] satisfies Problem,
        ]
      : []),
    ...(!own && !throws
      ? [
          [
            `\`${route}\` does not answer ${refusalWords(notFound, resource)}.`,
            `Throw the \`${notFound.helper}\` error.`,
          ] satisfies Problem,
        ]
      : []),
    ...(source.includes(`params.${resource.key}`)
      ? []
      : [
          [
            `\`${route}\` does not read \`${resource.key}\` from the path.`,
            `Use \`params.${resource.key}\`.`,
          ] satisfies Problem,
        ]),
  ];
}

function reviewStore(site: Site): ReviewFinding[] {
  const { files } = site.layout.service;
  const { names, key, fields } = site.resource;
  const text = files.read(site.storeFile);
  const place = { repo: files.name, file: site.storeFile };
  if (text === null)
    return [deficiency(place, `There is no store of ${names.many}.`, `Add it in \`${site.storeFile}\`.`)];
  const insert =
    new RegExp(`INSERT INTO ${names.snakeMany} \\(([^)]*)\\)`).exec(text)?.[1]?.split(/,\s*/) ?? [];
  const unstored = fields.filter((field) => !insert.includes(field.name));
  const list = new RegExp(`SELECT [^'\`]* FROM ${names.snakeMany}(?! WHERE)([^'\`]*)['\`]`).exec(text)?.[1];
  const problems: Problem[] = [
    ...unstored.map((field): Problem => [
      `\`${field.name}\` is not stored in ${names.snakeMany}.`,
      'Add it to the INSERT.',
    ]),
    ...(list === undefined || new RegExp(`ORDER BY ${key}\\b`).test(list)
      ? []
      : [[`The list of all ${names.snakeMany} has no ORDER BY \`${key}\`.`, 'Order it.'] satisfies Problem]),
    ...(isPutTogether(text)
      ? [['SQL is put together from values: injection.', 'Give values as parameters.'] satisfies Problem]
      : []),
  ];
  return problems.map(([problem, fix]) => deficiency(place, problem, fix));
}
