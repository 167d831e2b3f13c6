/**
 * Recommendations that contradict each other: where two different choices for one topic meet, a person decides before
 * the step that they lead to starts. The decision holds for the rest of the run.
 */
import type { EventOf } from '../events.ts';
import type { Question, QuestionOption } from '../records.ts';
import { factsBefore } from '../conditions/facts.ts';
import { ABORT } from './questions.ts';
import type { Recommended } from '../results.ts';
import { sameWords } from '../conditions/same-words.ts';
import type { RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';

const PREFIX = 'recommendations/';
const MAX_CHOICES = 8;

/** The open contradiction that this step would start on; null: it may start. */
export function contradictionBefore(state: RunState, st: StepState): Question | null {
  const isBeginning = st.attempts.size === 0 && !['select', 'asking', 'judge'].includes(st.stage);
  if (!isBeginning) return null;
  for (const [topic, all] of factsBefore(state, st.step).recommendations) {
    if (state.decided.has(topic)) continue;
    const choices = new Map<string, Recommended[]>();
    for (const each of all)
      choices.set(sameWords(each.choice), [...(choices.get(sameWords(each.choice)) ?? []), each]);
    if (choices.size > 1) return contradictionQuestion(topic, [...choices.values()]);
  }
  return null;
}

function contradictionQuestion(topic: string, choices: Recommended[][]): Question {
  const shown = choices.slice(0, MAX_CHOICES);
  const lines = shown.flatMap((same) =>
    same.map((each) => `- ${each.by}: "${each.choice}" (${each.reason})`),
  );
  const left = choices.length - shown.length;
  return {
    id: `${PREFIX}${topic}`,
    kind: 'recommendations',
    step: null,
    text: [
      `Recommendations for "${shown[0]?.[0]?.topic ?? topic}" contradict each other:`,
      ...lines,
      ...(left > 0 ? [`and ${left} more`] : []),
      'What holds?',
    ].join('\n'),
    options: [...shown.map((same, index) => choiceOption(index, same)), OWN_WORDS, ABORT],
    binds: null,
  };
}

function choiceOption(index: number, same: Recommended[]): QuestionOption {
  return {
    id: `choice-${index + 1}`,
    label: `"${same[0]?.choice ?? ''}"`,
    impact: `As ${same.map((each) => each.by).join(' and ')} recommends; every later agent is told that you decided it.`,
    takes_text: true,
  };
}

const OWN_WORDS: QuestionOption = {
  id: 'answer',
  label: 'Something else',
  impact: 'Your words are the decision; every later agent is told.',
  takes_text: true,
};

/** Keeps the person's decision. False: the question is another one. */
export function takeDecision(state: RunState, event: EventOf<'question_answered'>): boolean {
  if (!event.question_id.startsWith(PREFIX)) return false;
  const question = state.questions.get(event.question_id)?.question;
  const option = question?.options.find((each) => each.id === event.option);
  const words = event.option === 'answer' ? [event.text] : [option?.label ?? '', event.text];
  const decision = words.filter((part) => part !== '').join(': ');
  state.decided.set(event.question_id.slice(PREFIX.length), decision);
  return true;
}
