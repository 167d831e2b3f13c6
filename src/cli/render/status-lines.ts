/** `status` for people: what the run is doing, what it waits for and the command that ends the wait. */
import { statementWords } from '../audit/statements.ts';
import { reasonsPassedOver } from '../../core/graph/phase-ends.ts';
import { budgetPhrases } from './budget-text.ts';
import { formatDuration, spanMs } from './duration.ts';
import { escapeText, firstLine } from './escape.ts';
import type { RunHistory } from './history.ts';
import { shortQuestionId } from './question-names.ts';
import { resultLines, type RunResult } from './result-text.ts';
import type { StatusDocument, StepDocument } from './status-document.ts';
import { stepDetails } from './step-words.ts';
import { glyphOf, lookOf } from './step-words.ts';
import { usualLabel } from './frame.ts';
import type { Style } from './style.ts';
import { cut, fit, wrap, wrapHanging } from './width.ts';

const ISSUES_SHOWN = 8;

/** Lines for stdout. `columns` bounds the step lines, not the commands. */
export function statusLines(
  document: StatusDocument,
  history: RunHistory,
  result: RunResult,
  options: { columns: number; now: string; style: Style },
): string[] {
  const { style, columns } = options;
  return [
    ...headLines(document, options, style),
    ...wrapHanging(`  spent: ${budgetPhrases(document.budget).join('; ')}`, columns - 1).map(style.dim),
    '',
    ...document.phases.flatMap((phase, index) => {
      const reasons = phase.state === 'skipped' ? reasonsPassedOver(history.state, phase.id) : [];
      const why = reasons.length === 0 ? '' : `: ${reasons.map((reason) => firstLine(reason)).join('; ')}`;
      const word = `${phase.state.replace('_', ' ')}${why}`;
      const room = columns - 5 - phase.title.length;
      const head = `${phaseGlyph(phase.state, style)} ${index + 1} ${style.bold(escapeText(phase.title))} ${style.dim(cut(word, room))}`;
      const isOpen = phase.state !== 'pending' && phase.state !== 'skipped';
      return [head, ...(isOpen ? phase.steps.map((step) => stepLine(step, history, options)) : [])];
    }),
    ...planLines(document.plans, options),
    ...issueLines(document.issues, options),
    ...followUpLines(document.follow_ups, options),
    ...changedLines(document, style),
    '',
    ...resultLines(result, style, columns),
    ...document.statements.flatMap((each) =>
      wrapHanging(`  ${escapeText(statementWords(each))}`, columns - 1).map(
        each.key === null ? style.ask : style.dim,
      ),
    ),
    // Nobody may answer or go on from what was changed.
    ...(result.isDamaged === true
      ? []
      : [
          ...waitingLines(document, result.askedIds, options),
          ...pendingLines(document, result.askedIds, options),
        ]),
  ];
}

function headLines(
  document: StatusDocument,
  { now, columns }: { now: string; columns: number },
  style: Style,
): string[] {
  const { done, total } = document.progress;
  const holder =
    document.holder === null
      ? 'held by nobody'
      : `held by pid ${document.holder.pid} on ${escapeText(document.holder.host)} since ${document.holder.since.slice(0, 19)}Z`;
  const age = formatDuration(spanMs(document.updated_at, now));
  return [
    `${style.bold(document.run_id)}  ${escapeText(document.workflow)}  driver ${escapeText(document.driver)}  ${done}/${total} done`,
    ...wrapHanging(`  ${firstLine(document.request)}`, columns - 1),
    ...wrapHanging(
      `  started ${document.started_at.slice(0, 19)}Z, last event ${age} ago, ${holder}`,
      columns - 1,
    ).map(style.dim),
  ];
}

function phaseGlyph(state: StatusDocument['phases'][number]['state'], style: Style): string {
  switch (state) {
    case 'completed':
      return style.good(style.glyphs.done);
    case 'in_progress':
      return style.busy(style.glyphs.busy);
    case 'blocked':
      return style.ask(style.glyphs.ask);
    case 'skipped':
      return style.dim(style.glyphs.skipped);
    case 'pending':
      return style.dim(style.glyphs.pending);
  }
}

