/** A step on one line: its glyph, who works, what happens now or what came of it. */
import type { Step } from '../../core/graph.ts';
import type { InFlight, RunState } from '../../core/state.ts';
import type { StepState } from '../../core/step-state.ts';
import { firstLine } from './escape.ts';
import { escapeText } from './escape.ts';
import type { StepHistory } from './history.ts';
import { lastGates } from './numbers.ts';
import { planWords } from './plan-words.ts';
import type { Style } from './style.ts';

/** Text with the way it is painted; painted last, so that cutting never meets a colour code. */
export interface Segment {
  text: string;
  paint: (text: string) => string;
}

export type StepLook = 'pending' | 'busy' | 'asking' | 'accepted' | 'overridden' | 'skipped' | 'given_up';

/** How a step looks now; the same word in every view. */
export function lookOf(state: RunState, st: StepState): StepLook {
  if (st.status === 'skipped') return st.skippedBy === 'given_up' ? 'given_up' : 'skipped';
  if (st.status === 'accepted') return st.accepted?.override == null ? 'accepted' : 'overridden';
  if (st.stage === 'asking') return 'asking';
  const started = [...state.inFlight.values()].some((work) => work.step === st.step.id);
  return started || (st.status === 'open' && (st.round > 1 || st.output !== null)) ? 'busy' : 'pending';
}

/** The glyph of a look, painted. */
export function glyphOf(look: StepLook, style: Style): string {
  const { glyphs } = style;
  switch (look) {
    case 'accepted':
      return style.good(glyphs.done);
    case 'overridden':
      return style.ask(glyphs.done);
    case 'busy':
      return style.busy(glyphs.busy);
    case 'asking':
      return style.ask(glyphs.ask);
    case 'skipped':
      return style.dim(glyphs.skipped);
    case 'given_up':
      return style.bad(glyphs.failed);
    case 'pending':
      return style.dim(glyphs.pending);
  }
}

/** The agent of a step, or what the engine does in its place. */
export function workerOf(step: Step): string {
  switch (step.work.kind) {
    case 'agent':
      return step.work.agent;
    case 'merge':
      return 'merge';
    case 'check':
      return 'check';
    case 'submit':
      return 'submission';
    case 'deploy':
      return 'deployment';
    case 'planned':
      return 'plan';
    case 'given':
      return 'given';
  }
}

/** Everything that one line says behind the title. Labels are shown where they differ from the run's usual one. */
export function stepDetails(state: RunState, step: StepHistory, usualLabel: string, style: Style): Segment[] {
  const st = state.steps.get(step.step.id);
  if (st === undefined) return [];
  const look = lookOf(state, st);
  const plain = (text: string): Segment => ({ text: escapeText(text), paint: (t) => t });
  const dim = (text: string): Segment => ({ text: escapeText(text), paint: style.dim });
  const planned = step.step.task === undefined ? [] : [planWords(step.step.task)];
  const who = [...workerSegments(step, usualLabel), ...planned].map(dim);
  if (look === 'given_up')
    return [...who, { text: escapeText(firstLine(st.skipReason ?? '')), paint: style.bad }];
  if (look === 'skipped') return [...who, dim(`skipped: ${firstLine(st.skipReason ?? '')}`)];
  if (look === 'pending') return step.step.when === null ? who : [...who, dim('as needed')];
  const rounds = st.round > 1 ? [{ text: `${style.glyphs.rework} round ${st.round}`, paint: style.ask }] : [];
  // What goes on comes first: on a narrow terminal the end is cut away.
  if (look === 'asking') return [{ text: 'waits for you', paint: style.ask }, ...rounds, ...who];
  if (look === 'busy')
    return [plain(activityOf(state, st)), ...rounds, ...who, ...gateSegments(step, st, style)];
  const override = look === 'overridden' ? [{ text: 'accepted by a person', paint: style.ask }] : [];
  return [...who, ...rounds, ...gateSegments(step, st, style), ...reviewSegments(step, style), ...override];
}

/** The agent, where the title does not name it already, and its label, where it is not the usual one. */
function workerSegments({ step, invocations }: StepHistory, usualLabel: string): string[] {
  const worker = workerOf(step);
  const label = invocations.at(-1)?.start.event.identity.label ?? usualLabel;
  if (label !== usualLabel) return [`${worker} [${label}]`];
  const slug = step.title.toLowerCase().replaceAll(' ', '-');
  return worker === slug || worker === `${slug}-agent` ? [] : [worker];
}

function activityOf(state: RunState, st: StepState): string {
  const flying = [...state.inFlight.values()].filter((work) => work.step === st.step.id);
  return flying.map((work) => activityWords(work) + attemptWords(work)).join(', ') || 'next';
}

/** Which try it is, where there was one before: one that failed, or that was killed with its holder. */
function attemptWords({ kind, key }: InFlight): string {
  if (kind !== 'work' && kind !== 'review') return '';
  const attempt = Number(/\/a(\d+)$/.exec(key)?.[1] ?? '1');
  return attempt === 1 ? '' : ` (attempt ${attempt})`;
}

function activityWords(work: InFlight): string {
  switch (work.kind) {
    case 'work':
      return 'works';
    case 'gates':
      return 'gates run';
    case 'review':
      return `${work.slot.replace(/^review\./, '')} reviews`;
    case 'merge':
      return 'merges';
    case 'wait':
      return 'waits before a retry';
    case 'effect':
      return work.key.split('/').slice(-2).join(' ').replaceAll('_', ' ');
    case 'deploy':
      return 'deploys';
    case 'clean_up':
      return 'cleans up';
  }
}

/** `57 tests ✓`, `✗ lint`, `? unverified`: the gates in short. */
function gateSegments(step: StepHistory, st: StepState, style: Style): Segment[] {
  const measuring = st.stage === 'gates' || st.stage === 'work';
  if (step.step.gates === 'none' || (measuring && st.status === 'open')) return [];
  const results = lastGates(step);
  const bad = results.filter((gate) => gate.status === 'fail' || gate.status === 'error');
  if (bad.length > 0)
    return [
      {
        text: `${style.glyphs.failed} ${[...new Set(bad.map((g) => escapeText(g.gate)))].join(', ')}`,
        paint: style.bad,
      },
    ];
  const unsure = results.filter((gate) => gate.status === 'unverified');
  const tests = results.reduce((sum, gate) => sum + (gate.tests?.total ?? 0), 0);
  const passed = results.some((gate) => gate.status === 'pass');
  const green = tests > 0 ? `${tests} tests` : 'gates';
  const unwatched = results.some((gate) => gate.tests !== null && gate.tests.canary === 'none');
  return [
    ...(passed ? [{ text: `${style.glyphs.done} ${green}`, paint: style.good }] : []),
    ...(unwatched ? [{ text: 'canary: none', paint: style.ask }] : []),
    ...(unsure.length > 0
      ? [{ text: `${style.glyphs.ask} ${unsure.length} unverified`, paint: style.ask }]
      : []),
  ];
}

/** The last verdict of each reviewer. */
function reviewSegments(step: StepHistory, style: Style): Segment[] {
  return step.step.reviewers.flatMap((reviewer) => {
    const last = step.reviews.findLast(
      (run) => run.start.event.reviewer === reviewer && run.end?.event.outcome.kind === 'verdict',
    );
    const outcome = last?.end?.event.outcome;
    if (outcome?.kind !== 'verdict') return [];
    const passed = outcome.review.verdict !== 'fail';
    const glyph = passed ? style.glyphs.done : style.glyphs.failed;
    return [{ text: `${glyph} ${escapeText(reviewer)}`, paint: passed ? style.good : style.bad }];
  });
}
