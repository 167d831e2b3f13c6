/** One event, one readable line: for `log` and for progress where there is no terminal. */
import type { EventOf, JournalEvent, RunEvent } from '../../core/events.ts';
import type { Finding } from '../../core/results.ts';
import type { Actor, BaseMoved, Collision, Identity } from '../../core/records.ts';
import { gatePlace } from '../../core/checks/gate-place.ts';
import { formatDuration } from './duration.ts';
import { escapeText, firstLine, firstLineWithItems } from './escape.ts';
import { gateWord } from './gate-word.ts';
import { countOf } from './numbers.ts';
import { cut } from './width.ts';

/** `   12  09:41:07  implement/feature: …`, safe to print whatever the event holds. */
export function eventLine(line: JournalEvent): string {
  const time = line.at.slice(11, 19);
  return `${String(line.seq).padStart(5)}  ${time}  ${describeEvent(line.event)}`;
}

/** Of what a failed program said, the end is what matters. */
const OUTPUT_LINES = 8;
const OUTPUT_CHARS = 400;
/** The bar tells it from an event: a program may print lines that look like one. */
const OUTPUT_INDENT = `${' '.repeat(9)}| `;

/** The end of what a failed program said, one indented line each; nothing for every other event. */
export function outputLines(event: RunEvent): string[] {
  const said = 'outcome' in event && event.outcome.kind === 'failed' ? restOf(event.outcome.detail) : [];
  const left = said.length - OUTPUT_LINES;
  return [...(left > 0 ? [`… ${countOf(left, 'line')} before`] : []), ...said.slice(-OUTPUT_LINES)].map(
    (line) => OUTPUT_INDENT + cut(escapeText(line), OUTPUT_CHARS),
  );
}

/** The lines of a failure behind its first one. */
function restOf(detail: string): string[] {
  const lines = detail.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.slice(1);
}

/** A failure in one line: how it ended, and the last thing that was said. */
export function failureLine(detail: string): string {
  const last = restOf(detail).at(-1);
  return last === undefined ? firstLine(detail) : `${firstLine(detail)} ${escapeText(last.trim())}`;
}

/** Whole hashes are for programs: `log --json` has them. */
function shortHashes(text: string): string {
  return text.replaceAll(/\b[0-9a-f]{64}\b/g, (hash) => hash.slice(0, 8));
}

/** What a run that was cut down to one specialist cannot do for a higher effort, and how to have it done; else nothing. */
export function wholeWords({ to, whole }: EventOf<'effort_raised'>): string {
  if (whole === undefined) return '';
  return `; this run has no more steps for it, \`baton run --workflow ${whole} --effort ${to}\` with the same request starts the whole workflow`;
}

/** What happened, in words. */
export function describeEvent(event: RunEvent): string {
  const text = words(event);
  return shortHashes(escapeText('step' in event ? `${event.step}: ${text}` : text));
}

const stillThere = (pids: number[] = []): string =>
  pids.length === 0 ? '' : `; unkillable, so their workspaces are not used again: ${pids.join(', ')}`;

