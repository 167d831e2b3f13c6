/** The handlers: what a request is checked for, and what it is answered. */
import { answerWith, handlerHead, type Need } from '../layout/handler-style.ts';
import { importsOf, relativeImport } from '../layout/modules.ts';
import { VALIDATORS } from '../layout/validators.ts';
import { callOf, type Field, type Operation } from '../understand/resource.ts';
import { valuesConstant } from './datatype-parts.ts';
import { filePattern, routePattern, wordPattern, type Part, type Site } from './part.ts';

export function handlerParts(site: Site): Part[] {
  const { files } = site.layout.service;
  const { resource } = site;
  const parts: Part[] = [
    {
      id: 'handlers',
      apply: () => {
        if (files.read(site.handlersFile) === null) editHandlers(site, () => handlersSource(site), true);
      },
      forget: null,
      concerns: [[filePattern(site.handlersFile), /no such file|does not exist|missing file/i]],
    },
    ...resource.fields.map((field) => validationPart(site, field)),
    conflictPart(site),
  ];
  return resource.operations.includes('get') ? [...parts, notFoundPart(site)] : parts;
}

/** Edits the file and keeps its imports to what it uses. */
function editHandlers(site: Site, change: (text: string) => string, create = false): void {
  const { files } = site.layout.service;
  const before = create ? '' : files.read(site.handlersFile);
  if (before === null) return;
  const after = change(before);
  if (after !== before) files.write(site.handlersFile, withImports(site, after));
}

function withImports(site: Site, source: string): string {
  const { names, fields } = site.resource;
  const { service } = site.layout;
  const body = source.replaceAll(/^import .*\n/gm, '').replace(/^\n+/, '');
  const known = [
    {
      names: [service.refusals.conflict.helper, service.refusals.notFound.helper].sort(),
      file: service.errorsFile,
    },
    {
      names: [`all${names.pascalMany}`, `find${names.pascal}`, `insert${names.pascal}`],
      file: site.storeFile,
    },
    {
      names: [
        names.constant,
        ...fields.filter((f) => f.kind === 'one of').map((f) => valuesConstant(site.resource, f)),
      ],
      file: site.typeFile,
    },
    { names: Object.values(VALIDATORS).sort(), file: service.validatorsFile },
  ];
  const own = known.map(({ names: all, file }) => ({
    from: relativeImport(site.handlersFile, file),
    names: all.filter((name) => new RegExp(`(?<![\\w.'])${name}(?=[(,)\\s])`).test(body)),
  }));
  const foreign = importsOf(source).filter(({ from }) => !own.some((entry) => entry.from === from));
  const lines = [...own, ...foreign]
    .filter((entry) => entry.names.length > 0)
    .map((entry) => `import { ${entry.names.join(', ')} } from '${entry.from}';\n`);
  return `${lines.join('')}\n${body}`;
}

function handlersSource(site: Site): string {
  return site.resource.operations.map((operation) => handlerSource(site, operation)).join('\n');
}

function handlerSource(site: Site, operation: Operation): string {
  const { names, key } = site.resource;
  const { style } = site.layout.service;
  const head = (...needs: Need[]): string => handlerHead(style, callOf(site.resource, operation), needs);
  const answer = (status: number, body: string): string => `  ${answerWith(style, status, body)}\n}\n`;
  switch (operation) {
    case 'create':
      return `${head('database', 'body')}  const ${names.camel} = {
${site.resource.fields.map((field) => `    ${field.name}: ${validatorCall(site, field)},\n`).join('')}  };
${conflictLine(site)}  insert${names.pascal}(database, ${names.camel});
${answer(201, names.camel)}`;
    case 'list':
      return head('database') + answer(200, `{ ${names.snakeMany}: all${names.pascalMany}(database) }`);
    case 'get':
      return `${head('database', 'params')}  const ${names.camel} = find${names.pascal}(database, params.${key});
${notFoundLine(site)}${answer(200, names.camel)}`;
  }
}

function validatorCall(site: Site, field: Field): string {
  const words = field.kind === 'one of' ? `, ${valuesConstant(site.resource, field)}` : '';
  return `${VALIDATORS[field.kind]}(body, '${field.name}'${words})`;
}

function conflictLine(site: Site): string {
  const { names, key } = site.resource;
  const { helper } = site.layout.service.refusals.conflict;
  return `  if (find${names.pascal}(database, ${names.camel}.${key}) !== undefined) throw ${helper}(${names.constant}, ${names.camel}.${key});\n`;
}

function notFoundLine(site: Site): string {
  const { names, key } = site.resource;
  const { helper } = site.layout.service.refusals.notFound;
  return `  if (${names.camel} === undefined) throw ${helper}(${names.constant}, params.${key});\n`;
}

function validationPart(site: Site, field: Field): Part {
  const { refusals } = site.layout.service;
  const line = new RegExp(`^    ${field.name}: .*,$`, 'm');
  const set = (value: string) => () =>
    editHandlers(site, (text) => text.replace(line, () => `    ${field.name}: ${value},`));
  return {
    id: `validate:${field.name}`,
    apply: set(validatorCall(site, field)),
    forget: set(`body.${field.name}`),
    concerns: [
      [
        wordPattern(field.name),
        new RegExp(`${refusals.invalid.status}|valid|refuse|reject|wrong|must be|check`, 'i'),
      ],
      // A request that nothing refused got as far as the database, or was answered as if it were right.
      [routePattern(site.resource, 'create'), / with .* must be refused/],
    ],
  };
}

function conflictPart(site: Site): Part {
  const { names, key } = site.resource;
  const insertLine = new RegExp(`^  insert${names.pascal}\\(`, 'm');
  const { helper, status } = site.layout.service.refusals.conflict;
  const has = new RegExp(`throw ${helper}\\(${names.constant}`);
  return {
    id: 'conflict',
    apply: () =>
      editHandlers(site, (text) =>
        has.test(text) ? text : text.replace(insertLine, (found) => conflictLine(site) + found),
      ),
    forget: () => editHandlers(site, (text) => text.replace(conflictLine(site), '')),
    concerns: [
      [new RegExp(`second.* ${status}|conflict|_exists`)],
      [new RegExp(`second ${names.one} with the same ${key}`)],
    ],
  };
}

/** What a careless author answers: right in substance, in a shape of their own. */
function notFoundPart(site: Site): Part {
  const { names } = site.resource;
  const { style, refusals } = site.layout.service;
  const { status } = refusals.notFound;
  const answer = answerWith(style, status, `{ message: '${names.one} not found' }`);
  const shape = new RegExp(`error shape|documented error|${status}|_not_found`);
  const own = `  if (${names.camel} === undefined) ${answer.replace(/^(?!return )/, 'return ')}\n`;
  return {
    id: 'error-shape',
    apply: () => editHandlers(site, (text) => text.replace(own, () => notFoundLine(site))),
    forget: () => editHandlers(site, (text) => text.replace(notFoundLine(site), () => own)),
    concerns: [
      [shape, routePattern(site.resource, 'get')],
      [shape, wordPattern(callOf(site.resource, 'get'))],
      [new RegExp(`which ${names.one} there is not`)],
    ],
  };
}
