import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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
  });

  it('stops, as after a TERM, where what started it on an old Node is killed', async () => {
    const options = { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] };
    const child = spawn(process.execPath, [...OLD, join(ROOT, 'bin/baton.js'), 'demo', '--json'], options);
    let out = '';
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGKILL');
    // The process behind it holds the same pipe until it ends.
    await new Promise((resolve) => child.stdout.once('close', resolve));
    expect(JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      type: 'result',
      status: 'interrupted',
    });
  });

  it('goes on where a reader goes away, and where another program closes its channel', async () => {
    const started = (before: string[], stdio: 'pipe' | 'ipc') =>
      spawn(process.execPath, [...before, join(ROOT, 'bin/baton.js'), 'workflows', 'list'], {
        cwd: dir,
        stdio: ['ignore', 'pipe', 'pipe', stdio],
      });
    const unread = started(OLD, 'pipe');
    unread.stdout?.destroy();
    const let_go = started([], 'ipc');
    let_go.disconnect();
    const codes = [unread, let_go].map((child) => new Promise((resolve) => child.once('exit', resolve)));
    expect(await Promise.all(codes)).toEqual([0, 0]);
  });

  describe('keeps what it compiled', () => {
    /** A copy of the package in a place of its own; its dependencies are found above it. */
    beforeEach(() => {
      for (const part of ['bin', 'src', 'package.json'])
        cpSync(join(ROOT, part), join(dir, 'package', part), { recursive: true });
      symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
      mkdirSync(join(dir, 'tmp'));
      mkdirSync(join(dir, 'package/node_modules'));
    });

    const beside = (): string => join(dir, 'package/node_modules/.cache');
    const apart = (): string => join(dir, `tmp/baton-compiled-${process.getuid?.() ?? 0}`);

    function filesIn(folder: string): string[] {
      const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
    }

    function expectHelp(): void {
      const args = [join(dir, 'package/bin/baton.js'), 'status', '--help'];
      const env = { PATH: process.env['PATH'], HOME: dir, TMPDIR: join(dir, 'tmp') };
      const { stdout, stderr, status } = spawnSync(process.execPath, args, {
        cwd: dir,
        encoding: 'utf8',
        env,
      });
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
      expect(stdout).toContain('Where a run stands');
    }

    it('beside the code, and starts all the same where that is broken', () => {
      expectHelp();
      const files = filesIn(beside());
      expect(files.length).toBeGreaterThan(10);
      expect(readdirSync(join(dir, 'tmp'))).toEqual([]);
      for (const [i, file] of files.entries()) writeFileSync(file, i % 2 === 0 ? '' : 'x'.repeat(5_000));
      expectHelp();
    });

    it('in a folder of the user alone where nothing can be written beside the code', () => {
      writeFileSync(beside(), 'no folder');
      expectHelp();
      expect(statSync(apart()).mode & 0o777).toBe(0o700);
      expect(filesIn(apart()).length).toBeGreaterThan(10);
    });

    it('nowhere where others could put something into that folder', () => {
      writeFileSync(beside(), 'no folder');
      mkdirSync(apart());
      chmodSync(apart(), 0o777);
      expectHelp();
      expect(readdirSync(apart())).toEqual([]);
    });
  });
});
