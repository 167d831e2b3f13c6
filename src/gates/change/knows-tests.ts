/** Finds added lines of the product that ask whether a runner of tests is at work: what tests see is then not what is delivered. Pure. */
import type { FindingDraft } from '../findings.ts';
import { isForTests } from '../reach/source-files.ts';
import type { ChangedLine, ChangedLines } from './changed-lines.ts';
import { isComment } from './comment-lines.ts';
import { liesAmongTests } from './product-among-tests.ts';

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

/** One finding for each new line; what the change only moved was there before. `product`: of the files among the tests those that are product. */
export function findTestAwareness(
  lines: ChangedLines,
  product: ProductAmongTests = new Map(),
): FindingDraft[] {
  return askingLines(lines)
    .filter(({ repo, path }) => !isForTests(path) || product.get(repo)?.has(path) === true)
    .slice(0, MAX_CITED)
    .map(describe);
}

/** By repository. */
export type ProductAmongTests = ReadonlyMap<string, ReadonlySet<string>>;

/** The files among the tests of which it has to be known whether they are product. */
export function askingAmongTests(lines: ChangedLines): ProductAmongTests {
  const among = askingLines(lines).filter(({ path }) => liesAmongTests(path));
  return new Map(
    [...Map.groupBy(among, ({ repo }) => repo)].map(([repo, own]) => [
      repo,
      new Set(own.map(({ path }) => path)),
    ]),
  );
}

function askingLines({ added, removed }: ChangedLines): ChangedLine[] {
  const moved = new Set(removed.map(({ text }) => text.trim()));
  return added
    .filter(({ path, text }) => !SETTINGS.test(path) && !isComment(path, text))
    .filter(({ text }) => !moved.has(text.trim()))
    .filter(asks);
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
