/** The type of the resource and the table that a migration makes for it. */
import type { Field, Resource } from '../understand/resource.ts';
import { filePattern, wordPattern, type Part, type Site } from './part.ts';

export function datatypeParts(site: Site): Part[] {
  const { files } = site.layout.service;
  const { resource } = site;
  return [
    {
      id: 'type',
      apply: () => {
        if (files.read(site.typeFile) === null) files.write(site.typeFile, typeSource(resource));
      },
      forget: null,
      concerns: [[filePattern(site.typeFile)], [/no type in/, wordPattern(resource.names.snakeMany)]],
    },
    migrationPart(site),
    ...resource.fields.map((field) => columnPart(site, field)),
    ...resource.fields.map((field) => requiredColumnPart(site, field)),
    keyPart(site),
  ];
}

/** `{ number: string, amount_cents: number }`, as a JSDoc typedef says it. */
export function typedef(resource: Resource): string {
  const fields = resource.fields.map((field) => `${field.name}: ${jsType(field)}`);
  return `/** @typedef {{ ${fields.join(', ')} }} ${resource.names.pascal} */`;
}

/** The name of the constant with the words that a field may be. */
export function valuesConstant(resource: Resource, field: Field): string {
  return `${resource.names.constant}_${field.name.toUpperCase()}`;
}

function jsType(field: Field): string {
  if (field.kind === 'positive integer') return 'number';
  return field.kind === 'one of' ? field.values.map((value) => `'${value}'`).join(' | ') : 'string';
}

function typeSource(resource: Resource): string {
  const { names } = resource;
  const words = resource.fields.filter((field) => field.kind === 'one of');
  const list = (values: string[]): string => `[${values.map((value) => `'${value}'`).join(', ')}]`;
  return [
    typedef(resource),
    '',
    ...words.flatMap((field) => [
      `export const ${valuesConstant(resource, field)} = ${list(field.values)};`,
      '',
    ]),
    `export const ${names.constant} = {`,
    `  name: '${names.snake}',`,
    `  table: '${names.snakeMany}',`,
    `  key: '${resource.key}',`,
    `  columns: ${list(resource.fields.map((field) => field.name))},`,
    '};',
    '',
  ].join('\n');
}

function columnLine(resource: Resource, field: Field): string {
  const type = field.kind === 'positive integer' ? 'INTEGER' : 'TEXT';
  return `  ${field.name} ${type} NOT NULL${field.name === resource.key ? ' PRIMARY KEY' : ''}`;
}

function migrationSource(columns: string[], resource: Resource): string {
  return `CREATE TABLE ${resource.names.snakeMany} (\n${columns.join(',\n')}\n) STRICT;\n`;
}

function columnsOf(source: string): string[] {
  return (/\(\n([\s\S]*?)\n\)/.exec(source)?.[1] ?? '').split(/,\n/).filter((line) => line.trim() !== '');
}

function editColumns(site: Site, change: (columns: string[]) => string[]): void {
  site.layout.service.files.edit(site.migrationFile, (source) =>
    migrationSource(change(columnsOf(source)), site.resource),
  );
}

const isColumn = (field: Field) => (line: string) => line.trim().startsWith(`${field.name} `);

function migrationPart(site: Site): Part {
  const { files } = site.layout.service;
  const { resource } = site;
  const complete = migrationSource(
    resource.fields.map((field) => columnLine(resource, field)),
    resource,
  );
  return {
    id: 'migration',
    apply: () => {
      if (files.read(site.migrationFile) === null) files.write(site.migrationFile, complete);
    },
    forget: () => files.remove(site.migrationFile),
    concerns: [[/migration/i, wordPattern(resource.names.snakeMany)]],
  };
}

function columnPart(site: Site, field: Field): Part {
  const { resource } = site;
  return {
    id: `column:${field.name}`,
    apply: () =>
      editColumns(site, (columns) =>
        columns.some(isColumn(field))
          ? columns
          : resource.fields.flatMap((each) => {
              const line = columns.find(isColumn(each));
              if (each.name === field.name) return [columnLine(resource, field)];
              return line === undefined ? [] : [line];
            }),
      ),
    forget: () => editColumns(site, (columns) => columns.filter((line) => !isColumn(field)(line))),
    // A test names the table and lists columns; which one is missing has to be looked up.
    concerns: [
      [/column/i, wordPattern(field.name)],
      [/columns of its type/, wordPattern(resource.names.snakeMany)],
    ],
  };
}

function requiredColumnPart(site: Site, field: Field): Part {
  return {
    id: `required:${field.name}`,
    apply: () =>
      editColumns(site, (columns) =>
        columns.map((line) =>
          isColumn(field)(line) && !line.includes('NOT NULL')
            ? line.replace(/( (?:TEXT|INTEGER))/, '$1 NOT NULL')
            : line,
        ),
      ),
    forget: () =>
      editColumns(site, (columns) =>
        columns.map((line) => (isColumn(field)(line) ? line.replace(' NOT NULL', '') : line)),
      ),
    concerns: [[/NOT NULL|null/, wordPattern(field.name)]],
  };
}

function keyPart(site: Site): Part {
  const isKey = (line: string): boolean => line.trim().startsWith(`${site.resource.key} `);
  return {
    id: 'key',
    apply: () =>
      editColumns(site, (columns) =>
        columns.map((line) => (isKey(line) && !line.includes('PRIMARY KEY') ? `${line} PRIMARY KEY` : line)),
      ),
    forget: () => editColumns(site, (columns) => columns.map((line) => line.replace(' PRIMARY KEY', ''))),
    concerns: [[/PRIMARY KEY|unique/i, wordPattern(site.resource.key)]],
  };
}