function words(event: RunEvent): string {
  switch (event.type) {
    case 'run_started':
      return `run ${event.run_id} started by ${actorName(event.actor)}: ${firstLine(event.request)} (workflow ${event.graph.workflow}, driver ${event.driver})`;
    case 'rules_upgraded':
      return `the rules of version ${event.to} hold from here on, before ${event.from}`;
    case 'holder_changed':
      return `pid ${event.pid} on ${event.host} advances the run (epoch ${event.epoch}${event.took_over ? ', took over' : ''})`;
    case 'interrupted':
      return `interrupted, no budget spent: ${event.keys.join(', ') || 'nothing was in flight'}${stillThere(event.unkillable)}`;
    case 'phase_started':
      return `phase ${event.title} starts with ${event.agents.join(', ') || 'no agent'}${event.deliverable === '' ? '' : `; it hands over: ${event.deliverable}`}`;
    case 'phase_completed':
      return `phase ${event.phase} is ${event.skipped === true ? 'skipped' : 'complete'}; next: ${event.next.join(', ') || 'nothing'}`;
    case 'step_selected':
      return `runs: ${event.reason}`;
    case 'step_skipped':
      return `skipped: ${event.reason}`;
    case 'step_given_up':
      return `given up, nobody waits for it: ${firstLine(event.reason)}`;
    case 'graph_extended':
      return extensionWords(event);
    case 'invocation_started':
      return `${who(event.identity)} works, ${roundWords(event.round, event.attempt)}${event.author === event.step ? '' : ` (owner ${event.author})`}`;
    case 'invocation_ended':
      return workWords(event);
    case 'claim_mismatch':
      return `claims that were measured otherwise: ${event.mismatches.map((m) => `${m.claim} / ${m.measured}`).join('; ')}`;
    case 'gates_started':
      return `${event.set === 'none' ? 'no' : event.set} gates run, round ${event.round}`;
    case 'gates_ended':
      return gateWords(event);
    case 'review_started':
      return `${who(event.identity)} reviews ${event.link.to.slice(0, 8)}, ${roundWords(event.round, event.attempt)}`;
    case 'review_ended':
      return reviewWords(event);
    case 'merge_started':
      return `merges ${countOf(event.sides.length, 'branch').replace('branchs', 'branches')}`;
    case 'merge_ended':
      return mergeWords(event);
    case 'step_accepted':
      return event.override === null ? 'accepted' : `accepted by a person's override (${event.override})`;
    case 'rework_requested':
      return `sent back to ${event.authors.join(', ')}, round ${event.round}, ${countOf(event.findings.length, 'finding')}`;
    case 'step_reopened':
      return `opened again: ${event.reason}`;
    case 'effort_requested':
      return `${actorName(event.actor)} asks for effort ${event.tier}`;
    case 'follow_requested':
      return event.for_ms === null
        ? `${actorName(event.actor)} no longer waits for checks`
        : `${actorName(event.actor)} waits ${formatDuration(event.for_ms)} for checks and reviews`;
    case 'effort_raised':
      return `effort ${event.from} becomes ${event.to}: ${event.reason}${event.reopened.length === 0 ? '' : `; opened again: ${event.reopened.join(', ')}`}${wholeWords(event)}`;
    case 'question_asked':
      return `question ${event.question.id}: ${firstLineWithItems(event.question.text)} [${event.question.options.map((o) => o.id).join(' | ')}]`;
    case 'question_answered':
      return `${actorName(event.actor)} answers ${event.question_id} with ${event.option}${event.text === '' ? '' : `: ${event.text}`}`;
    case 'wait_started':
      // What the program said stands at its failed attempt.
      return `waits ${formatDuration(event.wait_ms)} before trying again: ${firstLine(event.reason).replace(/:$/, '')}`;
    case 'wait_ended':
      return 'the wait is over';
    case 'effect_intended':
      return `${effectWords(event.effect)} for ${event.repo}: about to`;
    case 'effect_ended':
      return `${effectWords(event.effect)} for ${event.repo}: ${effectOutcome(event)}`;
    case 'cancel_requested':
      return `${actorName(event.actor)} cancels the run: ${event.reason}${event.clean_up === undefined || event.clean_up === 'keep_everything' ? '' : `; then: ${cleanUpWords(event.clean_up)}`}`;
    case 'deploy_started':
      return `deploys ${event.head.slice(0, 12)} to ${event.environment}`;
    case 'deploy_ended':
      return `the command for ${event.environment} ended after ${formatDuration(event.duration_ms)}: ${failureLine(event.outcome.detail)}`;
    case 'deploy_skipped':
      return `not deployed to ${event.environment}: ${event.reason}`;
    case 'clean_up_started':
      return `cleans up: ${cleanUpWords(event.choice)}`;
    case 'clean_up_ended':
      return `cleaned up: ${[...event.result.done, ...event.result.left.map((what) => `left: ${what}`)].join('; ') || 'there was nothing'}`;
    case 'run_paused':
      return `paused (${event.reason}): ${event.detail}`;
    case 'run_resumed':
      return 'goes on';
    case 'run_ended':
      return `run ended: ${event.status} (${event.reason})`;
  }
}

/** A person, an agent, a gate or the engine, as people are told. */
export function actorName(actor: Actor): string {
  switch (actor.kind) {
    case 'human':
      return `${actor.name} (${actor.via})`;
    case 'agent':
    case 'gate':
      return actor.name;
    case 'engine':
      return 'the engine';
  }
}

