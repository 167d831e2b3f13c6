/** Who last wrote a line, by the history of the engine's own commits. */
import { runGit } from './git.ts';

/**
 * Index of the earliest of `commits` (oldest first) that holds the last change of the line, or of the file where the
 * line is unknown; -1 where nobody of the run touched it.
 */
export async function lastWriterOf(options: {
  store: string;
  /** Where the run began: what is older is nobody's of the run. */
  base: string;
  commits: readonly string[];
  file: string;
  line: number | null;
}): Promise<number> {
  const { store, base, commits, file, line } = options;
  const newest = commits.at(-1);
  if (newest === undefined) return -1;
  const range = `${base}..${newest}`;
  const writer =
    line === null ? await lastChange(store, range, file) : await blameLine({ store, range, file, line });
  return writer === null ? -1 : firstHolding(store, commits, writer);
}

/** null: the base wrote it. A line that is not there is answered for the file. */
async function blameLine(options: {
  store: string;
  range: string;
  file: string;
  line: number;
}): Promise<string | null> {
  const { store, range, file, line } = options;
  const args = ['blame', '--porcelain', '--no-textconv', `-L${line},${line}`, range, '--', file];
  const answer = await runGit({ gitDir: store, args, answers: [128] });
  if (answer.code !== 0) return lastChange(store, range, file);
  const text = answer.stdout.toString('utf8');
  const isBoundary = /^boundary$/m.test(text.slice(0, text.indexOf('\n\t')));
  return isBoundary ? null : (text.split(' ')[0] ?? null);
}

async function lastChange(store: string, range: string, file: string): Promise<string | null> {
  const answer = await runGit({ gitDir: store, args: ['rev-list', '--max-count=1', range, '--', file] });
  const commit = answer.stdout.toString('utf8').trim();
  return commit === '' ? null : commit;
}

async function firstHolding(store: string, commits: readonly string[], writer: string): Promise<number> {
  for (const [index, commit] of commits.entries()) {
    const args = ['merge-base', '--is-ancestor', writer, commit];
    if ((await runGit({ gitDir: store, args, answers: [1] })).code === 0) return index;
  }
  return -1;
}
