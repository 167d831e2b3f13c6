/**
 * `node scripts/coverage-table.ts faults|requirements [--json]`: which numbered lines of docs/ have a test.
 * A test counts when its title starts with the number (`R21: …` or `R21, R24: …`) and it is not skipped.
 * `… --mutate [R21 R24 …]`: takes away what stands behind each line, and says whether its tests notice.
 */
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isAllNoticed, outcomeLine, runMutations, summaryLines } from './mutate.ts';
import { MUTATIONS } from './mutations.ts';
import { findTitles } from './test-titles.ts';

const KINDS = {
  faults: { file: 'docs/faults.md', last: (n: number, m: number) => `${n} of ${m} faults tested` },
  requirements: {
    file: 'docs/requirements.md',
    last: (n: number, m: number) => `${n} of ${m} requirements proven`,
  },
} as const;
const TESTS = ['src/**/*.test.ts', 'src/**/*.contract.ts', 'test/**/*.test.ts'];
const CONDITION =
  'By titles. Tests that need something of the machine (bubblewrap, root, python3, jq) or BATON_TEST_FULL=1 are counted\n' +
  'whether or not they ran here; the test run names those that it skipped, and titles say how many rounds were run.';
const NUMBER = String.raw`(?:R\d+|[A-Z]+-\d+)`;
const TITLE = new RegExp(`^(${NUMBER}(?:, ${NUMBER})*):`);
const ONLY_NUMBER = new RegExp(`^${NUMBER}$`);
const ROW = new RegExp(String.raw`^\| (${NUMBER}) \| (.+) \|$`);

/** One numbered line, with the tests that name it. */
export interface CoverageRow {
  number: string;
  text: string;
  tests: { file: string; title: string }[];
}

/** Reads the numbered lines and looks for their tests below `root`. */
export function readCoverage(root: string, file: string): CoverageRow[] {
  const rows = readRows(readFileSync(join(root, file), 'utf8'));
  for (const path of globSync(TESTS.map((pattern) => join(root, pattern))).toSorted()) {
    for (const title of findTitles(readFileSync(path, 'utf8'))) {
      for (const number of numbersOf(title))
        rows.get(number)?.tests.push({ file: relative(root, path), title });
    }
  }
  return [...rows.values()];
}

function readRows(text: string): Map<string, CoverageRow> {
  const rows = new Map<string, CoverageRow>();
  for (const line of text.split('\n')) {
    const [, number, words] = ROW.exec(line) ?? [];
    if (number === undefined || words === undefined) continue;
    if (rows.has(number)) throw new Error(`${number} stands twice in the table`);
    rows.set(number, { number, text: words, tests: [] });
  }
  return rows;
}

/** The numbers that a title starts with. */
export function numbersOf(title: string): string[] {
  return TITLE.exec(title)?.[1]?.split(', ') ?? [];
}

/** The table as lines; the last one is the sum. */
export function coverageLines(rows: CoverageRow[], last: (n: number, m: number) => string): string[] {
  const lines = rows.map(({ number, tests }) => {
    const files = [...new Set(tests.map((test) => test.file))].join(', ');
    return `${number.padEnd(9)} ${tests.length === 0 ? 'missing' : `${tests.length} in ${files}`}`;
  });
  return [...lines, last(rows.filter((row) => row.tests.length > 0).length, rows.length)];
}

const ROOT = join(import.meta.dirname, '..');

async function main(argv: string[]): Promise<number> {
  const kind = argv.find((word): word is keyof typeof KINDS => word in KINDS);
  if (kind === undefined) {
    process.stderr.write(
      'usage: node scripts/coverage-table.ts faults|requirements [--json | --mutate [NUMBER …]]\n',
    );
    return 2;
  }
  const { file, last } = KINDS[kind];
  const rows = readCoverage(ROOT, file);
  if (argv.includes('--mutate')) return mutate(rows, argv);
  const covered = rows.filter((row) => row.tests.length > 0).length;
  const text = argv.includes('--json')
    ? JSON.stringify({ kind, covered, total: rows.length, rows }, null, 2)
    : [CONDITION, '', ...coverageLines(rows, last)].join('\n');
  process.stdout.write(`${text}\n`);
  return 0;
}

/** 0: each line has mechanisms, and all that were taken away were noticed. 1: one was not, its text is not there any more, or a line has none. */
async function mutate(rows: readonly CoverageRow[], argv: readonly string[]): Promise<number> {
  const known = rows.map((row) => row.number);
  const named = argv.filter((word) => ONLY_NUMBER.test(word));
  const unknown = named.find((number) => !known.includes(number));
  if (unknown !== undefined) {
    process.stderr.write(`no line has the number ${unknown}\n`);
    return 2;
  }
  const lines = named.length === 0 ? known : named;
  const tell = (line: string): void => void process.stdout.write(`${line}\n`);
  const chosen = MUTATIONS.filter(({ line }) => lines.includes(line));
  const noticed = await runMutations(ROOT, chosen, (each) => tell(outcomeLine(each)));
  for (const line of summaryLines(lines, noticed)) tell(line);
  return isAllNoticed(lines, noticed) ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
