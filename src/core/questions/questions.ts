/**
 * What people are asked, and what each answer does. Every question has at least one way out that works:
 * `abort` always does. Texts name the facts; nothing in them comes from an agent without being quoted as such.
 */
import { cleanUpOptions } from '../effects/cleanup.ts';
import type { RunEvent } from '../events.ts';
import type { Graph } from '../graph.ts';
import type { Question, QuestionOption } from '../records.ts';
import { questionId } from '../keys.ts';
import { pauseId } from '../graph/phases.ts';
import { blockingFindings } from '../review/rework.ts';
import type { RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import type { Effort } from '../words.ts';
import { leftOutBy, leftOutWords } from '../conditions/left-out.ts';
import { contentToJudge } from '../review/verdicts.ts';

/** How often one step may be helped along with an answer before only ending the run is left. */
const MAX_CLARIFICATIONS = 5;

export const ABORT: QuestionOption = {
  id: 'abort',
  label: 'Stop the run',
  impact: 'The run ends as cancelled; reviewed work is kept under refs/baton, nothing is submitted.',
  takes_text: false,
};

export function startQuestion(state: RunState): Question {
  return {
    id: 'confirm_start',
    kind: 'confirm_start',
    step: null,
    text: startText(state, [`${workflowWords(state)}:`, ...phaseLines(state)]),
    options: [
      {
        id: 'confirm',
        label: 'Start',
        impact: 'The first agent starts; words you add go to every agent as remarks.',
        takes_text: true,
      },
      ABORT,
    ],
    binds: null,
  };
}

/** The same question for who has just read the phases with their agents, above it. */
export function startQuestionBelowPhases(state: RunState): Question {
  return { ...startQuestion(state), text: startText(state, [`${workflowWords(state)}, as listed above.`]) };
}

function startText(state: RunState, workflow: readonly string[]): string {
  const effort = state.efforts.at(-1);
  return [
    `Request: ${state.request}`,
    ...(state.doubt === null ? [] : [state.doubt]),
    ...listed('Not part of this run, to be followed up by itself:', state.spunOff),
    ...workflow,
    ...(effort === undefined ? [] : sizeWords(state.graph, effort)),
    ...listed('Worth answering first, in the words that you add when you start:', state.askedFirst),
  ].join('\n');
}

function workflowWords({ graph }: RunState): string {
  return `Workflow ${graph.workflow}, ${graph.phases.length} phases`;
}

function phaseLines({ graph, efforts }: RunState): string[] {
  const effort = efforts.at(-1);
  const left = effort === undefined ? [] : leftOutBy(graph, effort.tier);
  return graph.phases.map((phase, i) => {
    const out = left.find((each) => each.phase === phase.id);
    return `${i + 1}. ${phase.title}: ${phase.deliverable}${out === undefined ? '' : ` (${leftOutWords(out)})`}`;
  });
}

function listed(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [title, ...items.map((item) => `- ${item}`)];
}

/** Why something is left out at the start, and how to get it all; nothing where all of it is done. */
export function sizeWords(graph: Graph, { tier, reason }: { tier: Effort; reason: string }): string[] {
  if (graph.cut_from !== undefined)
    return [
      `Effort ${tier}: ${reason}, so one specialist does it: nobody writes requirements, so no criterion is held against tests. Start with \`--effort medium\` for the whole workflow ${graph.cut_from}.`,
    ];
  if (leftOutBy(graph, tier).length === 0) return [];
  const more = tier === 'large' ? '' : ' Start with `--effort large` for all there is, or raise it later.';
  return [`Effort ${tier}: ${reason}.${more}`];
}

export function pauseQuestion(phase: string, next: string[]): Question {
  return {
    id: pauseId(phase),
    kind: 'pause',
    step: null,
    text: `Phase ${phase} is complete. Next: ${next.join(', ') || 'nothing'}. Ready to proceed?`,
    options: [{ id: 'continue', label: 'Go on', impact: 'The next phase starts.', takes_text: true }, ABORT],
    binds: null,
  };
}

/** Why a step stops for a person. */
export interface Escalation {
  kind:
    | 'rework_exhausted'
    | 'retry_exhausted'
    | 'dispute'
    | 'clarification'
    | 'blocked'
    | 'submission'
    | 'large_change';
  detail: string;
  /** The same authors left the same tree with the same gates red: going on as before comes behind saying what to do. */
  standsStill?: boolean;
}

/** A person is asked; where the step holds nobody back, it is given up instead and becomes an issue. */
export function escalate(state: RunState, st: StepState, escalation: Escalation): RunEvent {
  if (st.step.blocking === false)
    return { type: 'step_given_up', step: st.step.id, reason: escalation.detail };
  return { type: 'question_asked', question: escalationQuestion(state, st, escalation) };
}

/** The question that an escalation asks. Its id tells a second asking in the same round from the first. */
export function escalationQuestion(state: RunState, st: StepState, escalation: Escalation): Question {
  const { continues, clarifications, largeChanges } = st.budget;
  const id = `${questionId(st, escalation.kind)}/${continues + clarifications + largeChanges}`;
  return {
    id,
    kind: escalation.kind,
    step: st.step.id,
    text: [questionText(st, escalation.detail), ...wayToLook(state, st, { id, kind: escalation.kind })].join(
      '\n',
    ),
    options: escalationOptions(state, st, escalation),
    binds: contentToJudge(st),
  };
}

function questionText(st: StepState, detail: string): string {
  const findings = blockingFindings(st).map((f) => `- ${f.file ?? f.source}: ${f.problem}`);
  const place = [st.step.id, `round ${st.round}`, ...redGates(st)].join(', ');
  return [`${st.step.title} (${place}): ${asSentence(detail)}`, ...findings.slice(0, 20)].join('\n');
}

/** With a full stop where nothing ends it, so that a sentence may follow. */
export function asSentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** What is judged can be read, where it is a change: what each answer does to it is said behind. */
function wayToLook(state: RunState, st: StepState, { id, kind }: Pick<Question, 'id' | 'kind'>): string[] {
  const isJudged = kind === 'rework_exhausted' || kind === 'dispute';
  const revision = st.output?.revision ?? null;
  return isJudged && revision !== null && revision !== state.base.id
    ? [`See it: baton diff ${state.runId} ${id}`]
    : [];
}

/** Which gates it is about, where nothing else blocks: the title of a step may speak of reviews alone. */
function redGates(st: StepState): string[] {
  const sources = [...new Set(blockingFindings(st).map(({ source }) => source))];
  const gates = new Set(st.gates.map(({ gate }) => gate));
  return sources.length > 0 && sources.every((source) => gates.has(source))
    ? [`red: ${sources.join(', ')}`]
    : [];
}

function escalationOptions(
  state: RunState,
  st: StepState,
  { kind, standsStill = false }: Escalation,
): QuestionOption[] {
  const canContinue = st.budget.continues < state.limits.max_continues;
  switch (kind) {
    case 'rework_exhausted':
      return [...(canContinue ? waysOfRework(state, standsStill) : []), ACCEPT, ABORT];
    case 'dispute':
      return [...(canContinue ? [UPHOLD] : []), WITHDRAW, ABORT];
    case 'retry_exhausted':
      return [...(canContinue ? [RETRY] : []), ABORT];
    case 'submission':
      return [...(canContinue ? [RETRY] : []), ABORT, ...cleanUpOptions(['roll_back'])];
    case 'large_change':
      return [ALLOW, ...(canContinue ? [REVISE] : []), ABORT];
    case 'clarification':
    case 'blocked':
      return [...(st.budget.clarifications < MAX_CLARIFICATIONS ? [ANSWER] : []), ABORT];
  }
}

/** The first one is what a terminal proposes. */
function waysOfRework(state: RunState, standsStill: boolean): QuestionOption[] {
  return standsStill ? [REVISE, continueOption(state)] : [continueOption(state), REVISE];
}

const ACCEPT: QuestionOption = {
  id: 'accept',
  label: 'Accept as it is',
  impact: 'Recorded as your override, for exactly this content; the report and the pull request show it.',
  takes_text: true,
};
const ALLOW: QuestionOption = {
  id: 'allow',
  label: 'Go on with it',
  impact: 'Gates and reviewers look at the change as it is; their judgement still counts.',
  takes_text: false,
};
const REVISE: QuestionOption = {
  id: 'revise',
  label: 'Say what to do',
  impact: 'Your words go to the agent as guidance, and the loop gets more rounds.',
  takes_text: true,
};
const RETRY: QuestionOption = {
  id: 'retry',
  label: 'Try again',
  impact: 'The same work is tried again with a fresh retry budget.',
  takes_text: false,
};
const ANSWER: QuestionOption = {
  id: 'answer',
  label: 'Answer',
  impact: 'Your words go to the agent, which starts its step again.',
  takes_text: true,
};
const UPHOLD: QuestionOption = {
  id: 'uphold',
  label: 'The reviewer is right',
  impact: 'The agent has to answer the finding; the loop gets more rounds.',
  takes_text: true,
};
const WITHDRAW: QuestionOption = {
  id: 'withdraw',
  label: 'The agent is right',
  impact: 'The disputed findings are put aside, recorded as your decision.',
  takes_text: true,
};

function continueOption(state: RunState): QuestionOption {
  return {
    id: 'continue',
    label: `Continue (+${state.limits.continue_rounds} rounds)`,
    impact: `The loop gets ${state.limits.continue_rounds} more rounds.`,
    takes_text: false,
  };
}
