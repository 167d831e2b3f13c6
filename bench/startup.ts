/** How long people wait for a short command of the packed form: wall time of whole processes, the best and the middle of several. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

const TIMES = 15;
/** Wall time in milliseconds; what an installed command may take. */
const COMMANDS = [
  { argv: ['--version'], limitMs: 100 },
  { argv: ['status'], limitMs: 200 },
] as const;

/** Packs, unpacks, makes one run that waits for its confirmation, and measures. Prints each figure beside its limit. */
export function measureStartup(root: string): void {
  const dir = mkdtempSync(join(tmpdir(), 'baton-startup-'));
  try {
    const bin = unpack(root, dir);
    const repository = makeRepository(dir);
    const run = spawnSync(
      process.execPath,
      [bin, 'run', 'Add tags to notes', '--driver', 'command', '--agent-command', 'true'],
      { cwd: repository, encoding: 'utf8' },
    );
    const waits = 4;
    if (run.status !== waits) throw new Error(`The run did not wait for its confirmation: ${run.stderr}`);
    const [bare = 0] = measure(['-e', '0'], repository);
    process.stdout.write(
      `Node itself: best ${bare.toFixed(0)} ms; load of this machine ${(loadavg()[0] ?? 0).toFixed(1)} on ${availableParallelism()} processors\n`,
    );
    for (const { argv, limitMs } of COMMANDS) {
      const times = measure([bin, ...argv], repository);
      const [best = 0] = times;
      const middle = times[Math.floor(times.length / 2)] ?? 0;
      const verdict = middle <= limitMs ? 'met' : 'missed';
      process.stdout.write(
        `baton ${argv.join(' ')}: best ${best.toFixed(0)} ms, middle of ${TIMES} ${middle.toFixed(0)} ms ≤ ${limitMs} ms ${verdict}\n`,
      );
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The package as npm would publish it, with this checkout's dependencies beside it. */
function unpack(root: string, dir: string): string {
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', dir], {
    cwd: root,
    encoding: 'utf8',
  });
  const archive = packed.trim().split('\n').at(-1) ?? '';
  execFileSync('tar', ['-xzf', join(dir, archive), '-C', dir]);
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  const bin = join(dir, 'package', 'bin', 'baton.js');
  if (!existsSync(bin)) throw new Error(`${bin} is not in the package.`);
  return bin;
}

function makeRepository(dir: string): string {
  const path = join(dir, 'notes');
  const git = (...argv: string[]): Buffer =>
    execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org', ...argv]);
  git('init', '--quiet', path);
  writeFileSync(join(path, 'notes.txt'), 'notes\n');
  git('-C', path, 'add', '--all');
  git('-C', path, 'commit', '--quiet', '--message', 'Begin');
  return path;
}

/** Sorted; the first start of each command fills the compile cache and is not counted. */
function measure(argv: readonly string[], cwd: string): number[] {
  const once = (): number => {
    const before = performance.now();
    const { status, stderr } = spawnSync(process.execPath, argv, { cwd, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}: ${stderr}`);
    return performance.now() - before;
  };
  once();
  return Array.from({ length: TIMES }, once).sort((a, b) => a - b);
}
