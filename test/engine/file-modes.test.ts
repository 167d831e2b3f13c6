/** Who can read what a run leaves, and who could have laid something in its way. */
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { driveRig, sequenceGraph } from '../../src/testing/rig.ts';
import { configOf, eventsOf, gate } from './plays.ts';
import { openPrograms, startWalled } from './programs.ts';

/** Entries below a folder that others than their owner may enter, read or write. */
function openToOthers(dir: string): string[] {
  const names = ['.', ...readdirSync(dir, { recursive: true, encoding: 'utf8' })];
  return names.flatMap((name) => {
    const found = lstatSync(join(dir, name), { throwIfNoEntry: false });
    if (found === undefined || found.isSymbolicLink() || (found.mode & 0o077) === 0) return [];
    return [`${(found.mode & 0o777).toString(8)} ${relative(dir, join(dir, name))}`];
  });
}

let shared = '';
let before: { mask: number; temporary: string | undefined };
beforeEach(() => {
  shared = mkdtempSync(join(tmpdir(), 'shared-'));
  chmodSync(shared, 0o1777);
  before = { mask: process.umask(0), temporary: process.env['TMPDIR'] };
  process.env['TMPDIR'] = shared;
});
afterEach(() => {
  process.umask(before.mask);
  if (before.temporary === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before.temporary;
  rmSync(shared, { recursive: true, force: true });
});

const GRAPH = () =>
  sequenceGraph([{ id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' }], {
    submit: true,
  });
const AGENT = `
if (order.role === 'reviewer') pass();
else { writeFileSync(file('new.txt'), 'new\\n'); console.log('x'.repeat(3_000_000)); done(); }
`;

it('SEC-3: a whole run leaves nothing that others may read, and works in folders that nobody else can enter, whatever the umask is', async () => {
  await using rig = await openPrograms(AGENT);
  const seen = new Set<string>();
  /** While agents and gates run: the folders that lie in a place shared with others, and where workspaces are. */
  const look = setInterval(() => {
    for (const name of readdirSync(shared)) {
      const found = lstatSync(join(shared, name), { throwIfNoEntry: false });
      if (found !== undefined)
        seen.add(
          `${(found.mode & 0o777).toString(8)} ${name.replace(/(?:[0-9a-f]{18}-\d+-\d+-)?\w{6}$/, '')}`,
        );
    }
    for (const dir of [join(rig.dir, 'work')]) {
      const found = lstatSync(dir, { throwIfNoEntry: false });
      if (found !== undefined) seen.add(`${(found.mode & 0o777).toString(8)} ${relative(rig.dir, dir)}`);
    }
  }, 1);
  try {
    const config = configOf([gate(['sh', '-c', 'sleep 0.05'])]);
    const runId = await startWalled(rig, { ...GRAPH(), repos: [rig.api], config }, 'auto');
    expect((await driveRig(rig.engine, runId)).status).toBe('done');
  } finally {
    clearInterval(look);
  }
  expect([...seen].filter((each) => !each.startsWith('700 '))).toEqual([]);
  expect([...seen].sort()).toEqual(
    expect.arrayContaining(['700 baton-agent-', '700 baton-output-', '700 work']),
  );
  expect(openToOthers(rig.stateDir)).toEqual([]);
  expect(readdirSync(shared).filter((name) => name.startsWith('baton-agent-'))).toEqual([]);
});

it('SEC-3: a link, or a folder that is open to others, where workspaces will lie is not used as it is', async () => {
  await using rig = await openPrograms(AGENT);
  const elsewhere = join(shared, 'elsewhere');
  mkdirSync(elsewhere);
  mkdirSync(join(rig.dir, 'work'), { mode: 0o777 });
  const run = { ...GRAPH(), repos: [rig.api], config: configOf([gate(['true'])]) };
  const runId = await startWalled(rig, run, 'auto');
  const place = join(rig.dir, 'work', runId);
  expect((lstatSync(place).mode & 0o777).toString(8)).toBe('700');
  rmSync(place, { recursive: true });
  symlinkSync(elsewhere, place);
  await expect(driveRig(rig.engine, runId)).rejects.toMatchObject({ code: 'E_PATH_OUTSIDE' });
  expect(readdirSync(elsewhere)).toEqual([]);
  rmSync(place);
  mkdirSync(place, { mode: 0o777 });
  const { status, events } = await driveRig(rig.engine, runId);
  expect(status).toBe('done');
  expect(eventsOf(events, 'run_started')).toHaveLength(1);
});
