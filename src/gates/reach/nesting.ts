/** Whether a text may be nested deeper than the parser, and what walks its trees, can bear. Pure. */

/** Counted high: the parser ends the whole process where its own stack is over, at some thousands. */
const MOST = 1_000;
/** Shorter ones cannot be that deep. */
const SHORTEST = 500;
const BANNER = /^[ \t]*\/\/[-=*#/ \t]*$/gm;
const TOKENS =
  /\n\s*(?<starts>(?:const|var|return|throw|export)\b|import\s+[\w{*'"])|(?<ends>[;,])|(?<opens>[([{])|(?<closes>[)\]}])|\b(?<nests>if|else|for|while|do|with)\b|(?<goesOn>\b(?:typeof|void|delete|await|yield|new|async|in|of|instanceof|extends|keyof|infer|readonly|unique)\b|[-!%&*+./:<=>?@^`|~])/g;

interface Level {
  /** Operators since the last end of a statement or of an item. */
  chain: number;
  /** Statements that hold the next one may go on behind any end. */
  nests: number;
}

/** Reads no language: text in quotes counts as code does, so that nothing can be hidden there. */
export function mayBeTooDeep(text: string): boolean {
  if (text.length < SHORTEST) return false;
  const levels: Level[] = [{ chain: 0, nests: 0 }];
  let depth = 0;
  for (const { groups = {} } of text.replaceAll(BANNER, '').matchAll(TOKENS)) {
    const level = levels.at(-1);
    if (level === undefined) return true;
    if (groups['opens'] !== undefined) {
      levels.push({ chain: 0, nests: 0 });
      depth += 2;
    } else if (groups['closes'] !== undefined && levels.length > 1) {
      levels.pop();
      depth -= 2 + level.chain + level.nests;
    } else if (groups['nests'] !== undefined) {
      level.nests += 1;
      depth += 1;
    } else if (groups['goesOn'] !== undefined) {
      level.chain += 1;
      depth += 1;
    } else {
      depth -= level.chain;
      level.chain = 0;
    }
    if (depth > MOST) return true;
  }
  return false;
}
