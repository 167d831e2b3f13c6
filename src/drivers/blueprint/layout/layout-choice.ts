/** What only a person can say about a layout: which service, which framework, and whether new routes may go without what others have. */
import { bare, isNo, isYes } from '../understand/answer-words.ts';
import { FRAMEWORKS, type Framework } from './handler-style.ts';

export interface LayoutChoice {
  /** The repository, where several are services. */
  service: string | null;
  /** Where the package depends on several. */
  framework: Framework | null;
  /** New routes have their handler alone, whatever stands in those that are there. */
  plain: boolean;
}

export const NOTHING_CHOSEN: LayoutChoice = { service: null, framework: null, plain: false };

/** What is open, so that an answer finds it. */
export type LayoutQuestion =
  | { about: 'service'; options: readonly string[] }
  | { about: 'framework'; options: readonly Framework[] }
  | { about: 'plain' };

/** null: these words do not answer it. */
export function chooseLayout(
  question: LayoutQuestion,
  words: string,
  choice: LayoutChoice,
): LayoutChoice | null {
  const said = bare(words);
  switch (question.about) {
    case 'service': {
      const service = onlyNamed(question.options, said);
      return service === null ? null : { ...choice, service };
    }
    case 'framework': {
      const framework = onlyNamed(question.options, said);
      return framework === null ? null : { ...choice, framework };
    }
    case 'plain':
      return !isNo(said) && (isYes(said) || /^(?:go(?:es)? |leave |they go )?without\b/i.test(said))
        ? { ...choice, plain: true }
        : null;
  }
}

/** The one option that the words name whole; null: none, or several. */
function onlyNamed<T extends string>(options: readonly T[], said: string): T | null {
  const words = said.toLowerCase().split(/[^a-z0-9:_.-]+/);
  const named = options.filter((option) => words.includes(option.toLowerCase()));
  return named.length === 1 ? (named[0] ?? null) : null;
}

/** The choice as constraints of the requirements: later agents read it back from there. */
export function choiceSentences({ service, framework, plain }: LayoutChoice): string[] {
  return [
    ...(service === null ? [] : [`The service is \`${service}\`, as was answered.`]),
    ...(framework === null ? [] : [`Routes are those of \`${framework}\`, as was answered.`]),
    ...(plain ? ['New routes have their handler alone, as was answered.'] : []),
  ];
}

/** Reads the sentences back, from a text or from JSON. */
export function choiceIn(requirements: string): LayoutChoice {
  const named = /Routes are those of `([a-z:]+)`, as was answered\./.exec(requirements)?.[1];
  return {
    service: /The service is `([^`]+)`, as was answered\./.exec(requirements)?.[1] ?? null,
    framework: FRAMEWORKS.find((name) => name === named) ?? null,
    plain: requirements.includes('New routes have their handler alone, as was answered.'),
  };
}
