/** The tests of the resource, in the service and in the client: one named test for each thing that can be left out. */
import { posix } from 'node:path';
import { relativeImport } from '../layout/modules.ts';
import type { RepoFiles } from '../layout/repo-files.ts';
import type { Refusal, Refusals } from '../layout/refusals.ts';
import { codeOf, fieldPlace, readFromBody } from '../understand/refusal-words.ts';
import { callOf, routeOf, type Field, type Operation, type Resource } from '../understand/resource.ts';
import { exampleOf, wrongValuesOf } from './examples.ts';
import { filePattern, wordPattern, type Part, type Site } from './part.ts';

interface TestBlock {
  id: string;
  name: string;
  source: string;
  concerns: RegExp[][];
}

interface TestFile {
  files: RepoFiles;
  path: string;
  /** What stands in front of these tests. */
  header(tests: string): string;
  blocks: TestBlock[];
}

export function testParts(site: Site): Part[] {
  const service = partsOf(serviceTests(site));
  return site.client === null ? service : [...service, ...partsOf(clientTests(site, site.client))];
}

/** Names of the tests that show each of `acceptanceCriteria`, in their order. */
export function testsByCriterion(site: Site): string[][] {
  const { resource, client } = site;
  const named = (blocks: TestBlock[]): string[] =>
    blocks.map((block) => `${resource.names.many} > ${block.name}`);
  const creates = resource.operations.includes('create');
  const { refusals } = site.layout.service;
  const rejections = rejectionTests(resource, refusals.invalid).map((block) =>
    creates ? named([block]) : [],
  );
  return [
    ...rejections,
    ...resource.operations.map((operation) => named(operationTests(resource, operation, refusals))),
    creates ? named([conflictTest(resource, refusals.conflict)]) : [],
    ...(creates ? [named([documentTest(site)])] : []),
    ...(resource.client && client !== null
      ? [named(resource.operations.map((operation) => clientTest(resource, operation)))]
      : []),
  ];
}

function partsOf(file: TestFile): Part[] {
  return file.blocks.flatMap((block) => [blockPart(file, block), assertionPart(file, block)]);
}

function blockPart(file: TestFile, block: TestBlock): Part {
  return {
    id: block.id,
    apply: () =>
      writeBlocks(file, (present) => new Map(present).set(block.id, present.get(block.id) ?? block.source)),
    forget: () => writeBlocks(file, (present) => new Map([...present].filter(([id]) => id !== block.id))),
    concerns: block.concerns.map((patterns) => [filePattern(file.path), ...patterns]),
  };
}

/** A test without an assertion runs the code, is green and proves nothing. */
function assertionPart(file: TestFile, block: TestBlock): Part {
  const set = (source: string) => () =>
    writeBlocks(file, (present) =>
      present.has(block.id) ? new Map(present).set(block.id, source) : new Map(present),
    );
  return {
    id: `assert:${block.id}`,
    apply: () => {
      const present = readBlocks(file).get(block.id);
      if (present !== undefined && !present.includes('assert.')) set(block.source)();
    },
    forget: set(block.source.replaceAll(/^ +assert\.[\s\S]*?;\n/gm, '')),
    concerns: [[filePattern(file.path), /assert/, new RegExp(`"${block.name}"`)]],
  };
}

