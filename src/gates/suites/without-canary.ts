/** What a person or an agent is shown of a suite's output: nobody is to look for tests that the engine put there. */

/** Leaves out each line that holds one of these words, and what stands below it further to the right: the error of that test. */
export function withoutCanary(output: string, words: readonly string[]): string {
  let depth: number | null = null;
  const kept = output.split('\n').filter((line) => {
    if (words.some((word) => line.includes(word))) {
      depth = indentOf(line);
      return false;
    }
    if (depth !== null && line.trim() !== '' && indentOf(line) > depth) return false;
    if (line.trim() !== '') depth = null;
    return true;
  });
  return kept.join('\n');
}

const indentOf = (line: string): number => line.length - line.trimStart().length;
