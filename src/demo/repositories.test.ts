import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDemoRepositories } from './repositories.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'baton-demo-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it('makes two repositories with green tests and nothing uncommitted', async () => {
  const repos = await createDemoRepositories(dir, process.env['PATH'] ?? '');
  expect(repos.map((repo) => repo.name)).toEqual(['orders-service', 'orders-client']);
  const counts = repos.map(({ path }) => {
    const env = { PATH: process.env.PATH ?? '' };
    const output = execFileSync(process.execPath, ['--test', '--test-reporter=tap'], {
      cwd: path,
      env,
      encoding: 'utf8',
    });
    expect(execFileSync('git', ['status', '--porcelain'], { cwd: path, encoding: 'utf8' })).toBe('');
    return Number(/^# pass (\d+)$/m.exec(output)?.[1]);
  });
  expect(counts[0]).toBeGreaterThanOrEqual(25);
  expect(counts[1]).toBeGreaterThanOrEqual(5);
});

it('gives the same commits every time', async () => {
  const first = await createDemoRepositories(join(dir, 'a'), process.env['PATH'] ?? '');
  const second = await createDemoRepositories(join(dir, 'b'), process.env['PATH'] ?? '');
  expect(second.map((repo) => repo.commit)).toEqual(first.map((repo) => repo.commit));
});
