/** The acceptance criteria with what shows each of them, as a Markdown table. What others wrote stays text. */
import {
  countShown,
  sayStanding,
  SHOWN_MEANS,
  showTest,
  type ProvenCriterion,
} from '../core/checks/criteria.ts';

export function criteriaTable(criteria: readonly ProvenCriterion[]): string[] {
  return [
    `Acceptance ${countShown(criteria)}. ${SHOWN_MEANS}`,
    '',
    '| criterion | shown by | |',
    '|---|---|---|',
    ...criteria.map(
      (each) =>
        `| ${cell(`${each.id}: ${each.text}`)} | ${proofs(each)} | ${each.proven ? sayStanding(each) : '**open**'} |`,
    ),
  ];
}

/** What is said instead where a run has none. `why`: as it shall stand there. */
export function noneChecked(why: string): string {
  return `No acceptance criterion was checked: ${why}.`;
}

function proofs({ tests, confirmed }: ProvenCriterion): string {
  const named = tests.map((test) => showTest({ ...test, name: cell(test.name) }));
  const said = confirmed.map(({ by, how }) => `${cell(by)} confirms: ${cell(how)}`);
  return [...named, ...said].join('<br>') || 'nothing';
}

/** One line without Markdown or HTML of its own. */
export function cell(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_[\]<>|#@!]/g, '\\$&');
}
