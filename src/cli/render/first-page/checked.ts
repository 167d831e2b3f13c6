/** What checked the change and what it took, one line for each. */
import { gatePlace } from '../../../core/checks/gate-place.ts';
import { formatDuration } from '../duration.ts';
import { gateWord } from '../gate-word.ts';
import { countOf } from '../numbers.ts';
import type { ReportDocument } from '../report-document.ts';
import { costWords } from '../work-lines.ts';
import { shortList } from './short.ts';

/** As each step saw its gates last; what did not pass is named. */
export function gatesLine({ phases }: Pick<ReportDocument, 'phases'>): string {
  const gates = phases.flatMap(({ steps }) =>
    steps.flatMap((step) => step.gates.map((gate) => ({ step: step.title, gate, word: gateWord(gate) }))),
  );
  if (gates.length === 0) return 'Gates: none ran';
  const open = gates.filter(({ word }) => word === 'fail' || word === 'error' || word === 'unverified');
  const named = open.map(({ step, gate, word }) => `${gate.gate} of ${step} in ${gatePlace(gate)} (${word})`);
  const last = open.length === 0 ? '' : `; not passed: ${shortList(named).join(', ')}`;
  const kinds = [...new Set(gates.map(({ gate }) => kindOf(gate.gate)))].sort();
  return `Gates (${kinds.join(', ')}), as each step saw them last: ${tally(gates.map(({ word }) => word))}${last}`;
}

/** What a phase has to hand over is measured under a name of its own: `standard.criteria`. */
function kindOf(gate: string): string {
  return gate.startsWith('standard.') ? 'standards of phases' : gate;
}

/** Every verdict of every round. */
export function reviewsLine({ phases, measured }: Pick<ReportDocument, 'phases' | 'measured'>): string {
  const verdicts = phases.flatMap(({ steps }) =>
    steps.flatMap((step) => step.verdicts.map(({ verdict }) => verdict)),
  );
  if (verdicts.length === 0) return 'Reviews: none yet';
  const first = measured.first_pass_yield;
  const yielded = first === null ? '' : `, ${Math.round(first * 100)} % of the steps right at once`;
  return `Reviews: ${tally(verdicts)}; ${countOf(measured.rework_rounds, 'rework round')}${yielded}`;
}

/** Unknown prices and tokens stay unknown. */
export function tookLine({ measured, cost }: Pick<ReportDocument, 'measured' | 'cost'>): string {
  const time = `${formatDuration(measured.lead_time_ms)} from the request to the last event`;
  return `Time: ${time}, ${waitedWords(measured)}. Cost of the agents: ${costWords(cost.all)}`;
}

/** How much of the time went by until people answered. */
export function waitedWords({ waited_for_people_ms: ms }: Waited): string {
  return ms === 0 ? 'nobody was waited for' : `${formatDuration(ms)} of it waited for people`;
}

type Waited = Pick<ReportDocument['measured'], 'waited_for_people_ms'>;

/** `12 pass, 1 fail`, in the order in which they were met first. */
function tally(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} ${word.replaceAll('_', ' ')}`).join(', ');
}
