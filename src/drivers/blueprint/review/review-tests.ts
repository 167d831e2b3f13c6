/** Each operation, each refusal and each call of the client has a test that asserts something about it. */
import type { Site } from '../parts/part.ts';
import { callOf, pathOf, routeOf } from '../understand/resource.ts';
import { deficiency, type ReviewFinding } from './finding.ts';
import { testBlocksAbout, type TestBlock } from './test-blocks.ts';

export function reviewTests(site: Site): ReviewFinding[] {
  return [...reviewServiceTests(site), ...reviewClientTests(site)];
}

interface Expected {
  what: string;
  shows(block: TestBlock): boolean;
}

function reviewServiceTests(site: Site): ReviewFinding[] {
  const { files } = site.layout.service;
  const path = pathOf(site.resource, 'create');
  const blocks = testBlocksAbout(files, `'${path}`);
  return [
    ...missingTests({ repo: files.name, file: site.testFile }, expectedOfService(site), blocks),
    ...emptyTests(files.name, blocks),
  ];
}

function expectedOfService(site: Site): Expected[] {
  const { resource } = site;
  const { invalid, conflict, notFound } = site.layout.service.refusals;
  const path = pathOf(resource, 'create');
  const posts = (block: TestBlock): boolean => block.source.includes(`.post('${path}'`);
  const gets = (block: TestBlock): boolean => block.source.includes(`.get('${path}/`);
  const status = (block: TestBlock, code: number): boolean =>
    new RegExp(`\\b${code}\\b`).test(asserted(block));
  const operations: Record<string, Expected[]> = {
    create: [
      {
        what: `\`${routeOf(resource, 'create')}\` creates`,
        shows: (block) => posts(block) && status(block, 201) && !block.source.includes('readFileSync('),
      },
      {
        what: `\`${routeOf(resource, 'create')}\` answers ${conflict.status} to a second one`,
        shows: (block) =>
          (block.source.match(/\.post\(/g) ?? []).length > 1 && status(block, conflict.status),
      },
      {
        what: `the example in ${site.layout.service.apiFile} is answered with 201`,
        shows: (block) =>
          posts(block) && status(block, 201) && block.source.includes(`${site.layout.service.apiFile}'`),
      },
      ...resource.fields.map((field) => ({
        what: `\`${routeOf(resource, 'create')}\` answers ${invalid.status} to a wrong \`${field.name}\``,
        shows: (block: TestBlock) =>
          posts(block) &&
          status(block, invalid.status) &&
          new RegExp(`\\b${field.name}\\b`).test(asserted(block)),
      })),
    ],
    list: [
      {
        what: `\`${routeOf(resource, 'list')}\` lists`,
        shows: (block) => block.source.includes(`.get('${path}')`) && status(block, 200),
      },
    ],
    get: [
      {
        what: `\`${routeOf(resource, 'get')}\` gets one`,
        shows: (block) => gets(block) && status(block, 200),
      },
      {
        what: `\`${routeOf(resource, 'get')}\` answers ${notFound.status} to an unknown one`,
        shows: (block) => gets(block) && status(block, notFound.status),
      },
    ],
  };
  return resource.operations.flatMap((operation) => operations[operation] ?? []);
}

function reviewClientTests(site: Site): ReviewFinding[] {
  const { client, resource } = site;
  if (client === null) return [];
  const blocks = testBlocksAbout(client.files, resource.names.pascal);
  const expected = resource.operations.map((operation): Expected => {
    const call = callOf(resource, operation);
    return {
      what: `the client's ${call} sends its request`,
      shows: (block) => asserted(block).includes(`client.${call}(`),
    };
  });
  return [
    ...missingTests({ repo: client.files.name, file: client.testFile }, expected, blocks),
    ...emptyTests(client.files.name, blocks),
  ];
}

function missingTests(
  place: { repo: string; file: string },
  expected: Expected[],
  blocks: TestBlock[],
): ReviewFinding[] {
  return expected
    .filter(({ shows }) => !blocks.some((block) => asserted(block) !== '' && shows(block)))
    .map(({ what }) =>
      deficiency(place, `No test asserts that ${what}.`, 'Add one, or make the one that is there assert it.'),
    );
}

/** Tests that are skipped, run alone or hold no assertion prove nothing. */
function emptyTests(repo: string, blocks: TestBlock[]): ReviewFinding[] {
  return blocks.flatMap((block) => {
    const place = { repo, file: block.file, line: block.line };
    const marked = /^ *(?:it|test)\.(?:skip|only|todo)\(/.test(block.source);
    return [
      ...(marked
        ? [
            deficiency(
              place,
              `The test "${block.name}" is skipped, left for later or run alone.`,
              'Let it run with the others.',
            ),
          ]
        : []),
      ...(asserted(block) === ''
        ? [deficiency(place, `The test "${block.name}" asserts nothing.`, 'Assert what it is about.')]
        : []),
    ];
  });
}

/** The assertions of a test, without the code around them. */
function asserted(block: TestBlock): string {
  return [...block.source.matchAll(/^ *(?:await )?assert\b[\s\S]*?;$/gm)].map((match) => match[0]).join('\n');
}
