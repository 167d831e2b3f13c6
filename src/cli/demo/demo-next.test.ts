import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { asJournal, simulateEvents } from '../../testing/events.ts';
import { storeRun } from '../../testing/store-run.ts';
import { nextLines } from './demo-next.ts';
import { openCli } from '../testing/captured-context.ts';

it('the second line to paste changes exactly one byte of a copy, in the run it names, and verify sees it', async () => {
  using cli = openCli();
  const runs = ['0105-0900-aaaaa', '0105-0900-bbbbb'].map((runId) => simulateEvents({ runId }));
  {
    await using journal = await cli.openJournal();
    for (const events of runs) await storeRun(journal, events);
  }
  const stateDir = join(cli.dir, '.baton');
  const file = join(stateDir, 'journal.db');
  const copy = `${stateDir}-tampered`;
  expect((await cli.run('verify', '0105-0900-aaaaa')).out).toContain('chain consistent');
  const before = readFileSync(file);
  const lines = nextLines(asJournal(runs[0] ?? []), stateDir, 'baton');
  const paste =
    lines
      .find((line) => line.includes('--tamper'))
      ?.trim()
      .split(' ') ?? [];
  expect(paste).toEqual(['baton', 'demo', '--tamper', '0105-0900-aaaaa']);
  const pasted = await cli.run(...paste.slice(1));
  expect([pasted.code, pasted.out]).toEqual([
    5,
    expect.stringContaining('its content does not match its hash'),
  ]);
  expect(pasted.out).toContain(`BATON_HOME=${copy} baton verify 0105-0900-aaaaa`);
  expect(readFileSync(file)).toEqual(before);
  const after = readFileSync(join(copy, 'journal.db'));
  expect(after).toHaveLength(before.length);
  const changed = [...after.keys()].filter((at) => after[at] !== before[at]);
  expect(changed).toHaveLength(1);
  expect(String.fromCharCode(after[changed[0] ?? 0] ?? 0)).toBe('E');
  expect((await cli.run('verify', '0105-0900-aaaaa')).out).toContain('chain consistent');
  using tampered = openCli({ BATON_HOME: copy });
  expect((await tampered.run('verify', '0105-0900-bbbbb')).out).toContain('chain consistent');
  const { code, out } = await tampered.run('verify', '0105-0900-aaaaa');
  expect([code, out]).toEqual([5, expect.stringContaining('its content does not match its hash')]);
});

it('a run that has not ended is not tampered with', async () => {
  using cli = openCli();
  {
    await using journal = await cli.openJournal();
    await storeRun(
      journal,
      simulateEvents({ runId: 'r-1', until: (event) => event.type === 'review_started' }),
    );
  }
  const { code, err } = await cli.run('demo', '--tamper', 'r-1');
  expect([code, err]).toEqual([2, expect.stringContaining('has no end')]);
});

it('the third line starts Baton as it is started from another folder', () => {
  const lines = nextLines(asJournal(simulateEvents()), '/s', 'node /opt/baton/bin/baton.js');
  expect(lines.at(-1)).toBe(
    '  cd YOUR-REPOSITORY && node /opt/baton/bin/baton.js run "Add …" --agent-command "node your-agent.mjs"',
  );
});
