/**
 * Migrations by the layouts of the tools that run them, and whether each has a way down. Only texts are read: what a way
 * down does is shown by running it.
 */
import { posix } from 'node:path';
import type { AddedMigration } from '../../core/records.ts';

export interface AddedFile {
  path: string;
  text: string;
}

interface Facts {
  file: AddedFile;
  folder: string;
  name: string;
  /** Whether the revision has this path. */
  has: (path: string) => boolean;
  /** Paths of the revision in this folder. */
  beside: (folder: string) => readonly string[];
}

/** What a layout makes of a file; undefined: it is none of its migrations. */
type Layout = (facts: Facts) => Omit<AddedMigration, 'file'> | undefined;

/** Of the files that a change adds, those that change a database. `paths`: all that the revision has. */
export function migrationsAmong(added: readonly AddedFile[], paths: ReadonlySet<string>): AddedMigration[] {
  const folders = Map.groupBy(paths, (path) => posix.dirname(path));
  return added.flatMap((file) => {
    const facts: Facts = {
      file,
      folder: posix.dirname(file.path),
      name: posix.basename(file.path),
      has: (path) => paths.has(path),
      beside: (folder) => folders.get(folder) ?? [],
    };
    for (const layout of LAYOUTS) {
      const found = layout(facts);
      if (found !== undefined) return [{ file: file.path, ...found }];
    }
    return [];
  });
}

/** Whether a path may be one: only such files are read. */
export function mayBeMigration(path: string): boolean {
  return /\.sql$|\.go$/i.test(path) || (IN_MIGRATIONS.test(path) && /\.(?:[cm]?[jt]s|py)$/.test(path));
}

const IN_MIGRATIONS = /(?:^|\/)(?:migrations?|migrate|versions)\//i;

const prisma: Layout = ({ folder, name, has }) => {
  if (name !== 'migration.sql' || !/(?:^|\/)migrations\/[^/]+$/.test(folder)) return undefined;
  const down = `${folder}/down.sql`;
  return {
    layout: 'prisma',
    down: has(down) ? down : null,
    command: `npx prisma db execute --file ${down} && npx prisma migrate resolve --rolled-back ${posix.basename(folder)}`,
  };
};

const golangMigrate: Layout = ({ file, folder, name, has }) => {
  if (!name.endsWith('.up.sql')) return undefined;
  const down = file.path.replace(/\.up\.sql$/, '.down.sql');
  return {
    layout: 'golang-migrate',
    down: has(down) ? down : null,
    command: `migrate -path ${folder} -database "$DATABASE_URL" down 1`,
  };
};

/** Annotations in SQL: goose and dbmate. */
const annotated =
  (layout: string, up: RegExp, down: RegExp, command: (folder: string) => string): Layout =>
  ({ file, folder, name }) => {
    if (!name.endsWith('.sql') || !up.test(file.text)) return undefined;
    const [, ...after] = file.text.split(down);
    const hasDown = after.some((part) => hasStatement(part));
    return { layout, down: hasDown ? file.path : null, command: command(folder) };
  };

const goose = annotated(
  'goose',
  /^--\s*\+goose\s+up\b/im,
  /^--\s*\+goose\s+down\b.*$/im,
  (folder) => `goose -dir ${folder} down`,
);
const dbmate = annotated(
  'dbmate',
  /^--\s*migrate:up\b/im,
  /^--\s*migrate:down\b.*$/im,
  (folder) => `dbmate --migrations-dir ${folder} down`,
);

