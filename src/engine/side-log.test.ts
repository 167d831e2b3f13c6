import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openSideLog, sideLogFile } from './side-log.ts';

const scratch = mkdtempSync(join(tmpdir(), 'baton-notes-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});
const now = () => new Date('2026-01-05T10:00:00.000Z');
const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { key: string; kind: string; text: string });

describe('side log', () => {
  it('keeps what agents say, also over holders, for nobody else to read', () => {
    const file = sideLogFile(join(scratch, 'a'), 'run-1');
    for (const text of ['one\u001b[2J', 'two']) {
      using log = openSideLog(file, { now });
      log.note('k', { kind: 'tool', text });
    }
    expect(linesOf(file)).toEqual([
      { at: now().toISOString(), key: 'k', kind: 'tool', text: 'one\u001b[2J' },
      { at: now().toISOString(), key: 'k', kind: 'tool', text: 'two' },
    ]);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('stops at its bound, says so once, and stays there', () => {
    const file = sideLogFile(join(scratch, 'b'), 'run-1');
    for (let holder = 0; holder < 3; holder += 1) {
      using log = openSideLog(file, { now, maxBytes: 1_000 });
      for (let at = 0; at < 100; at += 1) log.note('k', { kind: 'text', text: 'x'.repeat(50) });
    }
    const lines = linesOf(file);
    expect(lines.filter(({ kind }) => kind === 'end')).toHaveLength(1);
    expect(lines.at(-1)?.text).toContain('left out');
    expect(statSync(file).size).toBeLessThan(1_500);
  });

  it('costs the run nothing where it cannot be written', () => {
    writeFileSync(join(scratch, 'file'), '');
    using log = openSideLog(sideLogFile(join(scratch, 'file'), 'run-1'), { now });
    expect(() => log.note('k', { kind: 'text', text: 'lost' })).not.toThrow();
  });
});
