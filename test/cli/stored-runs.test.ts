/** A store that somebody changed, or that is not ours to use: what the command line does with it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { openThinking, type Thinking } from './thinking.ts';

/** A run that waits for its confirmation. */
async function openWaiting(): Promise<Thinking> {
  const thinking = openThinking();
  const { code, err } = await thinking.baton('run', 'Think twice', ...thinking.flags);
  expect(code, err).toBe(4);
  return thinking;
}

const database = (thinking: Thinking): string => join(thinking.dir, 'state', 'journal.db');

/** Changes one byte of the file, inside of the first place where this text stands. */
function flipByte(file: string, text: string): void {
  const bytes = readFileSync(file);
  const at = bytes.indexOf(text);
  if (at === -1) throw new Error(`${text} is not in ${file}`);
  const place = at + text.length - 1;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  writeFileSync(file, bytes);
}

describe('one changed byte in the journal', () => {
  it('STORE-1, AUD-1: verify and resume exit 5 and name the event, the agent never runs, log shows everything and the others what is intact', async () => {
    using thinking = await openWaiting();
    flipByte(database(thinking), '"type":"question_asked"');
    const verified = await thinking.baton('verify');
    expect([verified.code, verified.out]).toEqual([5, expect.stringMatching(/E_INTEGRITY seq=3 /)]);
    for (const command of ['resume', 'approve']) {
      const refused = await thinking.baton(command);
      expect([refused.code, refused.err], command).toEqual([
        5,
        expect.stringMatching(/E_INTEGRITY .*seq=3/s),
      ]);
    }
    const log = await thinking.baton('log');
    expect(log.code).toBe(5);
    expect(log.out).toContain('run_started');
    expect(log.out).toContain('question_asked'.slice(0, -1));
    const shown = [
      { argv: ['status'], text: 'Think again pending' },
      { argv: ['report'], text: 'Think twice' },
      { argv: ['why', 'think/first'], text: 'nothing happened to it yet' },
    ];
    for (const { argv, text } of shown) {
      const looked = await thinking.baton(...argv);
      expect(looked.code, argv[0]).toBe(5);
      expect(looked.out, argv[0]).toContain(text);
      expect(looked.err, argv[0]).toMatch(/E_INTEGRITY .*seq=3.*warning: .* as it stood at event 2;/s);
    }
    const db = new DatabaseSync(database(thinking), { readOnly: true });
    expect(db.prepare('SELECT count(*) AS n FROM events').get()).toEqual({ n: 3 });
    db.close();
  });
});

describe('definitions that a run was started with', () => {
  it('CFG-15: a run whose snapshot is gone does not go on: exit 5, with choices', async () => {
    using thinking = await openWaiting();
    const db = new DatabaseSync(database(thinking));
    expect(db.prepare("DELETE FROM artifacts WHERE kind = 'snapshot'").run().changes).toBe(1);
    db.close();
    const { code, err } = await thinking.baton('resume');
    expect(code).toBe(5);
    expect(err).toMatch(/E_DEFINITION_DRIFT Artifact \w+ of run \S+ is missing/);
    expect(err).toMatch(/fix: .*bin\/baton.js log .*restore.*start a new run/s);
  });

  it('CFG-13: editing agents, workflow and configuration changes nothing in a run that was started', async () => {
    using thinking = await openWaiting();
    const edit = (path: string, text: string): void => writeFileSync(join(thinking.repo, path), text);
    const agent = readFileSync(join(thinking.repo, 'agents/thinker.md'), 'utf8');
    edit('agents/thinker.md', agent.replace('Think well.', 'Think badly.'));
    edit('thinking.yaml', 'name: other\nversion: 2\nphases: []\n');
    edit('baton.yaml', 'limits: { max_rework: 9 }\n');
    const status = await thinking.baton('status');
    expect(status.out).toContain('config changed since start');
    const { code, out, err } = await thinking.baton('approve', '--json');
    expect(code, err).toBe(0);
    expect(out).toContain('thinker: Think well.');
    expect(out).not.toContain('Think badly');
  });
});

describe('a store of a newer version', () => {
  it('CFG-14: is refused with exit 2 by every command and stays byte for byte as it is', async () => {
    using thinking = await openWaiting();
    const db = new DatabaseSync(database(thinking));
    db.exec('PRAGMA user_version = 999');
    db.close();
    const before = readFileSync(database(thinking));
    for (const argv of [['resume'], ['runs'], ['run', 'More', '--yes', ...thinking.flags]]) {
      const { code, err } = await thinking.baton(...argv);
      expect([code, err], argv[0]).toEqual([2, expect.stringContaining('E_STORE_NEWER')]);
    }
    expect(readFileSync(database(thinking)).equals(before)).toBe(true);
  });
});