/** The blocks that the file has now, by id; those of somebody else stand under their own text. */
function readBlocks(file: TestFile): Map<string, string> {
  const text = file.files.read(file.path) ?? '';
  const found = [...text.matchAll(/^ {2}it\((['"])(.*?)\1[\s\S]*?^ {2}\}\);\n/gm)];
  return new Map(
    found.map((match) => [file.blocks.find((block) => block.name === match[2])?.id ?? match[0], match[0]]),
  );
}

function writeBlocks(file: TestFile, change: (present: Map<string, string>) => Map<string, string>): void {
  const present = readBlocks(file);
  const wanted = change(present);
  const known = file.blocks.map((block) => block.id);
  const ids = [
    ...known.filter((id) => wanted.has(id)),
    ...[...wanted.keys()].filter((id) => !known.includes(id)),
  ];
  const sources = ids.map((id) => wanted.get(id) ?? '');
  const tests = sources.join('\n');
  const text = sources.length === 0 ? null : `${file.header(tests)}${tests}});\n`;
  if (text === null) file.files.remove(file.path);
  else if (text !== file.files.read(file.path)) file.files.write(file.path, text);
}

const literal = (value: unknown): string =>
  JSON.stringify(value, null, 1)
    .replaceAll(/\n\s*/g, ' ')
    .replaceAll(/"(\w+)":/g, '$1:')
    .replaceAll(/"([^"']*)"/g, "'$1'");

const listLiteral = (values: unknown[]): string =>
  `[${values.map((value) => (value === undefined ? 'undefined' : literal(value))).join(', ')}]`;

function serviceTests(site: Site): TestFile {
  const { resource } = site;
  const { service } = site.layout;
  const { names } = resource;
  return {
    files: service.files,
    path: site.testFile,
    header: (tests) => `import assert from 'node:assert/strict';
${tests.includes('readFileSync(') ? "import { readFileSync } from 'node:fs';\n" : ''}import { afterEach, beforeEach, describe, it } from 'node:test';
import { startService } from '${relativeImport(site.testFile, service.testSupport)}';

const ${names.constant} = ${literal(exampleOf(resource, 1))};

describe('${names.many}', () => {
  let service;
  beforeEach(async () => {
    service = await startService();
  });
  afterEach(() => service.close());

`,
    blocks: [
      ...resource.operations.flatMap((operation) => operationTests(resource, operation, service.refusals)),
      ...(resource.operations.includes('create')
        ? [
            conflictTest(resource, service.refusals.conflict),
            ...rejectionTests(resource, service.refusals.invalid),
            documentTest(site),
          ]
        : []),
    ],
  };
}

const test = (name: string, lines: string[]): string =>
  `  it('${name}', async () => {\n${lines.map((line) => `    ${line}\n`).join('')}  });\n`;

function operationTests(resource: Resource, operation: Operation, refusals: Refusals): TestBlock[] {
  const { names, key } = resource;
  const path = `/${names.kebabMany}`;
  const first = String(exampleOf(resource, 1)[key]);
  const block = (id: string, name: string, lines: string[], word: RegExp): TestBlock => ({
    id: `test:${id}`,
    name,
    source: test(name, lines),
    concerns: [[/test/i, word]],
  });
  const create = `await service.post('${path}', ${names.constant});`;
  switch (operation) {
    case 'create':
      return [
        block(
          'create',
          `creates ${names.withArticle}`,
          [
            `assert.deepEqual(await service.post('${path}', ${names.constant}), { status: 201, body: ${names.constant} });`,
          ],
          new RegExp(`POST ${path}(?! |.*(?:${refusals.conflict.status}|${refusals.invalid.status}))`),
        ),
      ];
    case 'list':
      return [
        block(
          'list',
          `lists ${names.many} by ${key}`,
          [
            create,
            `await service.post('${path}', { ...${names.constant}, ${key}: '${first.replace('1', '0')}' });`,
            `const { status, body } = await service.get('${path}');`,
            'assert.equal(status, 200);',
            `assert.deepEqual(body.${names.snakeMany}.map((${names.camel}) => ${names.camel}.${key}), ['${first.replace('1', '0')}', '${first}']);`,
            `assert.deepEqual(body.${names.snakeMany}[1], ${names.constant});`,
          ],
          new RegExp(`GET ${path}(?!/)`),
        ),
      ];
    case 'get':
      return [
        block(
          'get',
          `gets one ${names.one} by its ${key}`,
          [
            create,
            `assert.deepEqual(await service.get('${path}/${first}'), { status: 200, body: ${names.constant} });`,
          ],
          new RegExp(`GET ${path}/:${key}(?!.*${refusals.notFound.status})`),
        ),
        block(
          'not-found',
          `says which ${names.one} there is not`,
          [
            `const { status, body } = await service.get('${path}/there-is-none');`,
            ...refusedWith(resource, refusals.notFound),
          ],
          new RegExp(String(refusals.notFound.status)),
        ),
      ];
  }
}

/** The status, and the code where the body has one. */
function refusedWith(resource: Resource, refusal: Refusal): string[] {
  const code = codeOf(refusal, resource);
  return [
    `assert.equal(status, ${refusal.status});`,
    ...(code === null ? [] : [`assert.equal(${readFromBody(code.path)}, '${code.text}');`]),
  ];
}

function conflictTest(resource: Resource, refusal: Refusal): TestBlock {
  const { names, key } = resource;
  const name = `refuses a second ${names.one} with the same ${key}`;
  return {
    id: 'test:conflict',
    name,
    source: test(name, [
      `await service.post('/${names.kebabMany}', ${names.constant});`,
      `const { status, body } = await service.post('/${names.kebabMany}', ${names.constant});`,
      ...refusedWith(resource, refusal),
    ]),
    concerns: [[/test/i, new RegExp(`${refusal.status}.* second`)]],
  };
}

/** Reads the document as its readers do, and sends what it shows. */
function documentTest({ resource, layout, testFile }: Site): TestBlock {
  const { names } = resource;
  const { apiFile } = layout.service;
  const route = routeOf(resource, 'create');
  const name = `creates ${names.withArticle} as ${posix.basename(apiFile)} shows it`;
  return {
    id: 'test:document',
    name,
    source: test(name, [
      `const text = readFileSync(new URL('${relativeImport(testFile, apiFile)}', import.meta.url), 'utf8');`,
      `const section = text.split('### ${route}\\n')[1]?.split(/^### /m)[0];`,
      "const example = /```json\\n([^`]*)```/.exec(section ?? '')?.[1];",
      `assert.ok(example !== undefined, '${apiFile} shows no example of ${route}');`,
      `const { status, body } = await service.post('/${names.kebabMany}', JSON.parse(example));`,
      'assert.deepEqual([status, body], [201, JSON.parse(example)]);',
    ]),
    concerns: [[/test/i, filePattern(apiFile)]],
  };
}

function rejectionTests(resource: Resource, refusal: Refusal): TestBlock[] {
  const { names } = resource;
  return resource.fields.map((field) => {
    const name = `refuses ${names.withArticle} with a wrong ${field.name}`;
    return {
      id: `test:reject:${field.name}`,
      name,
      source: test(name, [
        `for (const value of ${listLiteral(wrongValuesOf(field))}) {`,
        `  const { status, body } = await service.post('/${names.kebabMany}', { ...${names.constant}, ${field.name}: value });`,
        `  assert.deepEqual(${rejectedWith(resource, refusal, field)}, \`${field.name}: \${JSON.stringify(value)}\`);`,
        '}',
      ]),
      concerns: [[/test/i, new RegExp(`${refusal.status}|wrong|refuse`), wordPattern(field.name)]],
    };
  });
}

/** What is seen and what it has to be: the status and the field, or what else tells one refusal from another. */
function rejectedWith(resource: Resource, refusal: Refusal, { name }: Field): string {
  const place = fieldPlace(refusal);
  const code = codeOf(refusal, resource);
  if (place?.exact === true) return `[status, ${readFromBody(place.path)}], [${refusal.status}, '${name}']`;
  const seen = [
    ...(code === null ? [] : [[readFromBody(code.path), `'${code.text}'`]]),
    ...(place === null ? [] : [[`String(${readFromBody(place.path)}).includes('${name}')`, 'true']]),
  ];
  return `[status${seen.map(([read]) => `, ${read}`).join('')}], [${refusal.status}${seen.map(([, value]) => `, ${value}`).join('')}]`;
}

function clientTests(site: Site, client: NonNullable<Site['client']>): TestFile {
  const { resource } = site;
  const { names } = resource;
  return {
    files: client.files,
    path: client.testFile,
    header: () => `import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createStubbedClient } from '${relativeImport(posix.normalize(client.testFile), client.testSupport)}';

const ${names.constant} = ${literal(exampleOf(resource, 1))};

describe('${names.many}', () => {
`,
    blocks: resource.operations.map((operation) => clientTest(resource, operation)),
  };
}

function clientTest(resource: Resource, operation: Operation): TestBlock {
  const { names, key } = resource;
  const call = callOf(resource, operation);
  const path = `/${names.kebabMany}`;
  const name = {
    create: `creates ${names.withArticle}`,
    list: `lists ${names.many}`,
    get: `gets ${names.withArticle}, whatever its ${key} holds`,
  }[operation];
  const lines = {
    create: [
      `const { client, calls } = createStubbedClient({ status: 201, answer: ${names.constant} });`,
      `assert.deepEqual(await client.${call}(${names.constant}), ${names.constant});`,
      `assert.deepEqual(calls, [{ method: 'POST', path: '${path}', body: ${names.constant} }]);`,
    ],
    list: [
      `const { client, calls } = createStubbedClient({ answer: { ${names.snakeMany}: [${names.constant}] } });`,
      `assert.deepEqual(await client.${call}(), [${names.constant}]);`,
      `assert.deepEqual(calls, [{ method: 'GET', path: '${path}', body: undefined }]);`,
    ],
    get: [
      `const { client, calls } = createStubbedClient({ answer: ${names.constant} });`,
      `assert.deepEqual(await client.${call}('a/b'), ${names.constant});`,
      `assert.deepEqual(calls, [{ method: 'GET', path: '${path}/a%2Fb', body: undefined }]);`,
    ],
  };
  return {
    id: `test:client:${operation}`,
    name,
    source: test(name, lines[operation]),
    concerns: [[/test/i, wordPattern(call)]],
  };
}