function stepLine(
  step: StepDocument,
  history: RunHistory,
  { columns, style }: { columns: number; style: Style },
): string {
  const st = history.state.steps.get(step.id);
  const facts = history.steps.get(step.id);
  if (st === undefined || facts === undefined) return '';
  const details = stepDetails(history.state, facts, usualLabel(history), style);
  const title = fit(escapeText(step.title), 22);
  let room = columns - 30;
  const shown = details.flatMap((segment) => {
    const text = cut(segment.text, room);
    room -= segment.text.length + 3;
    return text === '' ? [] : [segment.paint(text)];
  });
  return `    ${glyphOf(lookOf(history.state, st), style)} ${title} ${shown.join(style.dim(` ${style.glyphs.dot} `))}`.trimEnd();
}

/** Only where a plan was replaced: which revision holds now. */
function planLines(
  plans: StatusDocument['plans'],
  { columns, style }: { columns: number; style: Style },
): string[] {
  if (plans.length < 2) return [];
  const shown = plans.map(({ revision, in_force, summary }) => {
    const word = in_force ? 'in force' : 'replaced';
    return `  ${cut(`revision ${revision} (${word}): ${firstLine(summary)}`, columns - 3)}`;
  });
  return ['', style.dim('Plan:'), ...shown];
}

function issueLines(issues: string[], { columns, style }: { columns: number; style: Style }): string[] {
  if (issues.length === 0) return [];
  const shown = issues.slice(-ISSUES_SHOWN).map((issue) => `  ${cut(escapeText(issue), columns - 3)}`);
  const more = issues.length - shown.length;
  return [
    '',
    style.dim(`Issues met${more > 0 ? ` (${more} earlier ones are in the report)` : ''}:`),
    ...shown,
  ];
}

function followUpLines(
  items: readonly string[],
  { columns, style }: { columns: number; style: Style },
): string[] {
  if (items.length === 0) return [];
  return [
    '',
    style.dim('Not part of this run, to be followed up:'),
    ...items.flatMap((item) => wrapHanging(`  ${escapeText(item)}`, columns - 1)),
  ];
}

/** How long each question has waited for a person. */
function waitingLines(
  document: StatusDocument,
  known: readonly string[],
  { now, style }: { now: string; style: Style },
): string[] {
  const open = document.questions.filter((question) => question.pending_answer === null);
  const lines = open.map(
    ({ id, waiting_since: since }) =>
      `  ${escapeText(shortQuestionId(id, known))} has waited for ${formatDuration(spanMs(since, now))}`,
  );
  return lines.length === 0 ? [] : ['', ...lines.map(style.ask)];
}

/** What people said already and nobody has taken up yet, with who will. */
function pendingLines(
  document: StatusDocument,
  known: readonly string[],
  { columns, style }: { columns: number; style: Style },
): string[] {
  const goesOn =
    document.holder === null
      ? `go on with \`baton resume ${document.run_id}\``
      : `pid ${document.holder.pid} goes on with it`;
  const answered = document.questions.flatMap(({ id, pending_answer: option }) =>
    option === null
      ? []
      : [`${escapeText(shortQuestionId(id, known))} is answered: ${escapeText(option)}; ${goesOn}`],
  );
  const cancelled = document.pending_cancel ? [`cancel recorded; ${goesOn}`] : [];
  const lines = [...answered, ...cancelled].flatMap((text) => wrap(text, columns - 2));
  return lines.length === 0 ? [] : ['', ...lines.map((line) => style.ask(`  ${line}`))];
}

function changedLines(document: StatusDocument, style: Style): string[] {
  const changed = document.changed_since_start ?? [];
  if (changed.length === 0) return [];
  return [
    '',
    style.ask(
      `config changed since start, this run keeps its snapshot: ${changed.map((f) => escapeText(f)).join(', ')}`,
    ),
  ];
}