function who(identity: Identity): string {
  return `${identity.agent} [${identity.label}]`;
}

function roundWords(round: number, attempt: number): string {
  return attempt === 1 ? `round ${round}` : `round ${round}, attempt ${attempt}`;
}

function workWords(event: EventOf<'invocation_ended'>): string {
  const time = formatDuration(event.duration_ms);
  if (event.outcome.kind === 'failed')
    return `attempt failed after ${time} (${event.outcome.reason}): ${firstLine(event.outcome.detail)}`;
  const { result, changed_files, lines_added, lines_removed } = event.outcome;
  const change =
    changed_files === 0 ? '' : `, ${countOf(changed_files, 'file')} +${lines_added} −${lines_removed}`;
  return `handed in after ${time}${change}: ${result.status === 'complete' ? '' : `${result.status}: `}${firstLine(result.summary)}`;
}

function gateWords(event: EventOf<'gates_ended'>): string {
  if (event.outcome.kind === 'failed')
    return `gates did not finish (${event.outcome.reason}): ${firstLine(event.outcome.detail)}`;
  const parts = event.outcome.results.map((r) => `${gatePlace(r)} ${r.gate} ${gateWord(r)} (${r.summary})`);
  return `gates: ${parts.join('; ') || 'none'}`;
}

function reviewWords(event: EventOf<'review_ended'>): string {
  if (event.outcome.kind === 'failed')
    return `review by ${event.reviewer} failed (${event.outcome.reason}): ${firstLine(event.outcome.detail)}`;
  const { verdict, summary, findings } = event.outcome.review;
  const blocking = findings.filter((f) => f.blocking).length;
  const found =
    findings.length === 0 ? '' : `, ${countOf(findings.length, 'finding')} (${blocking} blocking)`;
  return `${event.reviewer} says ${verdict}${found}: ${firstLine(summary)}`;
}

function mergeWords(event: EventOf<'merge_ended'>): string {
  const { outcome } = event;
  switch (outcome.kind) {
    case 'merged':
      return 'merged without conflict';
    case 'collided':
      return outcome.left.map(collisionWords).join('; ');
    case 'failed':
      return `merge failed (${outcome.reason}): ${firstLine(outcome.detail)}`;
  }
}

function cleanUpWords(choice: string): string {
  return choice.replaceAll('_', ' ');
}

function collisionWords({ side, against, paths }: Collision): string {
  return `${side} and ${against} collide in ${paths.join(', ')}: ${side} works on it again`;
}

function extensionWords(event: EventOf<'graph_extended'>): string {
  const dropped = event.dropped.length === 0 ? '' : `; dropped: ${event.dropped.join(', ')}`;
  return `${event.before}: ${event.reason}: ${event.steps.map((step) => step.id).join(', ')}${dropped}`;
}

function followedWords({ findings, notes }: { findings: Finding[]; notes: string[] }): string {
  const red = findings.map(({ problem }) => firstLine(problem));
  return [...(red.length === 0 ? ['nothing is red'] : red), ...notes].join('; ');
}

/** Where the base of a submission went, in short. */
export function movedWords({ repos }: BaseMoved): string {
  return repos
    .map(({ repo, ref, from, to }) => `${ref} of ${repo} from ${from.slice(0, 12)} to ${to.slice(0, 12)}`)
    .join(', ');
}

function effectWords(effect: string): string {
  return effect.replaceAll('_', ' ');
}

function effectOutcome(event: EventOf<'effect_ended'>): string {
  const { outcome } = event;
  if (outcome.kind === 'refused') return `refused: ${outcome.detail}`;
  if (outcome.kind === 'failed') return `failed (${outcome.reason}): ${firstLine(outcome.detail)}`;
  if (outcome.kind === 'base_moved') return `not done: the base went on (${movedWords(outcome)})`;
  if (outcome.kind === 'pending') return outcome.detail;
  if (outcome.followed !== undefined) return followedWords(outcome.followed);
  return [outcome.performed ? 'done' : foundWords(event.effect), ...(outcome.notes ?? [])].join('; ');
}

/** A look before the push changes nothing; everything else was found done. */
function foundWords(effect: EventOf<'effect_ended'>['effect']): string {
  return effect === 'prepare_push' ? 'nothing stands in its way' : 'was done already';
}
