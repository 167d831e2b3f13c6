/** The program that schedules start, built into few files as a published program may be: loading hundreds is most of a short start. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
/** As deep as `src/engine`: sources find what lies beside them by the same way up. */
const BUILT = join(ROOT, '.cache/schedules');

/**
 * Builds `world.ts` with the engine as they are now. Returns its path. A process of its own does it: the memory that it takes
 * would make every start of a process from this one dearer.
 */
export async function buildWorldProgram(): Promise<string> {
  await promisify(execFile)(process.execPath, [import.meta.filename]);
  return join(BUILT, 'world.js');
}

async function build(): Promise<void> {
  const { rolldown } = await import('rolldown');
  await using bundle = await rolldown({
    input: join(ROOT, 'test/engine/world.ts'),
    platform: 'node',
    // They load machine code that lies beside them.
    external: /^oxc-/,
  });
  const { output } = await bundle.generate({ format: 'esm' });
  mkdirSync(BUILT, { recursive: true });
  for (const file of output) {
    const built = file.type === 'chunk' ? file.code : file.source;
    replaceFile(join(BUILT, file.fileName), Buffer.from(built));
  }
}

/** Whoever runs the same program now reads the old file or the new one. */
function replaceFile(path: string, bytes: Buffer): void {
  if (existsSync(path) && readFileSync(path).equals(bytes)) return;
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, bytes);
  renameSync(draft, path);
}

if (import.meta.main) await build();
