/** Checks that a merge lost nothing: what each side changed is in the result, and nothing else is. */
import { runGit } from './git.ts';

/** Mode and blob per changed path; `000000` where the path was deleted. */
type Changed = Map<string, { mode: string; blob: string; oldBlob: string }>;

/** Paths (latin1) at which the merged tree is not what the two sides make of the base. Empty: all is there. */
export async function lostPaths(options: {
  store: string;
  base: string;
  sides: readonly [string, string];
  merged: string;
}): Promise<string[]> {
  const { store, base, sides, merged } = options;
  const [first, second, result] = await Promise.all(
    [sides[0], sides[1], merged].map((tree) => changedPaths(store, base, tree)),
  );
  if (first === undefined || second === undefined || result === undefined) return ['.'];
  const lost: string[] = [];
  for (const path of new Set([...first.keys(), ...second.keys(), ...result.keys()])) {
    const one = first.get(path);
    const two = second.get(path);
    const got = result.get(path);
    const same = one === undefined || two === undefined || (one.blob === two.blob && one.mode === two.mode);
    const expected = one ?? two;
    const kept = same
      ? got !== undefined && got.blob === expected?.blob && got.mode === expected.mode
      : got !== undefined && (await linesKept(store, one, two, got));
    if (!kept) lost.push(path);
  }
  return lost;
}

async function changedPaths(store: string, from: string, to: string): Promise<Changed> {
  const changed: Changed = new Map();
  const answer = await runGit({
    gitDir: store,
    args: ['diff-tree', '-r', '-z', '--raw', '--no-renames', from, to],
  });
  const fields = answer.stdout.toString('latin1').split('\0');
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [, mode = '', oldBlob = '', blob = ''] = (fields[at] ?? '').split(' ');
    changed.set(fields[at + 1] ?? '', { mode, blob, oldBlob });
  }
  return changed;
}

/**
 * Both sides changed the file: every line that one of them added is there as often as before, counting what the
 * other took away, and the other way round.
 */
async function linesKept(
  store: string,
  one: { blob: string; oldBlob: string },
  two: { blob: string },
  got: { blob: string },
): Promise<boolean> {
  const blobs = await Promise.all(
    [one.oldBlob, one.blob, two.blob, got.blob].map((blob) => countLines(store, blob)),
  );
  const [base, first, second, result] = blobs;
  if (base === undefined || first === undefined || second === undefined || result === undefined) return false;
  const lines = new Set([...first.keys(), ...second.keys(), ...base.keys(), ...result.keys()]);
  return [...lines].every((line) => {
    const before = base.get(line) ?? 0;
    const byFirst = (first.get(line) ?? 0) - before;
    const bySecond = (second.get(line) ?? 0) - before;
    return isBetween((result.get(line) ?? 0) - before, byFirst, bySecond);
  });
}

/** The sum of both, or less where both made the same change and it counts once. */
function isBetween(change: number, first: number, second: number): boolean {
  const sum = first + second;
  if (first > 0 && second > 0) return change >= Math.max(first, second) && change <= sum;
  if (first < 0 && second < 0) return change <= Math.min(first, second) && change >= sum;
  return change === sum;
}

async function countLines(store: string, blob: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  if (/^0+$/.test(blob)) return counts;
  const answer = await runGit({ gitDir: store, args: ['cat-file', 'blob', blob] });
  for (const line of answer.stdout.toString('latin1').split('\n'))
    counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}
