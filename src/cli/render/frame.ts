/**
 * One frame of the live view: a header, the phases as a tree with the current one open, what runs now and what is
 * asked. Pure: the same history, size and time give the same lines, each at most as wide as the terminal and all
 * of them together at most as high.
 */
import { budgetLines } from '../../core/budget/budget.ts';
import { reasonsPassedOver } from '../../core/graph/phase-ends.ts';
import type { RunState } from '../../core/state.ts';
import type { StepState } from '../../core/step-state.ts';
import type { Foot } from './aside.ts';
import { budgetPhrases } from './budget-text.ts';
import { formatDuration } from './duration.ts';
import { escapeText, firstLine } from './escape.ts';
import { stepSpanMs, type PhaseHistory, type RunHistory, type StepHistory } from './history.ts';
import { countOf, progressOf } from './numbers.ts';
import { verdictsOf } from './status-document.ts';
import { glyphOf, lookOf, stepDetails, type Segment } from './step-words.ts';
import type { Style } from './style.ts';
import { cut, fit, widthOf } from './width.ts';

export interface FrameInput {
  history: RunHistory;
  /** What agents said last, by command key. */
  notes: ReadonlyMap<string, string>;
  /** How long an agent usually takes, by `agent [label]`. */
  usualMs: ReadonlyMap<string, number>;
  /** Milliseconds since the view first saw a start, by command key. */
  runningMs: ReadonlyMap<string, number>;
  /** ISO 8601. */
  now: string;
  elapsedMs: number;
  /** Below everything else, as far as there is room; null: nothing. */
  foot: Foot | null;
}

const MIN_COLUMNS = 40;
const MAX_COLUMNS = 110;
const BAR = 10;
const TITLE = 22;

/** What is left out when the terminal is low, in this order. */
interface Detail {
  notes: boolean;
  settledSteps: boolean;
  pendingSteps: boolean;
  otherPhases: boolean;
}

const DETAILS: Detail[] = [
  { notes: true, settledSteps: true, pendingSteps: true, otherPhases: true },
  { notes: false, settledSteps: true, pendingSteps: true, otherPhases: true },
  { notes: true, settledSteps: false, pendingSteps: true, otherPhases: true },
  { notes: false, settledSteps: false, pendingSteps: true, otherPhases: true },
  { notes: false, settledSteps: false, pendingSteps: false, otherPhases: true },
  { notes: false, settledSteps: false, pendingSteps: false, otherPhases: false },
];

/** The lines to draw, the first detail level that fits the height. */
export function liveFrame(
  input: FrameInput,
  size: { columns: number; rows: number },
  style: Style,
): string[] {
  const width = frameWidth(size.columns);
  const height = Math.max(1, size.rows - 1);
  for (const foot of footsOf(input)) {
    const below = foot.map((line) => style.dim(cut(line, width)));
    for (const detail of DETAILS) {
      const lines = [...compose(input, width, detail, style), ...below];
      if (lines.length <= height) return lines;
    }
  }
  const lines = compose(input, width, DETAILS.at(-1) as Detail, style); // DETAILS is never empty
  return [...lines.slice(0, 1), ...lines.slice(1).slice(-(height - 1))].slice(0, height);
}

/** Columns that a line may take on a terminal of this width. */
export function frameWidth(columns: number): number {
  return Math.min(MAX_COLUMNS, Math.max(MIN_COLUMNS, columns) - 1);
}

/** What may stand at the foot, the longest first: the run itself is left out last. */
function footsOf({ foot }: FrameInput): string[][] {
  return foot === null ? [[]] : [foot.full, foot.short, []];
}

function compose(input: FrameInput, width: number, detail: Detail, style: Style): string[] {
  const { history } = input;
  const open = history.phases.filter(isOpen);
  const done = history.phases.filter((phase) => phase.completedAt !== null);
  const later = history.phases.filter((phase) => phase.startedAt === null);
  return [
    header(input, width, style),
    spendingLine(history, width, style),
    ...collapse(done, detail.otherPhases, 'settled', (p) => donePhase(history, p, width, style), style),
    ...open.flatMap((phase) => openPhase(input, phase, width, detail, style)),
    ...collapse(later, detail.otherPhases, 'to come', (p) => laterPhase(history, p, width, style), style),
    ...questions(input, width, style),
  ];
}

function isOpen(phase: PhaseHistory): boolean {
  return phase.startedAt !== null && phase.completedAt === null;
}

function collapse<T>(
  items: T[],
  shown: boolean,
  what: string,
  line: (item: T) => string,
  style: Style,
): string[] {
  if (shown) return items.map(line);
  return items.length === 0
    ? []
    : [style.dim(`  ${style.glyphs.note} ${countOf(items.length, 'phase')} ${what}`)];
}

