/** How deep a result may be nested: what reads one follows it level by level, and an agent may write as many as it likes. */

/** Levels of lists and objects. No result that is asked for has ten. */
export const MAX_RESULT_DEPTH = 100;

/** What is wrong with a result that is nested deeper, as a sentence for its agent; null: it is not. */
export function depthProblem(result: unknown): string | null {
  return isDeeper(result, MAX_RESULT_DEPTH)
    ? `The result is nested more than ${MAX_RESULT_DEPTH} levels deep, and a result may have no more: say it with fewer.`
    : null;
}

/** Without calling itself: the stack is what is to be kept. */
function isDeeper(value: unknown, levels: number): boolean {
  const open: { value: unknown; level: number }[] = [{ value, level: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.level > levels) return true;
    for (const item of Object.values(next.value))
      if (typeof item === 'object') open.push({ value: item, level: next.level + 1 });
  }
  return false;
}
