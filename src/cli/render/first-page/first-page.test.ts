/** The first page of the report: the same lines in Markdown and in the page of one file, before any detail. */
import { describe, expect, it } from 'vitest';
import { simulateRun, type Script } from '../../../testing/events.ts';
import { failing, finding, gateResult, submitted } from '../../../testing/outcomes.ts';
import { readHistory } from '../history.ts';
import { htmlReport } from '../html/html-report.ts';
import type { ReviewedDiff } from '../parts/reviewed-diff.ts';
import { reportDocument, type ReportDocument } from '../report-document.ts';
import { reportMarkdown } from '../report-markdown.ts';

const FEATURE = 'implement/feature';
const SHOWN = { status: 'done', reason: 'submitted' };

function reportOf(script: Script): ReportDocument {
  return reportDocument(readHistory(simulateRun(script)), SHOWN, new Map());
}

/** Of both formats what stands before the details, with single spaces. */
function firstPages(script: Script, diff: ReviewedDiff | null = null): string[] {
  const report = reportOf(script);
  const [markdown = ''] = reportMarkdown(report, null, diff).split('\n---\n');
  const [html = ''] = htmlReport(report, null, diff).split('<h2>Details</h2>');
  return [markdown, html].map((page) => page.replaceAll(/\s+/g, ' '));
}

const DIFF: ReviewedDiff = {
  reviewer: 'code-review',
  isCut: false,
  files: [
    {
      repo: 'orders',
      file: 'src/a.ts',
      lines: ['--- a/src/a.ts', '+++ b/src/a.ts', '@@ -1,2 +1,3 @@', ' kept', '-gone', '+one', '+two'],
    },
    { repo: 'orders', file: 'logo.png', lines: ['Binary files differ'] },
    { repo: 'client', file: 'b.ts', lines: ['+++ b/b.ts', '@@ -0,0 +1 @@', '+++counter;'] },
  ],
};

describe('the first page', () => {
  it('comes first in Markdown, in this order, and holds what the overview of the run does not', () => {
    const text = reportMarkdown(reportOf({}), null, DIFF);
    expect(text.match(/^#+ .*$|^---$/gm)?.slice(0, 11)).toEqual([
      '# Add invoices to the orders service.',
      '## What the change does',
      '## What came out',
      '## What people decided',
      '## What checked it, and what it took',
      '## What is not sure',
      '---',
      '## Graph',
      '## Steps over time',
      '## Details',
      '## Request',
    ]);
    expect(text.slice(0, text.indexOf('\n---\n'))).not.toContain('- workflow ');
  });

  it('has the whole first line of a request that is too long for a title', () => {
    const request = `Add ${'very '.repeat(40)}many invoices.\nAnd more.`;
    for (const page of firstPages({ request })) {
      expect(page).toMatch(/Add (?:very )+very…/);
      expect(page).toContain('very many invoices.');
    }
  });

  it('tells files and lines of each repository as the last reviewer of the whole saw them', () => {
    for (const page of firstPages({}, DIFF)) {
      expect(page).toContain('orders: 2 files, +2 −1 lines');
      expect(page).toContain('client: 1 file, +1 −0 lines');
      expect(page).not.toContain('at least');
    }
    for (const page of firstPages({}, { ...DIFF, isCut: true }))
      expect(page).toContain('+2 −1 lines, at least: its reviewer was not shown all of it');
  });

  it('without such a diff counts the files of accepted steps, and claims no lines', () => {
    for (const page of firstPages({})) {
      expect(page).toContain('orders: 2 files in accepted steps; lines of the whole are not measured');
    }
    const open: Script = { until: ({ type }) => type === 'invocation_started' };
    for (const page of firstPages(open)) expect(page).toContain('Nothing that changes files was accepted.');
  });

  it('has one line of each agent that changed files, the first and the last of its rounds, none of the others', () => {
    const pages = firstPages({
      work: (c) =>
        c.step === FEATURE
          ? submitted(c, 'changes', `t-${c.round}`, {
              summary: c.round === 1 ? 'Adds a table.\nAnd more.' : 'Checks the amount.',
            })
          : submitted(c, 'requirements', null, { summary: 'Asked around.' }),
      review: (c) => (c.step === FEATURE && c.round === 1 ? failing(finding()) : null),
    });
    for (const page of pages) {
      expect(page).toMatch(/: Adds a table\. Then: Checks the amount\./);
      expect(page).not.toContain('And more.');
      expect(page).not.toContain('Asked around.');
    }
  });

  it('tells what an agent asked and what was answered, and nothing of who waited', () => {
    const pages = firstPages({
      work: (c) =>
        c.step === FEATURE && c.round === 1
          ? submitted(c, 'changes', null, {
              status: 'needs_clarification',
              open_questions: ['which currency?'],
            })
          : null,
      answer: ({ kind }) =>
        kind === 'confirm_start'
          ? { option: 'confirm', text: '' }
          : { option: 'rework', text: 'euros\nand cents' },
      until: ({ type, ...event }) =>
        type === 'question_answered' && 'option' in event && event.option === 'rework',
    });
    for (const page of pages) {
      expect(page).toMatch(/ada \(cli\): rework \(“euros”\), asked: .*the agent asks: which currency\?/);
      expect(page).not.toContain('Until then');
      expect(page).not.toContain('Before it goes on');
    }
  });

  it('keeps long texts to a line and long lists to a few, and says how many there are', () => {
    const report = reportOf({});
    const long = `not so ${'x'.repeat(500)}`;
    const mismatches = Array.from({ length: 30 }, () => ({ step: FEATURE, claim: long, measured: 'none' }));
    const [page = ''] = reportMarkdown({ ...report, mismatches }, null).split('\n---\n');
    expect(page.match(/claimed “not so/g)?.length).toBeLessThanOrEqual(8);
    expect(page).toMatch(/- and \d\d more, in the details/);
    expect(page.split('\n').every((line) => line.length <= 210)).toBe(true);
  });

  it('has one line each for gates and reviews, and names the gate that did not pass', () => {
    const review: Script['review'] = (c) => (c.step === FEATURE && c.round === 1 ? failing(finding()) : null);
    for (const page of firstPages({ review })) {
      expect(page).toMatch(/Gates \(tests\), as each step saw them last: \d+ pass[^;]/);
      expect(page).toContain('Reviews: 4 pass, 1 fail; 1 rework round, 75 % of the steps right at once');
    }
    const standard = gateResult({ gate: 'standard.criteria', status: 'pass' });
    for (const page of firstPages({ gates: () => [gateResult({ status: 'pass' }), standard] }))
      expect(page).toContain('Gates (standards of phases, tests), as each step saw them last:');
    const red = gateResult({ status: 'unverified', summary: 'no tests' });
    for (const page of firstPages({ gates: () => [red] }))
      expect(page).toMatch(/not passed: tests of .* in orders \(unverified\)/);
  });

  it('says of several statements in one line that nobody signed them', () => {
    const statements = ['orders', 'client'].map((repo) => ({ repo, number: 1, key: null }));
    const [page = ''] = reportMarkdown({ ...reportOf({}), statements }, null).split('\n---\n');
    expect(page).toContain('- the statements about client #1, orders #1 are not signed\n');
    expect(page).not.toContain('the statement about');
  });

  it('warns above all else, in Markdown too', () => {
    const report = { ...reportOf({}), sandbox: 'off', damage: ['a result is gone'] };
    const [head = ''] = reportMarkdown(report, null).split('## What the change does');
    expect(head).toContain('> **a result is gone**');
    expect(head).toContain('> **Agents and gates ran without a wall.**');
  });
});
