/** What came out, as people read it: one line for each case of each agent, and the names that each looked up. */
import { existsSync, readFileSync } from 'node:fs';

export interface AgentReport {
  name: string;
  version: string;
  cases: CaseReport[];
  /** Names of hosts, in the order first asked for. */
  lookedUp: string[];
}

export interface CaseReport {
  title: string;
  status: 'passed' | 'failed' | 'skipped';
  seconds: number;
}

interface VitestResults {
  testResults: { assertionResults: { title: string; status: string; duration?: number }[] }[];
}

/** From vitest's JSON; empty where it wrote none. */
export function readCases(file: string): CaseReport[] {
  if (!existsSync(file)) return [];
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as VitestResults; // vitest's own form
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ title, status, duration = 0 }) => ({
      title,
      status: status === 'passed' || status === 'failed' ? status : 'skipped',
      seconds: duration / 1_000,
    })),
  );
}

/** As a table that Markdown takes. What no model can make a program do is counted by its reason. */
export function printTable(reports: readonly AgentReport[]): void {
  const lines = [
    '',
    '| agent | version | case | result |',
    '|---|---|---|---|',
    ...reports.flatMap(({ name, version, cases }) => [
      ...cases
        .filter(({ status }) => status !== 'skipped')
        .map(
          ({ title, status, seconds }) =>
            `| ${name} | ${version} | ${title} | ${status}, ${seconds.toFixed(0)} s |`,
        ),
      ...skippedLines(name, version, cases),
    ]),
    '',
    ...reports.map(({ name, lookedUp }) => {
      return `${name} looked up: ${lookedUp.length === 0 ? 'nothing' : lookedUp.join(', ')}`;
    }),
    `Run on ${new Date().toISOString().slice(0, 10)}.`,
    '',
  ];
  process.stdout.write(lines.join('\n'));
}

/** One line for each reason, which stands in brackets behind the case. */
function skippedLines(name: string, version: string, cases: readonly CaseReport[]): string[] {
  const reasons = cases
    .filter(({ status }) => status === 'skipped')
    .map(({ title }) => /\(([^()]+)\)$/.exec(title)?.[1] ?? 'no reason is given');
  return [...new Set(reasons)].map((reason) => {
    const count = reasons.filter((each) => each === reason).length;
    return `| ${name} | ${version} | ${count === 1 ? '1 case' : `${count} cases`}: ${reason} | not played |`;
  });
}
