import { describe, expect, it } from 'vitest';
import { migrationsAmong } from './migrations.ts';

/** The files of a revision, all of them added. */
function found(files: Record<string, string>): string[] {
  const added = Object.entries(files).map(([path, text]) => ({ path, text }));
  return migrationsAmong(added, new Set(Object.keys(files))).map(
    ({ file, layout, down }) => `${layout} ${file} ${down ?? 'no way down'}`,
  );
}

const UP = 'CREATE TABLE a (id INTEGER);\n';
const DOWN = 'DROP TABLE a;\n';

const cases: [what: string, files: Record<string, string>, expected: string[]][] = [
  [
    'prisma',
    { 'db/migrations/1_a/migration.sql': UP, 'db/migrations/1_a/down.sql': DOWN },
    ['prisma db/migrations/1_a/migration.sql db/migrations/1_a/down.sql'],
  ],
  [
    'prisma without',
    { 'prisma/migrations/1_a/migration.sql': UP },
    ['prisma prisma/migrations/1_a/migration.sql no way down'],
  ],
  [
    'golang-migrate',
    { 'm/1_a.up.sql': UP, 'm/1_a.down.sql': DOWN },
    ['golang-migrate m/1_a.up.sql m/1_a.down.sql'],
  ],
  ['golang-migrate without', { 'm/1_a.up.sql': UP }, ['golang-migrate m/1_a.up.sql no way down']],
  ['goose', { 'db/1.sql': `-- +goose Up\n${UP}-- +goose Down\n${DOWN}` }, ['goose db/1.sql db/1.sql']],
  [
    'goose with an empty one',
    { 'db/1.sql': `-- +goose Up\n${UP}-- +goose Down\n-- ;\n` },
    ['goose db/1.sql no way down'],
  ],
  ['goose in Go', { 'db/1.go': 'goose.AddMigrationContext(upA, downA)' }, ['goose db/1.go db/1.go']],
  ['goose in Go without', { 'db/1.go': 'goose.AddMigration(upA, nil)' }, ['goose db/1.go no way down']],
  ['dbmate', { 'db/1.sql': `-- migrate:up\n${UP}\n-- migrate:down\n${DOWN}` }, ['dbmate db/1.sql db/1.sql']],
  [
    'dbmate without',
    { 'db/1.sql': `-- migrate:up\n${UP}\n-- migrate:down\n` },
    ['dbmate db/1.sql no way down'],
  ],
  ['flyway', { 'sql/V1.2__a.sql': UP, 'sql/U1.2__a.sql': DOWN }, ['flyway sql/V1.2__a.sql sql/U1.2__a.sql']],
  ['flyway without', { 'sql/V1__a.sql': UP, 'sql/U2__a.sql': DOWN }, ['flyway sql/V1__a.sql no way down']],
  [
    'knex',
    {
      'migrations/1.js':
        'exports.up = (knex) => knex.schema;\nexports.down = (knex) => knex.schema.dropTable("a");',
    },
    ['knex migrations/1.js migrations/1.js'],
  ],
  [
    'knex that throws',
    {
      'migrations/1.ts':
        'export async function up(knex: Knex) { await knex.raw(""); }\nexport async function down(knex: Knex): Promise<void> { throw new Error("no"); }',
    },
    ['knex migrations/1.ts no way down'],
  ],
  [
    'sequelize',
    {
      'migrations/1.js':
        'module.exports = { async up(queryInterface) { await queryInterface.createTable("a"); }, async down(queryInterface) { await queryInterface.dropTable("a"); } };',
    },
    ['sequelize migrations/1.js migrations/1.js'],
  ],
  [
    'sequelize without',
    {
      'migrations/1.js':
        'module.exports = { async up(queryInterface) { await queryInterface.createTable("a"); } };',
    },
    ['sequelize migrations/1.js no way down'],
  ],
  [
    'typeorm with an empty one',
    {
      'src/migrations/1.ts':
        'export class A implements MigrationInterface { public async up(queryRunner: QueryRunner): Promise<void> { await queryRunner.query(""); }\n public async down(queryRunner: QueryRunner): Promise<void> { // nothing\n } }',
    },
    ['typeorm src/migrations/1.ts no way down'],
  ],
  [
    'node-pg-migrate, which derives it',
    { 'migrations/1.js': 'exports.up = (pgm) => { pgm.createTable("a"); };' },
    ['node-pg-migrate migrations/1.js migrations/1.js'],
  ],
  [
    'node-pg-migrate that refuses',
    { 'migrations/1.js': 'exports.up = (pgm) => { pgm.sql(""); };\nexports.down = false;' },
    ['node-pg-migrate migrations/1.js no way down'],
  ],
  [
    'alembic',
    {
      'alembic/versions/a.py':
        'down_revision = None\ndef upgrade():\n    op.x()\n\ndef downgrade() -> None:\n    op.drop_table("a")\n',
    },
    ['alembic alembic/versions/a.py alembic/versions/a.py'],
  ],
  [
    'alembic that passes',
    { 'alembic/versions/a.py': 'down_revision = None\ndef downgrade():\n    """Nothing."""\n    pass\n' },
    ['alembic alembic/versions/a.py no way down'],
  ],
  ['plain SQL', { 'migrations/003-a.sql': UP }, ['sql migrations/003-a.sql no way down']],
  [
    'plain SQL with one',
    { 'migrations/a.sql': UP, 'migrations/a.down.sql': DOWN },
    ['sql migrations/a.sql migrations/a.down.sql'],
  ],
  ['other SQL', { 'queries/a.sql': 'SELECT 1;' }, []],
  [
    'other code',
    { 'src/migrations/index.js': 'export const list = [];', 'src/up.js': 'export function up() {}' },
    [],
  ],
];

describe('migrations of a change', () => {
  it.each(cases)('R48: are known by their layout: %s', (_, files, expected) => {
    expect(found(files)).toEqual(expected);
  });

  it('R48: find their way down among files that were there before', () => {
    const added = [{ path: 'm/1_a.up.sql', text: UP }];
    const [migration] = migrationsAmong(added, new Set(['m/1_a.up.sql', 'm/1_a.down.sql']));
    expect(migration).toMatchObject({ down: 'm/1_a.down.sql', command: expect.stringContaining('down 1') });
  });
});
