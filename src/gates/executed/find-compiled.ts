/** Finds functions of a source again in what a compiler made of it, so that counts of one are counts of the other. Pure but for the parser. */
import type { Parse } from '../reach/read-module.ts';
import { allFunctions, type ChangedFunction } from './new-functions.ts';
import type { Executed, Range, Watched } from './read-processes.ts';

export interface AsWritten {
  /** With ranges of compiled files as the sources have them. */
  processes: Executed[];
  /** Whether the function ran, if it did, in a text in which it cannot be found: in several texts, or in one that cannot be read. */
  isLost: (wanted: ChangedFunction) => boolean;
}

/** What was counted in compiled texts, as counts of the sources. */
export function asWritten(
  { processes, compiled }: Pick<Watched, 'processes' | 'compiled'>,
  sources: readonly { path: string; text: string }[],
  parse: Parse,
): AsWritten {
  const moves = new Map(
    sources.flatMap(({ path, text }): [string, Pair[]][] => {
      const texts = compiled.get(path) ?? [];
      const [made = text] = texts;
      if (made === text) return [];
      const theirs = texts.length > 1 ? null : allFunctions('made.js', made, parse);
      return [[path, pair(allFunctions(path, text, parse) ?? [], theirs ?? [])]];
    }),
  );
  const moved = processes.map(
    (process) =>
      new Map(
        [...process].map(([path, ranges]) => {
          const pairs = moves.get(path);
          return [path, pairs === undefined ? ranges : ranges.flatMap((range) => movedBack(range, pairs))];
        }),
      ),
  );
  const isLost = ({ path, start, end }: ChangedFunction): boolean =>
    moves.get(path)?.every(({ written }) => written.start !== start || written.end !== end) === true;
  return { processes: moved, isLost };
}

interface Pair {
  written: ChangedFunction;
  made: ChangedFunction;
}

/**
 * Compilers keep names and the order of functions, and put functions of their own in front. Of a name that is not there as often
 * on both sides nobody can tell which is which; those without a name are counted from the end.
 */
function pair(written: readonly ChangedFunction[], made: readonly ChangedFunction[]): Pair[] {
  return [...Map.groupBy(written, ({ name }) => name)].flatMap(([name, ours]) => {
    const theirs = made.filter((each) => each.name === name);
    const isNameless = name === 'a function';
    if (isNameless ? theirs.length < ours.length : theirs.length !== ours.length) return [];
    const last = theirs.slice(theirs.length - ours.length);
    return ours.flatMap((one, at) => {
      const other = last[at];
      return other === undefined ? [] : [{ written: one, made: other }];
    });
  });
}

function movedBack(range: Range, pairs: readonly Pair[]): Range[] {
  const own = pairs.filter(({ made }) => made.end === range.end && range.start <= made.start);
  const [found] = own.toSorted((a, b) => a.made.start - b.made.start);
  return found === undefined
    ? []
    : [{ start: found.written.start, end: found.written.end, count: range.count }];
}