function header(input: FrameInput, width: number, style: Style): string {
  const { history } = input;
  const { done, total } = progressOf(history);
  const filled = total === 0 ? 0 : Math.round((done / total) * BAR);
  const bar = `${'━'.repeat(filled)}${'─'.repeat(BAR - filled)}`;
  const time = formatDuration(input.elapsedMs);
  const right = `${bar} ${done}/${total} ${time}`;
  const label = usualLabel(history);
  const left = cut(
    `${history.started.run_id}  ${escapeText(history.started.graph.workflow)}${label === '' ? '' : `  [${label}]`}`,
    width - widthOf(right) - 8,
  );
  const gap = ' '.repeat(Math.max(1, width - 6 - widthOf(left) - widthOf(right)));
  return `${style.bold('baton')} ${left}${gap}${style.busy('━'.repeat(filled))}${style.dim(`${'─'.repeat(BAR - filled)} ${done}/${total}`)} ${time}`;
}

function spendingLine(history: RunHistory, width: number, style: Style): string {
  const dot = ` ${style.glyphs.dot} `;
  return style.dim(cut(`  ${budgetPhrases(budgetLines(history.state)).join(dot)}`, width));
}

/** What runs the agents, as most of them say it; empty before the first one started. */
export function usualLabel(history: RunHistory): string {
  const labels = [...history.steps.values()].flatMap((step) =>
    step.invocations.map((invocation) => invocation.start.event.identity.label),
  );
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const [usual] = [...counts].sort((a, b) => b[1] - a[1]);
  return escapeText(usual?.[0] ?? '');
}

function numberOf(history: RunHistory, phase: PhaseHistory): number {
  return history.phases.indexOf(phase) + 1;
}

function donePhase(history: RunHistory, phase: PhaseHistory, width: number, style: Style): string {
  const steps = phase.phase.steps.map((id) => history.steps.get(id)).filter((step) => step !== undefined);
  const looks = steps.flatMap(({ step }) => {
    const st = history.state.steps.get(step.id);
    return st === undefined ? [] : [lookOf(history.state, st)];
  });
  const skipped = looks.filter((look) => look === 'skipped').length;
  const failed = looks.filter((look) => look === 'given_up').length;
  const reviews = steps.reduce((sum, step) => sum + verdictsOf(step).length, 0);
  const reworks = steps.reduce((sum, step) => sum + step.reworks.length, 0);
  const parts = [countOf(steps.length - skipped - failed, 'step'), countOf(reviews, 'review')];
  if (reworks > 0) parts.push(countOf(reworks, 'rework'));
  if (skipped > 0) parts.push(`${skipped} skipped`);
  if (failed > 0) parts.push(`${failed} failed`);
  const took = Date.parse(phase.completedAt ?? '') - Date.parse(phase.startedAt ?? '');
  const title = `${numberOf(history, phase)} ${escapeText(phase.phase.title)}`;
  if (phase.skipped) {
    const reasons = reasonsPassedOver(history.state, phase.phase.id).join('; ');
    const told = [{ text: escapeText(`skipped: ${reasons}`), paint: style.dim }];
    return row(`  ${style.dim(style.glyphs.skipped)} `, title, told, '', width, style);
  }
  const detail = [{ text: parts.join(', '), paint: style.dim }];
  return row(`  ${style.good(style.glyphs.done)} `, title, detail, formatDuration(took), width, style);
}

function laterPhase(history: RunHistory, phase: PhaseHistory, width: number, style: Style): string {
  const title = `${numberOf(history, phase)} ${escapeText(phase.phase.title)}`;
  const detail = [{ text: escapeText(phase.phase.deliverable), paint: style.dim }];
  return row(`  ${style.dim(style.glyphs.pending)} `, title, detail, '', width, style);
}

function openPhase(
  input: FrameInput,
  phase: PhaseHistory,
  width: number,
  detail: Detail,
  style: Style,
): string[] {
  const { history } = input;
  const title = `${numberOf(history, phase)} ${escapeText(phase.phase.title)}`;
  const goal = [{ text: escapeText(phase.phase.deliverable), paint: style.dim }];
  const glyph = style.busy(style.glyphs.busy);
  const lines = [row(`  ${glyph} `, style.bold(fit(title, TITLE + 2)).trimEnd(), goal, '', width, style)];
  const hidden = { settled: 0, pending: 0 };
  const steps: string[] = [];
  for (const id of phase.phase.steps) {
    const st = history.state.steps.get(id);
    const step = history.steps.get(id);
    if (st === undefined || step === undefined) continue;
    const look = lookOf(history.state, st);
    const settled = look !== 'pending' && look !== 'busy' && look !== 'asking';
    if (settled && !detail.settledSteps) hidden.settled += 1;
    else if (look === 'pending' && !detail.pendingSteps) hidden.pending += 1;
    else steps.push(...stepLines(input, st, step, width, detail, style));
  }
  if (hidden.settled > 0)
    lines.push(style.dim(`      ${style.glyphs.done} ${countOf(hidden.settled, 'step')} settled`));
  lines.push(...steps);
  if (hidden.pending > 0)
    lines.push(style.dim(`      ${style.glyphs.pending} ${countOf(hidden.pending, 'step')} to come`));
  return lines;
}

