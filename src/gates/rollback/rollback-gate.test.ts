import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Revision } from '../../core/results.ts';
import type { RollbackConfig } from '../../definitions/config.ts';
import { openWall } from '../../workspace/wall/open-wall.ts';
import { gate, openGatesRig, type GatesRig } from '../testing/gates-rig.ts';

/** A small tool in the layout of golang-migrate: `up`, `down N`, `schema`, on a database beside the checkout. */
const TOOL = `import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
const db = new DatabaseSync(join(process.env.TMPDIR, 'app.db'));
db.exec('CREATE TABLE IF NOT EXISTS done (name TEXT PRIMARY KEY)');
const done = db.prepare('SELECT name FROM done ORDER BY name').all().map((row) => row.name);
const [what, count] = process.argv.slice(2);
if (what === 'up')
  for (const file of readdirSync('migrations').filter((name) => name.endsWith('.up.sql')).sort()) {
    if (done.includes(file)) continue;
    db.exec(readFileSync(join('migrations', file), 'utf8'));
    db.prepare('INSERT INTO done VALUES (?)').run(file);
  }
if (what === 'down')
  for (const file of done.reverse().slice(0, Number(count))) {
    db.exec(readFileSync(join('migrations', file.replace('.up.', '.down.')), 'utf8'));
    db.prepare('DELETE FROM done WHERE name = ?').run(file);
  }
if (what === 'schema') for (const { sql } of db.prepare('SELECT sql FROM sqlite_schema ORDER BY name').all()) console.log(sql);
`;
const COMMANDS = {
  up: ['node migrate.mjs up'],
  down: ['node migrate.mjs down $BATON_ADDED_MIGRATIONS'],
  schema: ['node migrate.mjs schema'],
};

const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const rollback = (name: string, config: RollbackConfig) =>
  gate({ name, kind: 'rollback', command: [], shell: true, set: 'full', rollback: config });

describe('the gate of migrations', () => {
  let rig: GatesRig;
  beforeAll(async () => {
    rig = await openGatesRig(
      {
        api: {
          'migrate.mjs': TOOL,
          'migrations/1_a.up.sql': 'CREATE TABLE a (id INTEGER);',
          'migrations/1_a.down.sql': 'DROP TABLE a;',
        },
      },
      {
        api: [
          {
            path: '.',
            setup: null,
            gates: [
              rollback('tried', { ...COMMANDS, requireDown: false }),
              rollback('read', { requireDown: true }),
            ],
          },
        ],
      },
    );
  });
  afterAll(() => rig[Symbol.dispose]());

  const change = (files: Record<string, string>): Promise<Revision> =>
    rig.change(
      rig.git.base,
      Object.fromEntries(Object.entries(files).map(([name, text]) => [`api/migrations/${name}`, text])),
    );

  const two = { '2_b.up.sql': 'CREATE TABLE b (id INTEGER); CREATE INDEX of_a ON a (id);' };
  const cases: [what: string, files: Record<string, string>, tried: object, read: object][] = [
    [
      'that lead back to the base',
      {
        ...two,
        '2_b.down.sql': 'DROP TABLE b; DROP INDEX of_a;',
        '3_c.up.sql': 'CREATE VIEW c AS SELECT 1;',
        '3_c.down.sql': 'DROP VIEW c;',
      },
      { status: 'pass', summary: 'up and down again: the schema of the base is back', findings: [] },
      { status: 'pass' },
    ],
    [
      'that leave something',
      { ...two, '2_b.down.sql': 'DROP TABLE b;' },
      {
        status: 'fail',
        findings: [
          {
            blocking: true,
            file: 'migrations/2_b.up.sql',
            problem: expect.stringContaining('+ CREATE INDEX of_a'),
          },
        ],
      },
      { status: 'pass' },
    ],
    [
      'whose way down fails',
      { ...two, '2_b.down.sql': 'DROP TABLE unknown;' },
      {
        status: 'fail',
        summary: 'the way down fails',
        findings: [{ problem: expect.stringContaining('no such table') }],
      },
      { status: 'pass' },
    ],
    [
      'that do not run on what the base leaves',
      { '2_b.up.sql': 'CREATE TABLE a (id INTEGER);', '2_b.down.sql': 'DROP TABLE a;' },
      { status: 'fail', summary: 'the migrations do not run' },
      { status: 'pass' },
    ],
    [
      'without a way down',
      two,
      { status: 'unverified', findings: [] },
      { status: 'fail', findings: [{ blocking: true, file: 'migrations/2_b.up.sql' }] },
    ],
    [
      'of which there are none',
      { 'note.txt': 'nothing' },
      { status: 'not_applicable' },
      { status: 'not_applicable' },
    ],
  ];
  it.each(cases)('R48: tries new migrations %s', async (_, files, tried, read) => {
    const pass = await rig.run(await change(files), { wall });
    expect(pass.of('tried')).toMatchObject(tried);
    expect(pass.of('read')).toMatchObject(read);
  });

  it('R48: tries nothing where the base itself cannot be migrated', async () => {
    const broken = await rig.change(rig.git.base, { 'api/migrations/1_a.up.sql': 'CREATE NOTHING;' });
    const head = await rig.change(broken, {
      'api/migrations/2_b.up.sql': 'SELECT 1;',
      'api/migrations/2_b.down.sql': 'SELECT 1;',
    });
    const pass = await rig.run(head, { wall, base: broken });
    expect(pass.of('tried')).toMatchObject({
      status: 'unverified',
      summary: expect.stringContaining('on the base `up` failed'),
    });
  });
});
