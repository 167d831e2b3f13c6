/** What the document of the routes says of the resource: a section per route, with a row per field and an example that works. */
import type { Refusal } from '../layout/refusals.ts';
import { refusalWords } from '../understand/refusal-words.ts';
import { describeKind, routeOf, type Field, type Operation, type Resource } from '../understand/resource.ts';
import { exampleOf } from './examples.ts';
import { filePattern, routePattern, wordPattern, type Part, type Site } from './part.ts';

export function documentParts(site: Site): Part[] {
  const { resource } = site;
  const fields = resource.operations.includes('create') ? resource.fields : [];
  return [
    ...resource.operations.map((operation) => sectionPart(site, operation)),
    ...fields.map((field) => fieldPart(site, field)),
  ];
}

function sectionPart(site: Site, operation: Operation): Part {
  const { files, apiFile } = site.layout.service;
  const { resource } = site;
  return {
    id: `document:${operation}`,
    apply: () => files.edit(apiFile, (text) => withSection(text, site, operation)),
    forget: () => files.edit(apiFile, (text) => withoutSection(text, resource, operation)),
    concerns: [[filePattern(apiFile), routePattern(resource, operation)]],
  };
}

function fieldPart(site: Site, field: Field): Part {
  const { files, apiFile } = site.layout.service;
  const { resource } = site;
  const row = fieldRow(resource, field);
  return {
    id: `document-field:${field.name}`,
    apply: () => files.edit(apiFile, (text) => withFieldRow(text, resource, field)),
    forget: () =>
      files.edit(apiFile, (text) =>
        replaceSection(text, resource, 'create', (section) => section.replace(row, '')),
      ),
    concerns: [[filePattern(apiFile), wordPattern(field.name)]],
  };
}

const heading = (resource: Resource, operation: Operation): string => `### ${routeOf(resource, operation)}\n`;

const title = (resource: Resource): string =>
  `## ${resource.names.many.charAt(0).toUpperCase()}${resource.names.many.slice(1)}\n`;

function splitSections(text: string): string[] {
  return text.split(/^(?=##+ )/m);
}

/** The chapter's sections stand in the order of the operations, whichever of them are there. */
function withSection(text: string, site: Site, operation: Operation): string {
  const { resource } = site;
  const sections = splitSections(text);
  if (sections.some((section) => section.startsWith(heading(resource, operation)))) return text;
  const own = resource.operations.flatMap((each) => {
    if (each === operation) return [sectionText(site, each)];
    return sections.filter((section) => section.startsWith(heading(resource, each)));
  });
  const rest = withoutChapter(sections, resource);
  const chapter = [`${title(resource)}\n`, ...own.map((section) => `${section.trimEnd()}\n\n`)];
  return `${[...rest.map((section) => section), ...chapter].join('').trimEnd()}\n`.replaceAll(
    /\n{3,}/g,
    '\n\n',
  );
}

function withoutChapter(sections: string[], resource: Resource): string[] {
  const headings = [title(resource), ...resource.operations.map((each) => heading(resource, each))];
  const rest = sections.filter((section) => !headings.some((start) => section.startsWith(start)));
  return rest.map((section, i) => (i === rest.length - 1 ? `${section.trimEnd()}\n\n` : section));
}

function withoutSection(text: string, resource: Resource, operation: Operation): string {
  const sections = splitSections(text).filter((section) => !section.startsWith(heading(resource, operation)));
  const left = sections.some((section) =>
    resource.operations.some((each) => section.startsWith(heading(resource, each))),
  );
  const kept = left ? sections : sections.filter((section) => !section.startsWith(title(resource)));
  return `${kept.join('').trimEnd()}\n`;
}

function replaceSection(
  text: string,
  resource: Resource,
  operation: Operation,
  change: (section: string) => string,
): string {
  return splitSections(text)
    .map((section) => (section.startsWith(heading(resource, operation)) ? change(section) : section))
    .join('');
}

function fieldRow(resource: Resource, field: Field): string {
  const kind =
    field.kind === 'one of'
      ? `one of ${field.values.map((value) => `\`${value}\``).join(', ')}`
      : describeKind(field);
  return `| \`${field.name}\` | ${kind} | required${field.name === resource.key ? ', unique' : ''} |\n`;
}

function withFieldRow(text: string, resource: Resource, field: Field): string {
  return replaceSection(text, resource, 'create', (section) => {
    const rows = section.match(/^\| `.*\|\n/gm) ?? [];
    const isRow = (each: Field) => (row: string) => row.startsWith(`| \`${each.name}\``);
    if (rows.some(isRow(field))) return section;
    const complete = resource.fields.flatMap((each) => {
      if (each.name === field.name) return [fieldRow(resource, field)];
      return rows.filter(isRow(each));
    });
    const without = section.replaceAll(/^\| `.*\|\n/gm, '');
    return without.replace(/^\|(?:---\|)+\n/m, (ruler) => ruler + complete.join(''));
  });
}

function sectionText({ resource, layout: { service } }: Site, operation: Operation): string {
  const { names } = resource;
  const refusalsOf = (all: Refusal[]): string =>
    all.map((refusal) => `\`${refusalWords(refusal, resource).replaceAll('`', '')}\``).join(', ');
  const start = `${heading(resource, operation)}\n`;
  switch (operation) {
    case 'create':
      return `${start}Creates ${names.withArticle}. Answers \`201\` with it.

| field | type | rule |
|---|---|---|
${resource.fields.map((field) => fieldRow(resource, field)).join('')}
\`\`\`json
${JSON.stringify(exampleOf(resource, 100), null, 1).replaceAll(/\n\s*/g, ' ')}
\`\`\`

Errors: ${refusalsOf([service.refusals.invalid, service.refusals.conflict])}.
`;
    case 'list':
      return `${start}Lists all ${names.many} by ${resource.key}: \`{ "${names.snakeMany}": [...] }\`.\n`;
    case 'get':
      return `${start}Answers \`200\` with the ${names.one}.\n\nErrors: ${refusalsOf([service.refusals.notFound])}.\n`;
  }
}
