import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { expect, it } from 'vitest';
import { NO_WALL } from '../../workspace/wall/open-wall.ts';
import { gate, openGatesRig, wholeRepo } from '../testing/gates-rig.ts';

/** It does not run as root: there it is somebody else in a namespace of its own. */
const AS_USER = process.getuid?.() === 0 ? 'unshare --user --map-user=1000 --map-group=1000 ' : '';
/** Where servers lie: Debian keeps the programs of each version in a folder of their own. */
const PATH = [...globSync('/usr/lib/postgresql/*/bin').toSorted(), '/usr/local/bin', '/usr/bin', '/bin'].join(
  ':',
);
const HAS_POSTGRES = ((): boolean => {
  try {
    execFileSync(
      'sh',
      ['-c', `${AS_USER}postgres --version && psql --version && pg_dump --version && pg_isready --version`],
      {
        env: { PATH },
        stdio: 'ignore',
      },
    );
    return true;
  } catch {
    return false;
  }
})();

const PORT = 20_000 + Math.floor(Math.random() * 12_000);
const CLIENT = `export PATH=${PATH} PGHOST=127.0.0.1 PGPORT=${PORT} PGUSER=app PGDATABASE=postgres PGOPTIONS='-c client_min_messages=warning'`;
const SQL = 'psql -X -q -v ON_ERROR_STOP=1';
const COMMANDS = {
  up: [
    `${CLIENT}; ${SQL} -c 'create table if not exists done (name text primary key)'
for file in migrations/*.up.sql; do
  test "$(${SQL} -Atc "select count(*) from done where name = '$file'")" = 1 && continue
  ${SQL} -f "$file" && ${SQL} -c "insert into done values ('$file')" || exit 1
done`,
  ],
  down: [
    `${CLIENT}; for file in $(${SQL} -Atc "select name from done order by name desc limit $BATON_ADDED_MIGRATIONS"); do
  ${SQL} -f "\${file%.up.sql}.down.sql" && ${SQL} -c "delete from done where name = '$file'" || exit 1
done`,
  ],
  schema: [`${CLIENT}; pg_dump --schema-only`],
};
/**
 * New for each start, as such services usually are: on the revision everything goes up again. Without a wall the one before, whose
 * processes were killed, may still write into its folder and hold the port for a moment: 2 says that nobody answers there.
 */
const SERVER = `export PATH=${PATH}; ${AS_USER}sh -c 'data=$(mktemp -d); initdb -A trust -U app --no-sync -D "$data" > /dev/null
until pg_isready -q -h 127.0.0.1 -p ${PORT}; test $? = 2; do sleep 0.1; done
exec postgres -F -D "$data" -k "" -h 127.0.0.1 -p ${PORT}'`;

it.skipIf(!HAS_POSTGRES)('R48: migrations go up and down again in a PostgreSQL beside the gate', async () => {
  const rollback = gate({
    name: 'rollback',
    kind: 'rollback',
    command: [],
    shell: true,
    set: 'full',
    rollback: { ...COMMANDS, requireDown: true },
    services: [
      {
        name: 'postgres',
        command: [SERVER],
        shell: true,
        env: [],
        port: PORT,
        ready: null,
        readyTimeoutMs: 60_000,
      },
    ],
  });
  using rig = await openGatesRig(
    {
      api: {
        'migrations/1_a.up.sql': 'create table a (id integer primary key);',
        'migrations/1_a.down.sql': 'drop table a;',
      },
    },
    { api: wholeRepo(rollback) },
  );
  const change = (down: string) =>
    rig.change(rig.git.base, {
      'api/migrations/2_b.up.sql': "alter table a add name text not null; create type size as enum ('s');",
      'api/migrations/2_b.down.sql': down,
    });
  const whole = await rig.run(await change('alter table a drop name; drop type size;'), { wall: NO_WALL });
  expect(whole.of('rollback')).toMatchObject({
    status: 'pass',
    summary: 'up and down again: the schema of the base is back',
  });
});
