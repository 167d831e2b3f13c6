import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
/** Makes this Node say that it is an old one; processes that it starts say the truth. */
const OLD = [
  '--import',
  `data:text/javascript,${encodeURIComponent("Object.defineProperty(process.versions, 'node', { value: '20.19.0' })")}`,
];

describe('bin/baton.js', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'baton-bin-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('answers --version with the version of the package', () => {
    const done = spawnSync(process.execPath, [join(ROOT, 'bin/baton.js'), '--version'], { encoding: 'utf8' });
    expect(done.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('says what to do on an old Node where nothing newer is at hand', () => {
    cpSync(join(ROOT, 'bin'), join(dir, 'bin'), { recursive: true });
    writeFileSync(join(dir, 'package.json'), '{"type":"module","version":"0.0.0"}');
    const done = spawnSync(process.execPath, [...OLD, join(dir, 'bin/baton.js'), 'runs'], {
      encoding: 'utf8',
    });
    expect(done.status).toBe(2);
    expect(done.stderr).toContain('E_NODE_TOO_OLD Node 20.19.0');
    expect(done.stderr).toContain('npm ci');
  });

  it('starts itself again on an old Node with the Node of the checkout, and hands on its exit code', () => {
    const done = spawnSync(process.execPath, [...OLD, join(ROOT, 'bin/baton.js'), 'run'], {
      cwd: dir,
      encoding: 'utf8',
    });
    expect(done.stderr).toContain('E_USAGE There is no request');
    expect(done.status).toBe(2);
  });

  it('passes a TERM on, so that nothing stays behind', async () => {
    const options = { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] };
    const child = spawn(process.execPath, [...OLD, join(ROOT, 'bin/baton.js'), 'demo', '--json'], options);
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGTERM');
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect(code).toBe(130);
  }, 60_000);
});
