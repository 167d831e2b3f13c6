/** What a pull request says of people who let something through: who, what, what was red, and in which words. */
import { gatePlace } from '../core/checks/gate-place.ts';
import { overriddenSteps } from '../core/questions/overridden.ts';
import type { ApprovalPart } from '../core/results.ts';
import type { QuestionState, RunState } from '../core/state.ts';
import { cell } from './criteria-table.ts';

const MAX_PATHS = 10;

/** A line of Markdown for each decision, in the order in which they were asked. */
export function decidedByPeople(state: RunState): string[] {
  return [...state.questions.values()].flatMap((asked) => {
    const what = decision(state, asked);
    return what === null || asked.answer === null
      ? []
      : [`- ${cell(asked.answer.by)} ${what}${words(asked)}`];
  });
}

/** null: it let nothing through that stands here. */
function decision(state: RunState, { question, answer }: QuestionState): string | null {
  const step = question.step === null ? undefined : state.steps.get(question.step);
  const title = cell(step?.step.title ?? '');
  switch (answer?.option) {
    case 'approve':
      return question.kind === 'approval' ? approved(state, question.binds ?? '') : null;
    case 'accept':
      return accepted(state, question.id);
    case 'withdraw':
      return `put findings of ${title} aside`;
    case 'allow':
      return `let ${title} change as much as it did`;
    default:
      return null;
  }
}

function approved(state: RunState, hash: string): string {
  const part = [...state.parts.values()].flat().find((each) => each.hash === hash);
  return part === undefined
    ? 'approved a part of the change'
    : `approved ${cell(part.title)}: ${paths(part)}`;
}

function paths({ paths: all, reasons }: ApprovalPart): string {
  const named = all.slice(0, MAX_PATHS).map((path, at) => {
    const reason = reasons?.[at] ?? null;
    return reason === null ? cell(path) : `${cell(path)} (${cell(reason)})`;
  });
  const more = all.length - named.length;
  return [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function accepted(state: RunState, question: string): string | null {
  const steps = overriddenSteps(state).filter((each) => each.question === question);
  if (steps.length === 0) return null;
  const red = steps.flatMap((each) =>
    each.red.map((gate) => cell(`${gatePlace(gate)} ${gate.gate}: ${gate.summary}`)),
  );
  const titles = steps.map(({ step }) => cell(step)).join(', ');
  const why = red.length === 0 ? 'against its reviewers' : `with red gates (${[...new Set(red)].join('; ')})`;
  return `accepted as it was: ${titles}, ${why}`;
}

function words({ answer }: QuestionState): string {
  const said = cell(answer?.text ?? '');
  return said === '' ? '' : `: “${said}”`;
}
