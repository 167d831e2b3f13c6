import { describe, expect, it } from 'vitest';
import type { Condition, Graph } from '../../core/graph.ts';
import { reasonsPassedOver } from '../../core/graph/phase-ends.ts';
import { sizeWords } from '../../core/questions/questions.ts';
import {
  buildGraph,
  deploy,
  parallel,
  reader,
  submit,
  writer,
  type GraphOptions,
} from '../../testing/build-graph.ts';
import { asJournal } from '../../testing/events.ts';
import { findingOf, play, type WorldScript } from '../../testing/scripted-world.ts';
import { eventLine } from './event-line.ts';
import { announcements } from './formats/announcements.ts';
import { runOutcome } from './formats/outcome.ts';
import { liveFrame } from './frame.ts';
import { readHistory, type RunHistory } from './history.ts';
import { htmlReport } from './html/html-report.ts';
import { progressOf } from './numbers.ts';
import { createPlainProgress } from './progress.ts';
import { reportDocument } from './report-document.ts';
import { reportMarkdown } from './report-markdown.ts';
import { statusDocument } from './status-document.ts';
import { PLAIN_STYLE } from './style.ts';

const LARGE: Condition = { kind: 'effort', tiers: ['medium', 'large'] };
const TINY: Condition = { kind: 'effort', tiers: ['trivial'] };
const REASON = 'only for effort medium, large';

/** Of effort trivial: two phases do something, three do nothing. */
function graphOf(over: GraphOptions = {}): Graph {
  return buildGraph(
    {
      study: [reader('research', { when: { kind: 'all', of: [LARGE, LARGE] } })],
      build: [writer('a'), writer('b', { when: LARGE })],
      extras: [parallel('both', [[writer('c', { when: LARGE })], [writer('d', { when: LARGE })]])],
      hand_over: [submit()],
      roll_out: [deploy('moon')],
    },
    over,
  );
}

function historyOf(script: WorldScript = {}, graph = graphOf()): RunHistory {
  return readHistory(asJournal(play(graph, script).events));
}

const SHOWN = { status: 'done', reason: 'submitted' } as const;
const reportOf = (history: RunHistory) => reportDocument(history, SHOWN, new Map());

function follow(history: RunHistory, batch: number): string[] {
  let text = '';
  const progress = createPlainProgress((part) => (text += part), PLAIN_STYLE);
  progress.events(history.events.slice(0, 1));
  for (let at = 1; at < history.events.length; at += batch)
    progress.events(history.events.slice(at, at + batch));
  progress.end();
  return text.trimEnd().split('\n');
}

