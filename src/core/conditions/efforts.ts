/** What says that a run is worth more than it seemed: an accepted word, a measured size, a person. It only rises. */
import type { ChangeSize } from '../results.ts';
import type { RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import { EFFORTS, type Effort } from '../words.ts';

/** What fits into an effort, since the base and without tests and documents. A bug fix is a kind of work, not a size. */
const EFFORT_BOUNDS: readonly ({ tier: Effort } & ChangeSize)[] = [
  { tier: 'trivial', files: 1, lines: 20 },
  { tier: 'small', files: 8, lines: 300 },
  { tier: 'medium', files: 40, lines: 1_500 },
  { tier: 'large', files: Infinity, lines: Infinity },
];
/** A bug fix may grow as far as a small feature. */
const BUGFIX_BOUND: ChangeSize = { files: 8, lines: 300 };

/** What an accepted step says of the effort: its agent's word where it only reads, the size of the change as measured. */
export function noteEffort(state: RunState, st: StepState): void {
  const { work } = st.step;
  const reads = work.kind === 'agent' && state.graph.agents[work.agent]?.access === 'read';
  if (reads && st.namedEffort !== null)
    wantEffort(state, st.namedEffort, `${st.step.id} needs more than that`);
  const now = state.efforts.at(-1);
  if (st.size === null || now === undefined) return;
  const { files, lines } = st.size;
  const bound = now.tier === 'bugfix' ? BUGFIX_BOUND : EFFORT_BOUNDS.find((each) => each.tier === now.tier);
  if (bound === undefined || fits(st.size, bound)) return;
  const tier = EFFORT_BOUNDS.find((each) => fits({ files, lines }, each))?.tier ?? 'large';
  wantEffort(state, tier, `the change has ${files} files and ${lines} lines, more than ${now.tier} holds`);
}

function fits(size: ChangeSize, bound: ChangeSize): boolean {
  return size.files <= bound.files && size.lines <= bound.lines;
}

/** The highest wish counts; one that is no rise changes nothing. */
export function wantEffort(state: RunState, tier: Effort, reason: string): void {
  const highest = state.wantedEffort?.tier ?? state.efforts.at(-1)?.tier;
  if (highest === undefined || EFFORTS.indexOf(tier) <= EFFORTS.indexOf(highest)) return;
  state.wantedEffort = { tier, reason };
}
