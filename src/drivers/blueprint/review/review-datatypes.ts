import type { Site } from '../parts/part.ts';
import type { Field } from '../understand/resource.ts';
import { deficiency, type ReviewFinding } from './finding.ts';

/** The type names every field, and one migration makes a table that holds them all and refuses less. */
export function reviewDatatypes(site: Site): ReviewFinding[] {
  return [...reviewType(site), ...reviewMigration(site)];
}

function reviewType(site: Site): ReviewFinding[] {
  const { files } = site.layout.service;
  const { names, fields } = site.resource;
  const place = { repo: files.name, file: site.typeFile };
  const text = files.read(site.typeFile);
  if (text === null)
    return [
      deficiency(place, `There is no type of ${names.withArticle}.`, `Add it in \`${site.typeFile}\`.`),
    ];
  const columns = /columns:\s*\[([^\]]*)\]/.exec(text)?.[1] ?? '';
  const missing = fields.filter((field) => !columns.includes(`'${field.name}'`));
  const words = fields.flatMap((field) =>
    field.values.filter((value) => !text.includes(`'${value}'`)).map((value) => ({ field, value })),
  );
  return [
    ...missing.map((field) =>
      deficiency(
        place,
        `The type of ${names.withArticle} lacks the column \`${field.name}\`.`,
        'Add it to its columns.',
      ),
    ),
    ...words.map(({ field, value }) =>
      deficiency(
        place,
        `The type of ${names.withArticle} does not know \`${value}\` for \`${field.name}\`.`,
        'Add it to its words.',
      ),
    ),
  ];
}

function reviewMigration(site: Site): ReviewFinding[] {
  const { files, migrationsDir } = site.layout.service;
  const { names, fields, key } = site.resource;
  const found = files
    .list()
    .filter((path) => path.startsWith(`${migrationsDir}/`))
    .map((file) => ({ file, table: tableOf(files.read(file) ?? '', names.snakeMany) }))
    .find(({ table }) => table !== null);
  if (found?.table == null) {
    const problem = `No migration makes the table \`${names.snakeMany}\`.`;
    return [
      deficiency(
        { repo: files.name, file: site.migrationFile },
        problem,
        `Add a migration in \`${migrationsDir}\`.`,
      ),
    ];
  }
  const place = { repo: files.name, file: found.file };
  const lines = found.table.split('\n');
  const keyLine = lines.find((line) => line.trim().startsWith(`${key} `)) ?? '';
  const isUnique =
    /PRIMARY KEY|UNIQUE/i.test(keyLine) ||
    new RegExp(`(?:PRIMARY KEY|UNIQUE)\\s*\\(\\s*${key}\\s*\\)`, 'i').test(found.table);
  return [
    ...fields.flatMap((field) =>
      reviewColumn(site, field, lines).map((problem) =>
        deficiency(place, problem, 'Mend the migration; it has not run anywhere yet.'),
      ),
    ),
    ...(isUnique
      ? []
      : [
          deficiency(
            place,
            `Nothing in the table makes \`${key}\` unique: two requests at once could both be stored.`,
            `Make \`${key}\` the PRIMARY KEY.`,
          ),
        ]),
  ];
}

function tableOf(sql: string, table: string): string | null {
  return (
    new RegExp(
      `CREATE TABLE (?:IF NOT EXISTS )?${table}\\s*\\(([\\s\\S]*?)\\)\\s*(?:STRICT)?\\s*;`,
      'i',
    ).exec(sql)?.[1] ?? null
  );
}

function reviewColumn(site: Site, field: Field, lines: string[]): string[] {
  const { names } = site.resource;
  const line = lines.find((each) => each.trim().startsWith(`${field.name} `));
  if (line === undefined) return [`Table \`${names.snakeMany}\` has no column \`${field.name}\`.`];
  const type = field.kind === 'positive integer' ? 'INTEGER' : 'TEXT';
  return [
    ...(line.includes(` ${type}`)
      ? []
      : [`Column \`${field.name}\` of \`${names.snakeMany}\` is not ${type}.`]),
    ...(/NOT NULL/i.test(line)
      ? []
      : [`Column \`${field.name}\` of \`${names.snakeMany}\` is required and lacks NOT NULL.`]),
  ];
}
