import type { RepoFiles } from '../layout/repo-files.ts';

export interface TestBlock {
  file: string;
  line: number;
  name: string;
  source: string;
}

/** The tests in the test files that speak of this text, each with its whole source. */
export function testBlocksAbout(files: RepoFiles, words: string): TestBlock[] {
  return files
    .list()
    .filter((path) => path.endsWith('.test.js'))
    .map((file) => ({ file, text: files.read(file) ?? '' }))
    .filter(({ text }) => text.includes(words))
    .flatMap(({ file, text }) => blocksOf(file, text));
}

function blocksOf(file: string, text: string): TestBlock[] {
  return [...text.matchAll(/^( *)(?:it|test)(?:\.\w+)?\(\s*(['"`])(.*?)\2[\s\S]*?^\1\}\);$/gm)].map(
    (match) => ({
      file,
      line: text.slice(0, match.index).split('\n').length,
      name: match[3] ?? '',
      source: match[0],
    }),
  );
}
