/** Reviews of a whole change for its security and its speed: what the rules write passes, and each thing that must not is named at its place. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findingsOf, rehearse, type Rehearsal } from '../testing/rehearsal.ts';

const BUILT = [
  'backend-task-summarizer',
  'datatypes-agent',
  'feature-implementation-agent',
  'unit-testing-agent',
] as const;
const HANDLERS = 'src/handlers/invoices.js';
const STORE = 'src/stores/invoices.js';

async function built(): Promise<Rehearsal> {
  const rehearsal = await rehearse();
  for (const agent of BUILT) await rehearsal.play(agent);
  return rehearsal;
}

/** One place of a file of the service, written anew. */
function mend(rehearsal: Rehearsal, file: string, from: string | RegExp, to: string): void {
  const path = join(rehearsal.repos[0]?.path ?? '', file);
  const text = readFileSync(path, 'utf8');
  const changed = text.replace(from, () => to);
  expect(changed).not.toBe(text);
  writeFileSync(path, changed);
}

it('passes what the rules wrote, and says of the list that nothing bounds it', async () => {
  using rehearsal = await built();
  expect(await rehearsal.judgeWhole('security-review')).toMatchObject({ verdict: 'pass', findings: [] });
  const fast = await rehearsal.judgeWhole('performance-review');
  expect(fast).toMatchObject({ verdict: 'pass_with_notes' });
  expect(findingsOf(fast)).toMatchObject(
    [{ blocking: false, file: STORE, problem: /GET \/invoices/ }].map((finding) => ({
      ...finding,
      problem: expect.stringMatching(finding.problem),
    })),
  );
});

it.each<[what: string, file: string, from: string | RegExp, to: string, problem: RegExp]>([
  [
    'a field that nothing checks',
    HANDLERS,
    /due_date: date\(body, 'due_date'\)/,
    'due_date: body.due_date',
    /`POST \/invoices` uses `due_date` as a caller sent it/,
  ],
  [
    'fields that nobody asked for',
    HANDLERS,
    /due_date: date\(body, 'due_date'\),/,
    "due_date: date(body, 'due_date'),\n    ...body,",
    /takes over all fields/,
  ],
  ['values within SQL', STORE, "WHERE number = ?'", "WHERE number = ' + number", /injection/],
  [
    'a call to elsewhere',
    STORE,
    /^(?=export function findInvoice)/m,
    "fetch('http://localhost:9/seen');\n",
    /`fetch\(` reaches further/,
  ],
])('a review of security names %s', async (_, file, from, to, problem) => {
  using rehearsal = await built();
  mend(rehearsal, file, from, to);
  const review = await rehearsal.judgeWhole('security-review');
  expect(review['verdict']).toBe('fail');
  expect(findingsOf(review)).toMatchObject([
    { blocking: true, file, problem: expect.stringMatching(problem) },
  ]);
});

it.each<[what: string, file: string, from: string | RegExp, to: string, problem: RegExp]>([
  [
    'a query for each element',
    STORE,
    /return database\.prepare\('(SELECT [^']*) ORDER BY number'\)\.all\(\);/,
    "return database.prepare('SELECT number FROM invoices ORDER BY number').all().map((row) => findInvoice(database, row.number));",
    /The store asks the database once for each element/,
  ],
  [
    'rows that a migration changes',
    'migrations/003-invoices.sql',
    /$/,
    'UPDATE orders SET quantity = 1;\n',
    /`UPDATE` works on rows that are there already/,
  ],
])('a review of speed names %s', async (_, file, from, to, problem) => {
  using rehearsal = await built();
  mend(rehearsal, file, from, to);
  const review = await rehearsal.judgeWhole('performance-review');
  expect(review['verdict']).toBe('fail');
  expect(findingsOf(review).filter(({ blocking }) => blocking)).toMatchObject([
    { file, problem: expect.stringMatching(problem) },
  ]);
});

it('is a verdict or an error: a reviewer whom no rule plays hands in nothing', async () => {
  using rehearsal = await built();
  await expect(rehearsal.judgeWhole('backend-security-reviewer')).rejects.toThrow(
    'The rules do not review as backend-security-reviewer',
  );
});