const gooseInGo: Layout = ({ file, folder, name }) => {
  const [, second] =
    /goose\.Add(?:Named)?Migration\w*\((?:\s*"[^"]*"\s*,)?\s*\w+\s*,\s*(\w+)\s*,?\s*\)/.exec(file.text) ?? [];
  if (!name.endsWith('.go') || second === undefined) return undefined;
  return {
    layout: 'goose',
    down: second === 'nil' ? null : file.path,
    command: `goose -dir ${folder} down`,
  };
};

const flyway: Layout = ({ folder, name, beside }) => {
  const [, version] = /^V([\d._]+?)__.*\.sql$/.exec(name) ?? [];
  if (version === undefined) return undefined;
  const down = beside(folder).find((path) => posix.basename(path).startsWith(`U${version}__`));
  return { layout: 'flyway', down: down ?? null, command: 'flyway undo' };
};

/** By what the functions of a migration get; the first that is named counts. */
const SCRIPT_TOOLS: readonly [layout: string, sign: RegExp, command: (name: string) => string][] = [
  ['typeorm', /\bMigrationInterface\b|\bqueryRunner\b/, () => 'npx typeorm migration:revert'],
  [
    'sequelize',
    /\bqueryInterface\b|\bQueryInterface\b/,
    (name) => `npx sequelize-cli db:migrate:undo --name ${name}`,
  ],
  ['node-pg-migrate', /\bpgm\b|node-pg-migrate/, () => 'npx node-pg-migrate down'],
  ['knex', /\bknex\b/i, (name) => `npx knex migrate:down ${name}`],
];

/** `up` and `down` in JavaScript or TypeScript. */
const scripts: Layout = ({ file, name }) => {
  if (!/\.[cm]?[jt]s$/.test(name) || !IN_MIGRATIONS.test(file.path)) return undefined;
  const text = withoutComments(file.text);
  if (!functionNamed('up').test(text)) return undefined;
  const tool = SCRIPT_TOOLS.find(([, sign]) => sign.test(text));
  if (tool === undefined) return undefined;
  const [layout, , command] = tool;
  const isDerived = layout === 'node-pg-migrate' && !/\bdown\b/.test(text);
  const there = isDerived || (functionNamed('down').test(text) && !isEmptyDown(text));
  return { layout, down: there ? file.path : null, command: command(name) };
};

/** A method, a function, a constant or a property of `exports` with this name. */
function functionNamed(name: string): RegExp {
  return new RegExp(
    String.raw`\b(?:function\s+${name}\s*\(|${name}\s*\(|(?:exports\.)?${name}\s*[:=]\s*(?:async\b|function\b|\())`,
  );
}

/** Nothing but a `throw` or a `return` in it. */
function isEmptyDown(text: string): boolean {
  const at = /\bdown\b/.exec(text)?.index ?? 0;
  const rest = text.slice(at);
  const nothing =
    /^down\s*[:=]?\s*(?:async\s*)?(?:function\s*)?\w*\s*\([^)]*\)\s*(?::\s*[\w<> ]+)?\s*(?:=>\s*)?\{\s*(?:throw\b[^}]*|return\s*(?:null|undefined|Promise\.resolve\(\))?\s*;?\s*)?\}/;
  return nothing.test(rest);
}

const alembic: Layout = ({ file, name }) => {
  if (!name.endsWith('.py') || !/^down_revision\b/m.test(file.text)) return undefined;
  const [, body = ''] =
    /^def downgrade\([^)]*\)[^:\n]*:[^\n]*\n((?:[ \t]+.*\n?|\s*\n)*)/m.exec(file.text) ?? [];
  const does = body
    .replaceAll(/"""[\s\S]*?"""|'''[\s\S]*?'''/g, '')
    .split('\n')
    .map((line) => line.replace(/#.*$/, '').trim())
    .some((line) => line !== '' && !/^(?:pass|\.\.\.|return|raise\b.*)$/.test(line));
  return { layout: 'alembic', down: does ? file.path : null, command: 'alembic downgrade -1' };
};

/** Plain SQL in a folder of migrations: nobody's layout, with its way down beside it or in a folder of its own. */
const plainSql: Layout = ({ file, folder, name, has }) => {
  if (!name.endsWith('.sql') || !/(?:^|\/)migrations?(?:\/|$)/i.test(folder)) return undefined;
  if (isWayDown(file.path)) return undefined;
  const base = name.replace(/\.sql$/, '');
  const places = [`${folder}/${base}.down.sql`, `${folder}/down/${name}`, `${folder}/${base}.undo.sql`];
  const down = places.find((path) => has(path)) ?? null;
  return { layout: 'sql', down, command: down === null ? '' : `run ${down}` };
};

function isWayDown(path: string): boolean {
  return /\.(?:down|undo)\.sql$|(?:^|\/)down(?:\/[^/]*)?\.sql$|(?:^|\/)down\/|(?:^|\/)U[\d._]+__/.test(path);
}

const LAYOUTS: readonly Layout[] = [
  prisma,
  golangMigrate,
  goose,
  dbmate,
  gooseInGo,
  flyway,
  scripts,
  alembic,
  plainSql,
];

function hasStatement(sql: string): boolean {
  return sql
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .split('\n')
    .some((line) => line.replace(/--.*$/, '').replaceAll(/[;\s]/g, '') !== '');
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
}