function stepLines(
  input: FrameInput,
  st: StepState,
  step: StepHistory,
  width: number,
  detail: Detail,
  style: Style,
): string[] {
  const { state } = input.history;
  const look = lookOf(state, st);
  const details = stepDetails(state, step, usualLabel(input.history), style);
  const line = row(
    `      ${glyphOf(look, style)} `,
    escapeText(step.step.title),
    details,
    timeOf(input, st, step),
    width,
    style,
  );
  const key = flyingKeys(state, st).find((each) => input.notes.has(each));
  const note = key === undefined ? '' : firstLine(input.notes.get(key) ?? '');
  if (note === '' || !detail.notes) return [line];
  return [line, style.dim(cut(`          ${style.glyphs.note} ${note}`, width))];
}

function flyingKeys(state: RunState, st: StepState): string[] {
  return [...state.inFlight.values()].filter((work) => work.step === st.step.id).map((work) => work.key);
}

/** What a settled step took; for a busy one the time of what runs now, and how long that usually takes. */
function timeOf(input: FrameInput, st: StepState, step: StepHistory): string {
  if (st.status === 'skipped' || step.startedAt === null) return '';
  const [key] = flyingKeys(input.history.state, st);
  if (key === undefined) return formatDuration(stepSpanMs(step, input.now) ?? 0);
  const now = formatDuration(input.runningMs.get(key) ?? 0);
  const usual = input.usualMs.get(runnerOf(step, key));
  return usual === undefined ? now : `${now}, usually ${formatDuration(usual)}`;
}

function runnerOf(step: StepHistory, key: string): string {
  const pieces = [...step.invocations, ...step.reviews];
  const identity = pieces.find((piece) => piece.start.event.key === key)?.start.event.identity;
  return identity === undefined ? '' : runnerKey(identity);
}

/** The name under which usual times are kept: the same agent run by something else is another one. */
export function runnerKey(identity: { agent: string; label: string }): string {
  return `${identity.agent} [${identity.label}]`;
}

function questions(input: FrameInput, width: number, style: Style): string[] {
  const { state } = input.history;
  const open = [...state.openQuestions].map((id) => state.questions.get(id)?.question);
  const lines = open
    .filter((question) => question !== undefined)
    .flatMap((question) => [
      style.ask(cut(`  ${style.glyphs.ask} ${firstLine(question.text)}`, width)),
      style.dim(cut(`    ${question.options.map((option) => escapeText(option.id)).join(' | ')}`, width)),
    ]);
  return lines.length === 0 ? [] : ['', ...lines];
}

/** Glyph, title in its column, details with dots between them, and the time at the right edge. */
function row(
  lead: string,
  title: string,
  details: Segment[],
  right: string,
  width: number,
  style: Style,
): string {
  const indent = widthOf(lead);
  const titleWidth = Math.max(8, Math.min(TITLE, Math.floor(width / 3)) + 8 - indent);
  const head = widthOf(title) === title.length ? fit(title, titleWidth) : padTo(title, titleWidth);
  const room = width - indent - widthOf(head) - 1 - (right === '' ? 0 : widthOf(right) + 1);
  const { text, used } = joinSegments(details, room, style);
  const gap = right === '' ? '' : ' '.repeat(Math.max(1, room - used + 1));
  return `${lead}${head} ${text}${gap}${style.dim(right)}`.trimEnd();
}

function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

function joinSegments(segments: Segment[], room: number, style: Style): { text: string; used: number } {
  const dot = ` ${style.glyphs.dot} `;
  let text = '';
  let used = 0;
  for (const segment of segments) {
    const lead = used === 0 ? 0 : widthOf(dot);
    const left = room - used - lead;
    if (left < 4 && widthOf(segment.text) > left) break;
    const shown = cut(segment.text, left);
    text += (lead === 0 ? '' : style.dim(dot)) + segment.paint(shown);
    used += lead + widthOf(shown);
  }
  return { text, used };
}
