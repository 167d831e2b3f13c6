import { relativeImport } from '../layout/modules.ts';
import { filePattern, wordPattern, type Part, type Site } from './part.ts';

/** The functions that read and write the table. */
export function storeParts(site: Site): Part[] {
  const { files } = site.layout.service;
  const { names, key } = site.resource;
  const order = ` ORDER BY ${key}`;
  const select = new RegExp(`(SELECT [^'\`]* FROM ${names.snakeMany})(?= ?['\`])`, 'g');
  return [
    {
      id: 'store',
      apply: () => {
        if (files.read(site.storeFile) === null) files.write(site.storeFile, storeSource(site));
      },
      forget: null,
      concerns: [[filePattern(site.storeFile)]],
    },
    {
      id: 'store:order',
      apply: () => files.edit(site.storeFile, (text) => text.replaceAll(select, `$1${order}`)),
      forget: () => files.edit(site.storeFile, (text) => text.replace(order, '')),
      concerns: [
        [/ORDER BY|order of|in order|by `?number/i, /list|all/i, wordPattern(names.snakeMany)],
        [new RegExp(`lists ${names.many} by`)],
      ],
    },
  ];
}

function storeSource(site: Site): string {
  const { names, key, fields } = site.resource;
  const columns = fields.map((field) => field.name);
  const list = columns.join(', ');
  const values = columns.map((column) => `${names.camel}.${column}`).join(', ');
  return `/** @import { ${names.pascal} } from '${relativeImport(site.storeFile, site.typeFile)}' */

/** @param {${names.pascal}} ${names.camel} */
export function insert${names.pascal}(database, ${names.camel}) {
  database
    .prepare('INSERT INTO ${names.snakeMany} (${list}) VALUES (${columns.map(() => '?').join(', ')})')
    .run(${values});
}

/** @returns {${names.pascal}[]} */
export function all${names.pascalMany}(database) {
  return database.prepare('SELECT ${list} FROM ${names.snakeMany} ORDER BY ${key}').all();
}

/** @returns {${names.pascal} | undefined} */
export function find${names.pascal}(database, ${key}) {
  return database.prepare('SELECT ${list} FROM ${names.snakeMany} WHERE ${key} = ?').get(${key});
}
`;
}
