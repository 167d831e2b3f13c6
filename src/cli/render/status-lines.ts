/** `status` for people: what the run is doing, what it waits for and the command that ends the wait. */
import { formatDuration, spanMs } from './duration.ts';
import { escapeText, firstLine } from './escape.ts';
import type { RunHistory } from './history.ts';
import { resultLines, type RunResult } from './result-text.ts';
import type { StatusDocument, StepDocument } from './status-document.ts';
import { stepDetails } from './step-words.ts';
import { glyphOf, lookOf } from './step-words.ts';
import { usualLabel } from './frame.ts';
import type { Style } from './style.ts';
import { cut, fit } from './width.ts';

const ISSUES_SHOWN = 8;

/** Lines for stdout. `columns` bounds the step lines, not the commands. */
export function statusLines(
  document: StatusDocument,
  history: RunHistory,
  result: RunResult,
  options: { columns: number; now: string; style: Style },
): string[] {
  const { style } = options;
  return [
    ...headLines(document, options.now, style),
    '',
    ...document.phases.flatMap((phase, index) => [
      `${phaseGlyph(phase.state, style)} ${index + 1} ${style.bold(escapeText(phase.title))} ${style.dim(phase.state.replace('_', ' '))}`,
      ...(phase.state === 'pending' ? [] : phase.steps.map((step) => stepLine(step, history, options))),
    ]),
    ...issueLines(document.issues, options),
    ...changedLines(document, style),
    '',
    ...resultLines(result, style),
  ];
}

function headLines(document: StatusDocument, now: string, style: Style): string[] {
  const { done, total } = document.progress;
  const holder =
    document.holder === null
      ? 'held by nobody'
      : `held by pid ${document.holder.pid} on ${escapeText(document.holder.host)} since ${document.holder.since.slice(0, 19)}Z`;
  const age = formatDuration(spanMs(document.updated_at, now));
  return [
    `${style.bold(document.run_id)}  ${escapeText(document.workflow)}  driver ${escapeText(document.driver)}  ${done}/${total} done`,
    `  ${firstLine(document.request)}`,
    style.dim(`  started ${document.started_at.slice(0, 19)}Z, last event ${age} ago, ${holder}`),
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
