import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../core/events.ts';
import { asJournal, simulateEvents, simulateRun, type Script } from '../../testing/events.ts';
import { failing, finding, submitted } from '../../testing/outcomes.ts';
import { implementationReport } from './formats/implementation-report.ts';
import { readHistory } from './history.ts';
import { htmlReport } from './html/html-report.ts';
import { reportDocument, type ReportDocument } from './report-document.ts';
import { plainMarkdown } from './plain-markdown.ts';
import { reportMarkdown } from './report-markdown.ts';

const REWORKED: Script = {
  review: (c) => (c.step === 'implement/feature' && c.round === 1 ? failing(finding()) : null),
  mismatches: (c) =>
    c.step === 'implement/feature' && c.round === 1
      ? [{ claim: 'tests passed', measured: '2 tests failed' }]
      : [],
};

function reportOf(events: JournalEvent[]): ReportDocument {
  return reportDocument(readHistory(events), { status: 'done', reason: 'submitted' }, new Map());
}

function markdownOf(script: Script): string {
  return reportMarkdown(reportOf(simulateRun(script)), '/state/forge');
}

describe('the report, from the journal alone', () => {
  it('AUD-4: is the same when it is made again from the stored lines', () => {
    const events = simulateRun(REWORKED);
    const again = JSON.parse(JSON.stringify(events)) as JournalEvent[];
    expect(reportOf(again)).toEqual(reportOf(events));
  });

  it('names the pull request with the commands that show its change', () => {
    const text = markdownOf(REWORKED);
    expect(text).toContain('git -C /repos/orders fetch /state/forge/orders.git baton/r-test');
    expect(text).toContain('git -C /repos/orders diff c0 FETCH_HEAD');
    expect(text).toContain('Not deployed.');
  });

  it('names those commands in the page of one file too, and none where the forge is another one', () => {
    const report = reportOf(simulateRun(REWORKED));
    const page = htmlReport(report, '/state/forge');
    expect(page).toContain('git -C /repos/orders fetch /state/forge/orders.git baton/r-test');
    expect(htmlReport(report, null)).not.toContain('FETCH_HEAD');
  });

  it('R59: tells each rework round with its owner and its findings, and that it was settled', () => {
    const text = markdownOf(REWORKED);
    expect(text).toContain(
      '- implement/feature, round 2 by implement/feature: src/invoices.ts: The amount is not validated',
    );
    expect(text).toContain('r1 code-review: fail<br>r2 code-review: pass');
  });

  it('OUT-2: tells claims that were measured otherwise', () => {
    expect(markdownOf(REWORKED)).toContain(
      '- implement/feature: claimed “tests passed”, measured “2 tests failed”',
    );
  });

  it('R13: tells what was skipped, with the reason', () => {
    expect(markdownOf({})).toContain('- cli (cli-agent): no command asked');
  });

  it('tells who overrode what, and what they said', () => {
    const report = reportOf(
      simulateRun({
        review: (c) => (c.step === 'implement/feature' ? failing(finding()) : null),
        answer: (q) =>
          q.kind === 'confirm_start' ? { option: 'confirm', text: '' } : { option: 'accept', text: 'known' },
      }),
    );
    expect(report.overrides).toMatchObject([{ step: 'implement/feature', by: 'ada (cli)', text: 'known' }]);
    expect(report.questions.map((q) => q.answer?.option)).toEqual(['confirm', 'accept']);
  });

  it('R46: names the agent of every decision', () => {
    const report = reportOf(
      simulateRun({
        work: (c) =>
          c.step === 'summarize/requirements'
            ? submitted(c, 'requirements', null, { decisions: ['cents, not euros'] })
            : null,
      }),
    );
    expect(report.decisions.filter((d) => d.source === 'agent')).toEqual([
      {
        source: 'agent',
        by: 'summarizer',
        step: 'summarize/requirements',
        decision: 'cents, not euros',
      },
    ]);
    expect(report.decisions).toContainEqual({
      source: 'person',
      by: 'ada (cli)',
      step: '',
      decision: 'confirm start → confirm',
    });
    expect(report.decisions).toContainEqual({
      source: 'rule',
      by: 'the workflow',
      step: 'implement/cli',
      decision: 'skipped: no command asked',
    });
  });

  it('R46: names what each reviewer decided, and why', () => {
    const report = reportOf(simulateRun(REWORKED));
    const decided = report.decisions.filter((d) => d.source === 'reviewer' && d.step === 'implement/feature');
    expect(decided.map(({ by, decision }) => `${by}: ${decision}`)).toEqual([
      'code-review: fail (1 finding, 1 blocking): Not yet',
      'code-review: pass: Good',
    ]);
    const text = implementationReport(report);
    expect(text).toMatch(
      /\*\*Code Review\*\*: .*code-review on implement\/feature: fail \(1 finding, 1 blocking\): Not yet/,
    );
    expect(text).toMatch(/\*\*Business Logic\*\*: not measured/);
  });

  it('tells which agents worked at the same time, and that the rest did not', () => {
    expect(reportOf(simulateRun()).parallel.steps).toEqual([]);
    const events = simulateEvents({ until: (e) => e.type === 'invocation_ended' });
    const at = events.findIndex((e) => e.type === 'invocation_started');
    const started = events[at];
    if (started?.type !== 'invocation_started') throw new Error('nothing started');
    const twin = {
      ...started,
      step: 'implement/feature',
      key: 'implement/feature/r1/work.x/a1',
      author: 'implement/feature',
    };
    const overlapping = [...events.slice(0, at + 1), twin, ...events.slice(at + 1)];
    const end = events.at(-1);
    if (end?.type !== 'invocation_ended') throw new Error('nothing ended');
    const report = reportOf(asJournal([...overlapping, { ...end, step: twin.step, key: twin.key }]));
    expect(report.parallel.steps).toEqual([['implement/feature', 'summarize/requirements']]);
  });

  it('computes what was measured from the journal, and shows unknown cost as unknown', () => {
    const { measured } = reportOf(simulateRun(REWORKED));
    expect(measured).toMatchObject({
      invocations: 5,
      reviews: 5,
      rework_rounds: 1,
      human_answers: 1,
      interruptions: 0,
    });
    expect(measured.first_pass_yield).toBe(0.75);
    expect(markdownOf(REWORKED)).toContain('tokens in unknown, out unknown, cost unknown');
  });

  it('says where the verdict chain breaks', () => {
    const events = simulateEvents().filter((e) => !(e.type === 'review_ended' && e.step === 'submit/texts'));
    const report = reportOf(asJournal(events));
    expect(report.audit.verdict_chain).toMatchObject({
      detail: expect.stringContaining('submit/texts is accepted although'),
    });
  });

  it('makes nothing of an agent into Markdown or HTML of its own', () => {
    const text = markdownOf({
      request: '![x](http://evil/a.png) <script>alert(1)</script> | cell',
      mismatches: () => [{ claim: '[link](javascript:alert(1))', measured: '`code` <img src=x>' }],
    });
    expect(text).not.toMatch(/(?<!\\)<(script|img)/);
    expect(text).not.toMatch(/(?<!\\)\]\(/);
    expect(plainMarkdown('a|b\u001b[2J')).toBe('a\\|b\\\\x1b\\[2J');
  });
});
