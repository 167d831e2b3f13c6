/** Whether two dumps of a schema say the same, apart from what tools write anew each time. */

const MAX_SHOWN = 40;
/** Comments, and the key that `pg_dump` draws for each dump. */
const NO_SCHEMA = /^\s*(?:--.*|\\(?:un)?restrict\b.*)?$/;

/** The lines that only one of them has, `-` for the first and `+` for the second; null: they say the same, in the same order. */
export function schemaDifference(before: string, after: string): string | null {
  const [first, second] = [linesOf(before), linesOf(after)];
  if (first.join('\n') === second.join('\n')) return null;
  const gone = missingIn(second, first).map((line) => `- ${line}`);
  const added = missingIn(first, second).map((line) => `+ ${line}`);
  const lines = [...gone, ...added];
  if (lines.length === 0) return 'the same lines in another order';
  const more = lines.length - MAX_SHOWN;
  return [...lines.slice(0, MAX_SHOWN), ...(more > 0 ? [`… and ${more} more`] : [])].join('\n');
}

function linesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => !NO_SCHEMA.test(line));
}

/** Of `lines`, those that `others` lacks, counted. */
function missingIn(others: readonly string[], lines: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    if (count > 0) left.set(line, count - 1);
    return count === 0;
  });
}