describe('a phase in which nothing was done', () => {
  const history = historyOf();

  it('R55: is skipped in status and report, whatever passed over its steps, and the others are completed', () => {
    const states = ['skipped', 'completed', 'skipped', 'completed', 'skipped'];
    const status = statusDocument(history, { holder: null, changedFiles: null, pending: [], statements: [] });
    expect(status.phases.map(({ state }) => state)).toEqual(states);
    expect(reportOf(history).phases.map(({ state }) => state)).toEqual(states);
    expect(reportOf(history).phases.map(({ completed }) => completed)).toEqual([
      false,
      true,
      false,
      true,
      false,
    ]);
  });

  it('R70: is not among the completed ones of s2, and is counted apart', () => {
    const outcome = runOutcome(history, SHOWN, reportOf(history));
    expect(outcome.phases_completed).toEqual(['build', 'hand_over']);
    expect(outcome.summary).toContain('2 of 5 phases complete, 3 skipped');
    expect(reportOf(history).metrics[1]?.value).toBe('2 of 5 phases, 3 skipped');
  });

  it('says so in the live view, the log and each report', () => {
    const frame = liveFrame(
      {
        history,
        notes: new Map(),
        usualMs: new Map(),
        runningMs: new Map(),
        now: '',
        elapsedMs: 0,
        foot: null,
      },
      { columns: 110, rows: 30 },
      PLAIN_STYLE,
    );
    expect(frame.find((line) => line.includes('1 study'))).toMatch(
      /– 1 study +skipped: only for effort medium/,
    );
    expect(frame.find((line) => line.includes('5 roll_out'))).toContain('skipped: no deploy command');
    const log = history.events.map(eventLine).filter((line) => /phase .* is/.test(line));
    expect(log.map((line) => /is (\w+)/.exec(line)?.[1])).toEqual([
      'skipped',
      'complete',
      'skipped',
      'complete',
      'skipped',
    ]);
    const text = reportMarkdown(reportOf(history), null);
    expect(text.match(/^## Phase .*$/gm)).toEqual([
      '## Phase 1: study (skipped)',
      '## Phase 2: build',
      '## Phase 3: extras (skipped)',
      '## Phase 4: hand_over',
      '## Phase 5: roll_out (skipped)',
    ]);
    expect(announcements(history, reportOf(history))).toMatch(
      /- Phase 1 Skipped: .*\n {2}- study\/research: skipped/,
    );
    expect(htmlReport(reportOf(history), null)).toContain('3 skipped');
  });

  it('R56, R57: is announced once, with each reason once, and no agent of it is announced', () => {
    const lines = follow(history, 1);
    expect(lines.filter((line) => line.startsWith('Phase'))).toEqual([
      'Phase 1 of 5 skipped: study',
      'Phase 2 of 5 starts: build',
      'Phase 2 of 5 complete: build',
      'Phase 3 of 5 skipped: extras',
      'Phase 4 of 5 starts: hand_over',
      'Phase 4 of 5 complete: hand_over',
      'Phase 5 of 5 skipped: roll_out',
    ]);
    const at = lines.indexOf('Phase 1 of 5 skipped: study');
    expect(lines[at + 1]).toBe(`  study/research: skipped (${REASON})`);
    expect(lines.join('\n').split('study/research').length).toBe(2);
  });

  it('sums up a deployment that nobody made as skipped, with the reason, and an idle merge as one', () => {
    const summaries = history.phases.map(({ summary }) => summary);
    expect(summaries[2]).toMatch(/extras\/both: nothing to bring together$/);
    expect(summaries[4]).toBe(
      'roll_out/deploy-moon: skipped, not deployed to moon (no deploy command is configured for moon)',
    );
  });

  it('names a reason once for all steps that share it', () => {
    const both: Condition = { kind: 'any', of: [LARGE, { kind: 'changed', paths: ['*.sql'] }] };
    const graph = buildGraph({
      build: [writer('a')],
      later: [writer('b', { when: LARGE }), writer('c', { when: both })],
    });
    const { state } = historyOf({}, graph);
    expect(state.steps.get('later/c')?.skipReason).toBe(`${REASON}; nothing accepted so far changed *.sql`);
    expect(reasonsPassedOver(state, 'later')).toEqual([REASON]);
  });

  it('is open again, and no longer skipped, once a higher effort asks for it', () => {
    const grown = historyOf({
      size: ({ step }) => (step === 'build/a' ? { files: 9, lines: 900 } : undefined),
    });
    expect(grown.phases.map(({ skipped }) => skipped)).toEqual([false, false, false, false, true]);
    const at = grown.events.findIndex(({ event }) => event.type === 'effort_raised');
    const raised = readHistory(grown.events.slice(0, at + 1));
    const { phases } = statusDocument(raised, {
      holder: null,
      changedFiles: null,
      pending: [],
      statements: [],
    });
    expect(phases[0]?.state).toBe('in_progress');
    expect(
      runOutcome(raised, { status: 'running', reason: '' }, reportOf(raised)).phases_completed,
    ).not.toContain('study');
  });
});

