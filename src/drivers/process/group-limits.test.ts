/** Limits that all processes of one invocation share, held by a control group of the kernel's. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  rmdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import { until } from '../testing/process-search.ts';
import { groupPlaces } from '../../workspace/wall/control-group.ts';
import type { GroupPlace } from '../../workspace/wall/group-places.ts';
import { NO_WALL, openWall } from '../../workspace/wall/open-wall.ts';
import { isAlive, readProcess } from './process-table.ts';
import { runProcess } from './run-process.ts';
import { makeProcessOrder } from './testing/process-order.ts';

const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const places = groupPlaces();
const isHeld = (kind: 'memory' | 'processes') => places.some(({ holds }) => holds.includes(kind));
const hasAll = isHeld('memory') && isHeld('processes');
const why = hasAll ? '' : ' (skipped: this user may make no control groups here)';
/** Where systems that use the first version have the second one, without any limits. */
const SECOND = '/sys/fs/cgroup/unified';
const hasSecond = isWritable(SECOND);
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
const folder = mkdtempSync(join(tmpdir(), 'baton-groups-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LIMITS = { memoryBytes: 64 * 1024 * 1024, processes: 40 };
/** Four that hold 30 MB each: none is over the limit, all together are. */
const TREE_THAT_TAKES_ALL =
  'for i in 1 2 3 4; do (head -c 30000000 /dev/zero | tail >/dev/null) & all="$all $!"; done; for p in $all; do wait $p || exit $?; done';
const FORK_BOMB = 'for i in $(seq 200); do sleep 20 & done; exit 0';
const CANNOT_FORK = { kind: 'exited', code: 2, signal: null };

const ownGroups = () =>
  places.flatMap(({ parent }) =>
    readdirSync(parent).filter((name) => name.startsWith(`baton-${process.pid}-`)),
  );

describe.each(wall.kind === 'off' ? [NO_WALL] : [wall, NO_WALL])('an invocation, wall $kind', (used) => {
  it.skipIf(!hasAll)(`PROC-6: a tree of processes shares one limit of memory${why}`, async () => {
    const order = makeProcessOrder(TREE_THAT_TAKES_ALL, { wall: used });
    await using bounded = await runProcess({ ...order, limits: LIMITS });
    expect(bounded.end).toEqual({ kind: 'oom_killed' });
    await using roomy = await runProcess(order);
    expect(roomy.end, 'with the usual limits').toEqual({ kind: 'exited', code: 0, signal: null });
    expect(ownGroups()).toEqual([]);
  });

  it.skipIf(!hasAll)(`PROC-7: a fork bomb stops at the limit, also as root${why}`, async () => {
    const order = makeProcessOrder(FORK_BOMB, { wall: used });
    await using bounded = await runProcess({ ...order, limits: LIMITS });
    expect(bounded.end).toEqual(CANNOT_FORK);
    await using roomy = await runProcess(order);
    expect(roomy.end).toEqual({ kind: 'exited', code: 0, signal: null });
    expect(bounded.leftovers).toEqual([]);
  });

  it.skipIf(!hasAll)(`gets no other environment, nor arguments, by its group${why}`, async () => {
    const script = `printf '%s\\n' "$0" "$@"; tr '\\0' '\\n' < /proc/$$/environ | sort`;
    const order = makeProcessOrder('', { wall: used, args: ['-c', script, 'a b', '--', '$x'] });
    const outputs = [];
    for (const where of [places, []]) {
      await using result = await runProcess({ ...order, places: where });
      outputs.push(Buffer.from(await result.stdout.read(10_000)).toString());
    }
    expect(outputs[0]).toBe(outputs[1]);
    expect(outputs[0]).toMatch(/^a b\n--\n\$x\n/);
  });
});

describe('a control group', () => {
  it.skipIf(!hasAll)(
    `PROC-4: ends who broke away in every way before anybody looked, without a wall too${why}`,
    async () => {
      expect(await runWhoBreaksAway('usual', places)).toBe(true);
    },
  );

  it.skipIf(!hasSecond)(
    `PROC-4: the second version ends all of them at once${hasSecond ? '' : ' (skipped: it is not there beside the first)'}`,
    async () => {
      expect(await runWhoBreaksAway('second', [{ parent: SECOND, version: 2, holds: [] }])).toBe(true);
    },
  );

  it.skipIf(!hasAll || !isRoot)(
    `PROC-6, PROC-7: an ordinary user has both limits in a part of the groups that was given to it${why}`,
    async () => {
      const name = `baton-test-${process.pid}-${Date.now()}`;
      const given = places.map(({ parent }) => join(parent, name));
      for (const each of given) {
        mkdirSync(each);
        for (const path of [each, join(each, 'cgroup.procs')]) chownSync(path, NOBODY, NOBODY);
      }
      try {
        expect(await runAsNobody(given, TREE_THAT_TAKES_ALL)).toEqual({ kind: 'oom_killed' });
        expect(await runAsNobody(given, FORK_BOMB)).toEqual(CANNOT_FORK);
      } finally {
        await until(() => given.every((each) => isRemoved(each)), 'the given groups are empty');
      }
    },
  );
});

/** Whether one that broke away and has no trace of ours is ended with its invocation. */
async function runWhoBreaksAway(name: string, where: readonly GroupPlace[]): Promise<boolean> {
  const file = join(folder, name);
  const left = `sh -c 'echo $$ > ${file}; exec sleep 60'`;
  const script = `(setsid env -i PATH="$PATH" ${left} >/dev/null 2>&1 &); until test -s ${file}; do :; done`;
  await using result = await runProcess(makeProcessOrder(script, { places: where }));
  expect(result.end).toEqual({ kind: 'exited', code: 0, signal: null });
  expect(result.leftovers).toEqual([]);
  const row = readProcess(Number(readFileSync(file, 'utf8')));
  return row === null || !isAlive(row);
}

/** An engine in these groups, as an ordinary user, that runs one script with the small limits. */
async function runAsNobody(given: readonly string[], script: string): Promise<unknown> {
  const enter = 'while [ "$1" != -- ]; do echo 0 > "$1/cgroup.procs"; shift; done; shift; exec "$@"';
  const user = ['setpriv', '--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups', '--'];
  const engine = [
    process.execPath,
    join(import.meta.dirname, 'testing/engine.ts'),
    'off',
    script,
    randomUUID(),
  ];
  const child = spawn('/bin/sh', ['-c', enter, 'enter', ...given, '--', ...user, ...engine], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, HOME: '/', BATON_TEST_LIMITS: JSON.stringify(LIMITS) },
  });
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  await once(child, 'close');
  return JSON.parse(lines.at(-1) ?? 'null') as unknown;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function isRemoved(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch {
    return !existsSync(path);
  }
}
