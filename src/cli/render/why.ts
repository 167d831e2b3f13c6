/** Everything that led to a step's present state, oldest first. */
import { questionsNamed } from './question-names.ts';
import type { JournalEvent } from '../../core/events.ts';
import type { Finding } from '../../core/results.ts';
import { describeEvent, outputLines } from './event-line.ts';
import { escapeText } from './escape.ts';
import type { RunHistory, StepHistory } from './history.ts';
import { lookOf, workerOf } from './step-words.ts';
import type { Style } from './style.ts';

/** The story of one step: selection, attempts, gates, findings, verdicts, questions, and how it stands now. */
export function whyLines(history: RunHistory, step: StepHistory, style: Style): string[] {
  const st = history.state.steps.get(step.step.id);
  if (st === undefined) return [];
  const { needs, tree_from, reviewers, gates } = step.step;
  const head = [
    style.dim(escapeText(`run ${history.started.run_id}: ${history.started.request.split('\n')[0] ?? ''}`)),
    `${style.bold(escapeText(step.step.id))} ${escapeText(step.step.title)}: ${lookOf(history.state, st)}${st.status === 'open' ? `, ${st.stage}, round ${st.round}` : ''}`,
    `  worker ${escapeText(workerOf(step.step))}, gates ${gates}, reviewed by ${escapeText(reviewers.join(', ')) || 'nobody'}`,
    `  needs ${needs.map((id) => needWords(history, id)).join(', ') || 'nothing'}; starts from the tree of ${escapeText(tree_from ?? 'the base')}`,
  ];
  const story = relatedEvents(history, step).flatMap((line) => [
    `  ${String(line.seq).padStart(5)}  ${line.at.slice(11, 19)}  ${describeEvent(line.event)}`,
    ...outputLines(line.event).map((text) => style.dim(`            ${text}`)),
    ...detailsOf(line).map((text) => style.dim(`                     ${text}`)),
  ]);
  return [...head, '', ...(story.length === 0 ? ['  nothing happened to it yet'] : story)];
}

function needWords(history: RunHistory, id: string): string {
  const status = history.state.steps.get(id)?.status ?? 'unknown';
  return escapeText(`${id} (${status})`);
}

/** The events of the step, and the answers to what it asked. */
function relatedEvents(history: RunHistory, step: StepHistory): JournalEvent[] {
  const asked = new Set(
    step.all.flatMap(({ event }) => (event.type === 'question_asked' ? [event.question.id] : [])),
  );
  return history.events.filter(
    (line) =>
      step.all.includes(line) ||
      (line.event.type === 'question_answered' && asked.has(line.event.question_id)),
  );
}

function detailsOf({ event }: JournalEvent): string[] {
  switch (event.type) {
    case 'review_ended':
      return event.outcome.kind === 'verdict' ? event.outcome.review.findings.flatMap(findingLines) : [];
    case 'gates_ended':
      return event.outcome.kind === 'measured'
        ? event.outcome.results.flatMap((result) => result.findings.flatMap(findingLines))
        : [];
    case 'invocation_ended':
      return event.outcome.kind === 'submitted'
        ? event.outcome.result.decisions.map((decision) => escapeText(`decided: ${decision}`))
        : [];
    default:
      return [];
  }
}

/** `major, blocking  src/a.ts:12  problem`: a finding on one line. */
export function findingWords(finding: Finding): string {
  const place =
    finding.file === null ? '' : ` ${finding.file}${finding.line === null ? '' : `:${finding.line}`}`;
  const weight = finding.blocking ? `${finding.severity}, blocking` : finding.severity;
  return escapeText(`${weight} (${finding.source})${place}: ${finding.problem}`);
}

/** The same with the further lines of what it says, such as a program's last words. */
function findingLines(finding: Finding): string[] {
  const [first = '', ...rest] = finding.problem.split(/\r?\n/);
  const more = rest.filter((line) => line.trim() !== '').map((line) => `  | ${escapeText(line)}`);
  return [findingWords({ ...finding, problem: first }), ...more];
}

/** The step that a person means: its id, an ending of it, its agent, or a question of it; one that ran goes before skipped ones. */
export function findStep(history: RunHistory, name: string): StepHistory | string[] {
  const exact = history.steps.get(name);
  if (exact !== undefined) return exact;
  const found = [...history.steps.values()].filter(
    ({ step }) => step.id.endsWith(`/${name}`) || workerOf(step) === name,
  );
  const meant = found.length > 0 ? found : askedIn(history, name);
  const statusOf = ({ step }: StepHistory): string => history.state.steps.get(step.id)?.status ?? 'pending';
  const ran = meant.filter((step) => ['open', 'accepted'].includes(statusOf(step)));
  const wanted = meant.filter((step) => statusOf(step) !== 'skipped');
  const likely = [ran, wanted].find((steps) => steps.length > 0) ?? meant;
  const [only] = likely;
  return likely.length === 1 && only !== undefined ? only : likely.map(({ step }) => step.id);
}

/** The steps of the questions that this word names on a command line. */
function askedIn(history: RunHistory, name: string): StepHistory[] {
  const { questions } = history.state;
  const steps = questionsNamed(name, questions.keys()).map((id) => questions.get(id)?.question.step ?? null);
  return [...new Set(steps)].flatMap((id) => (id === null ? [] : (history.steps.get(id) ?? [])));
}