describe('the count of what is done', () => {
  const bumpy: WorldScript = {
    size: ({ step }) => (step === 'build/a' ? { files: 9, lines: 900 } : undefined),
    review: ({ step, round }) =>
      step === 'build/a' && round === 1
        ? { verdict: 'fail', findings: [findingOf('reviewer', 'p')] }
        : step === 'extras/c' && round === 1
          ? { verdict: 'fail', findings: [findingOf('reviewer', 'q', { owner: 'study/research' })] }
          : null,
  };

  it('R55: never runs backwards: not when steps are sent back, opened again or wanted after all; skipped ones count for nothing', () => {
    const whole = historyOf(bumpy);
    const types = whole.events.map(({ event }) => event.type);
    for (const type of ['step_skipped', 'rework_requested', 'step_reopened', 'effort_raised'])
      expect(types).toContain(type);
    let before = { done: 0, total: 0 };
    for (let at = 1; at <= whole.events.length; at += 1) {
      const now = progressOf(readHistory(whole.events.slice(0, at)));
      expect(now.done).toBeGreaterThanOrEqual(before.done);
      // What is skipped leaves what there is to do, and is nothing that was done.
      const isSkip = whole.events[at - 1]?.event.type === 'step_skipped';
      expect([isSkip, now.total < before.total]).toEqual([isSkip, isSkip]);
      expect(isSkip && now.done !== before.done).toBe(false);
      before = now;
    }
    expect(before.done).toBe(before.total);
    expect(progressOf(readHistory(whole.events.slice(0, 1))).done).toBe(0);
  });

  it('R55: says with each line what was done up to it, however many events come at once', () => {
    const whole = historyOf(bumpy);
    expect(follow(whole, 7)).toEqual(follow(whole, 1));
  });
});

describe('what the effort leaves out', () => {
  const graph = graphOf({ start: 'confirm' });
  const asked = play(
    { ...graph, steps: graph.steps.map((step) => (step.id === 'build/a' ? { ...step, when: TINY } : step)) },
    { answer: () => null },
  );
  const [question] = asked.events.flatMap((event) =>
    event.type === 'question_asked' ? [event.question.text.split('\n')] : [],
  );

  it('R2, R13: stands in the question before the start, with the flag that brings it in', () => {
    expect(question).toEqual([
      'Request: Add invoices.',
      'Workflow built, 5 phases:',
      '1. study: what study hands over (not in this run: `--effort medium` has it)',
      '2. build: what build hands over (without b: `--effort medium` has it)',
      '3. extras: what extras hands over (not in this run: `--effort medium` has it)',
      '4. hand_over: what hand_over hands over',
      '5. roll_out: what roll_out hands over',
      ...sizeWords(graph, { tier: 'trivial', reason: 'as it seems' }),
    ]);
    expect(question?.at(-1)).toContain('`--effort large`');
  });

  it('R2: stands in the list of phases before the first agent, which names no agent of it', () => {
    const lines = follow(readHistory(asJournal(asked.events)), 1);
    const at = lines.findIndex((line) => line.trim() === '1. study');
    // A writer and its reviewer, and the reviewer of the submission.
    expect(lines.map((line) => line.trim())).toContain(
      'Calls of agents and reviewers: 3, where nothing is sent back.',
    );
    expect(lines.slice(at + 1, at + 3).map((line) => line.trim())).toEqual([
      '– not in this run: `--effort medium` has it',
      '2. build',
    ]);
    expect(lines.join('\n')).not.toContain('b (as needed)');
  });

  it('says of what is for smaller work that it is, and nothing where nothing is left out', () => {
    const small = buildGraph(
      { quick: [writer('a', { when: { kind: 'effort', tiers: [] } })], build: [writer('b')] },
      { start: 'confirm' },
    );
    const texts = (of: Graph): string =>
      play(of, { answer: () => null })
        .events.flatMap((event) => (event.type === 'question_asked' ? [event.question.text] : []))
        .join('\n');
    expect(texts(small)).toContain(
      '1. quick: what quick hands over (not in this run: it is for smaller work)',
    );
    expect(texts(buildGraph({ build: [writer('b')] }, { start: 'confirm' }))).not.toContain('ffort');
  });
});
