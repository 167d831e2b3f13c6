/** The role that an agent's own words give it, where its file names none. Words only narrow: each of these roles reads. */
import type { Role } from '../core/words.ts';

type ReadingRole = Extract<Role, 'coordinator' | 'planner' | 'reviewer'>;

/** What a name ends in: `plan-reviewer` reviews, `review-fixer` does not. */
const NAMES: readonly (readonly [ReadingRole, RegExp])[] = [
  ['coordinator', /^(?:orchestrat\w*|coordinat\w*|conductor|dispatcher|lead)$/],
  ['planner', /^(?:plann(?:er|ing)|research\w*|summari[sz]\w*|summary|analyst)$/],
  ['reviewer', /^(?:review\w*|audit\w*|critic)$/],
];

/** Says of anything only that it is an agent. */
const EMPTY_NAMES = /-(?:agent|subagent|expert|specialist|assistant|bot)$/;

/** What a description says that the agent does. */
const DEEDS: readonly (readonly [ReadingRole, RegExp])[] = [
  ['coordinator', /\b(?:orchestrates|coordinates)\b/i],
  ['reviewer', /\b(?:reviews|audits)\b/i],
  ['planner', /\b(?:plans|researches|summari[sz]es)\b/i],
];

const WRITES =
  /\b(?:implements?|writes?|builds?|creates?|edits?|fix(?:es)?|develops?|refactors?|migrates?|generates?|adds?|updates?|deploys?)\b/i;
const DENIALS = /\b(?:never|not|cannot|without)\s+(?:\w+\s+)?\w+/gi;

/** null: neither name nor description tell; the name counts before the description. */
export function roleFromWords(name: string, description: string): ReadingRole | null {
  const head = name.toLowerCase().replace(EMPTY_NAMES, '').split('-').at(-1) ?? '';
  const named = NAMES.find(([, pattern]) => pattern.test(head));
  if (named !== undefined) return named[0];
  // Examples tell of other agents, too.
  const plain = (description.split(/\bexamples?:|<example>/i)[0] ?? '').replaceAll(DENIALS, '');
  if (WRITES.test(plain)) return null;
  return DEEDS.find(([, pattern]) => pattern.test(plain))?.[0] ?? null;
}
