/** Finds added lines of the product that ask whether a runner of tests is at work: what tests see is then not what is delivered. Pure. */
import type { FindingDraft } from '../findings.ts';
import { isForTests } from '../reach/source-files.ts';
import type { ChangedLine, ChangedLines } from './changed-lines.ts';
import { isComment } from './comment-lines.ts';

const MAX_LINE = 2_000;
const MAX_CITED = 20;

/** What runners set or leave about, by the files in which it could be asked for. `NODE_ENV` is everybody's, and not among them. */
const SIGNS: readonly { files: RegExp; pattern: RegExp }[] = [
  {
    files: /\.(?:[cm]?[jt]sx?|vue|svelte)$/,
    pattern:
      /\b(?:NODE_TEST_CONTEXT|JEST_WORKER_ID|VITEST(?:_WORKER_ID|_POOL_ID|_MODE)?|PYTEST_CURRENT_TEST)\b/,
  },
  {
    files: /\.py$/,
    pattern: /\bPYTEST_(?:CURRENT_TEST|VERSION|XDIST_WORKER)\b|["']pytest["']\s+(?:not\s+)?in\s+sys\.modules/,
  },
  {
    files: /\.go$/,
    pattern: /\btesting\.Testing\(\)|\bflag\.Lookup\(\s?["`]test\.|\bos\.Args\[0\].{0,60}\.test\b/,
  },
  { files: /\.rs$/, pattern: /\bcfg!\(\s?(?:not\(\s?)?test\b|#!?\[cfg\(\s?not\(\s?test\s?\)/ },
];
/** Tools that are set up differently under test say so; they deliver nothing. */
const SETTINGS = /(?:^|\/)[^/]+\.config\.[cm]?[jt]s$|(?:^|\/)\.?(?:babel|eslint)rc[^/]*$/;

/** One finding for each new line; what the change only moved was there before. */
export function findTestAwareness({ added, removed }: ChangedLines): FindingDraft[] {
  const moved = new Set(removed.map(({ text }) => text.trim()));
  return added
    .filter(({ path, text }) => !isForTests(path) && !SETTINGS.test(path) && !isComment(path, text))
    .filter(({ text }) => !moved.has(text.trim()))
    .filter(asks)
    .slice(0, MAX_CITED)
    .map(describe);
}

function asks({ path, text }: ChangedLine): boolean {
  return SIGNS.some(({ files, pattern }) => files.test(path) && pattern.test(text.slice(0, MAX_LINE)));
}

function describe({ repo, path, line, text }: ChangedLine): FindingDraft {
  return {
    severity: 'major',
    blocking: true,
    repo,
    file: path,
    line,
    identity: `knows_tests ${text.trim()}`,
    problem: `The product asks whether tests are running: \`${text.trim().slice(0, 160)}\`. What they see need not be what is delivered.`,
    fix: 'Let it do the same in both cases; what differs under test is handed in from outside (an argument, a setting with a name of its own).',
  };
}
