/** What gates and reviewers find in a world of chance. */
import type { EffectfulCommand } from '../core/commands.ts';
import type { Finding, ReviewResult } from '../core/results.ts';
import { stepOf, type RunState } from '../core/state.ts';
import type { StepState } from '../core/step-state.ts';
import { plain, type Chance } from './chance.ts';
import { digest } from './random.ts';

type Of<K extends EffectfulCommand['kind']> = Extract<EffectfulCommand, { kind: K }>;

export function verdictOf(chance: Chance, command: Of<'review'>, state: RunState): ReviewResult {
  const st = stepOf(state, command.step);
  const name = plain(command.key);
  const earlier = st.findings.filter((finding) => finding.source === command.reviewer);
  const resolved = earlier.map((finding) => finding.id);
  const named = [findingOf(chance, state, st, command.reviewer)];
  if (chance.happens('contradict', name)) return { verdict: 'pass', summary: '', findings: named, resolved };
  if (!chance.happens('fail', name))
    return { verdict: 'pass_with_notes', summary: '', findings: [], resolved };
  const vague = chance.happens('vague', name);
  return { verdict: 'fail', summary: '', findings: vague ? [] : named, resolved };
}

/** Red tests in one file, or in several. */
export function redsOf(chance: Chance, state: RunState, st: StepState, name: string): Finding[] {
  if (!chance.happens('red', name)) return [];
  const files = ['a', 'b', 'c'].filter((file) => file === 'a' || chance.roll('reds', name, file) < 0.4);
  return files.map((file) => ({
    ...findingOf(chance, state, st, `tests/${file}`),
    source: 'tests',
    file: `${file}.test.ts`,
  }));
}

function findingOf(chance: Chance, state: RunState, st: StepState, source: string): Finding {
  const name = `${st.step.id}/r${st.round}/${source}`;
  const same = chance.happens('repeat', name);
  const others = state.graph.steps;
  const foreign = others[Math.floor(chance.roll('owner', name) * others.length)]?.id ?? null;
  return {
    id: `${name}/1`,
    fingerprint: same ? digest(st.step.id, source) : digest(name),
    source,
    severity: 'major',
    blocking: true,
    repo: null,
    file: null,
    line: null,
    problem: `problem of ${name}`,
    fix: 'mend it',
    owner: chance.happens('foreign', name) ? foreign : null,
  };
}
