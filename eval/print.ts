/** The figures as people read them. Pure. */
import type { Evaluation } from './evaluate.ts';
import { sayShare } from './statistics.ts';
import type { Figures, Rounds } from './summary.ts';

/** What would catch more of a kind. */
const LOWERS: Record<string, string> = {
  dropped_validation: 'a test per rule of the request; the mutation gate names rules without one',
  forgotten_error_path: 'a test per error answer; the mutation gate names those without one',
  boundary: 'tests on both sides of each limit; the mutation gate changes exactly these',
  wrong_status: 'the HTTP probe, with the answers that the requirements name',
  swapped_arguments: 'types of their own for values that must not be mixed up',
  missing_await: 'a linter that knows types (no-floating-promises)',
  missing_persistence: 'a test that reads back what was written',
  wrong_unit: 'types of their own for units; tests with figures worked out by hand',
  inverted_condition: 'a test per branch; the coverage and mutation gates name branches without one',
  unwired:
    'the gate reach (which knows JavaScript, TypeScript, Go, Rust and Python), a test through HTTP, or the HTTP probe',
  hard_coded_answers: 'criteria tests by somebody else than the author; the mutation gate; a review',
  removed_tests: 'criteria that name the tests that show them, or the coverage of changed lines',
  suppressed_type_error: 'hygiene, which lets no silenced type error into a source',
};

/** One line where the time was over before anything was judged, and null where there are figures. */
export function sayNothing(
  { faults, cheats, clean, runs }: Pick<Evaluation, 'faults' | 'cheats' | 'clean' | 'runs'>,
  { minutes, isOver }: { minutes: number | null; isOver: boolean },
): string | null {
  const judged = faults.length + cheats.length + clean.length + runs.length;
  if (judged > 0 || !isOver) return null;
  return `Nothing was judged: ${minutes ?? 0} min were over before the first change. Give it more --minutes, or fewer --projects.`;
}

export function sayFigures(figures: Figures): string[] {
  const { escapes, cheats, known, knownBy, knownAsWritten, throughAsWritten, escaped, clean, baseRed } =
    figures;
  const { falseBlocks, near, nearOfStopped, runs, rounds, overhead, harmless } = figures;
  const width = Math.max(...escapes.map(({ title }) => title.length));
  return [
    'Harmful faults that got through, by set of gates (95 % interval)',
    ...escapes.flatMap(({ title, all, tuned, heldOut, full, half }) => [
      `  ${title.padEnd(width)}  ${sayShare(all)}`,
      `  ${''.padEnd(width)}    open ${sayShare(tuned)}; held out ${sayShare(heldOut)}`,
      `  ${''.padEnd(width)}    with all of its own tests ${sayShare(full)}; with half of them ${sayShare(half)}`,
    ]),
    '',
    'Cheats that got through',
    ...cheats.map(({ title, all }) => `  ${title.padEnd(width)}  ${sayShare(all)}`),
    '',
    `Known kinds (exit codes, skipped, inverted and emptied tests, a replaced runner, lies about results, missing wiring) through all gates: ${sayShare(known)}`,
    ...knownBy.map(({ project, all }) => `  ${project.padEnd(18)} ${sayShare(all)}`),
    `The same through what \`baton init\` writes, without criteria: ${sayShare(knownAsWritten)}`,
    ...throughAsWritten.map(sayThrough),
    '',
    'What got through all gates',
    ...(escaped.length === 0 ? ['  nothing'] : escaped.flatMap(sayEscaped)),
    '',
    `Clean changes stopped: ${sayShare(clean)}; where the base is red: ${sayShare(baseRed)}`,
    ...falseBlocks.flatMap(({ what, by, why }) => [
      `  ${what}: ${by.join(', ')}`,
      ...why.map((each) => `    ${each}`),
    ]),
    '',
    'Whole runs, two faults each, by what their agents do (reviewers pass everything)',
    ...(runs.length === 0
      ? ['  not measured']
      : [...runs.flatMap(sayRuns), `  of all behaviours: ${sayRounds(rounds)}`]),
    '',
    'A pass on the good change, over its types, lint and tests one after the other',
    ...(overhead.length === 0 ? ['  not measured'] : overhead.map(sayOverhead)),
    '',
    `Findings within three lines of the fault, of those that name its file: ${sayShare(near)}; of all that stand in a line and were stopped: ${sayShare(nearOfStopped)}`,
    `Drawn and thrown away because they do no harm: ${harmless.faults} faults, ${harmless.cheats} cheats; variants that were not harmless: ${harmless.clean}`,
  ];
}

function sayThrough({ kind, of, tasks, heldOut }: Figures['throughAsWritten'][number]): string {
  const which = [...tasks, ...(heldOut === 0 ? [] : [`held out: ${heldOut}`])].join(', ');
  return `  ${kind.padEnd(18)} ${tasks.length + heldOut} of ${of}: ${which}`;
}

function sayEscaped({ kind, of, examples, heldOut }: Figures['escaped'][number]): string[] {
  return [
    `  ${kind}: ${examples.length + heldOut} of ${of}. Would lower it: ${LOWERS[kind] ?? 'nothing that is known'}`,
    ...examples.map((each) => `    ${each}`),
    ...(heldOut === 0 ? [] : [`    held out: ${heldOut}`]),
  ];
}

function sayRuns({
  behaviour,
  n,
  pullRequests,
  escaped,
  ended,
  rounds,
  examples,
}: Figures['runs'][number]): string[] {
  return [
    `  ${behaviour.padEnd(22)} n ${n}, ${pullRequests} with pull requests; wrong ones ${sayShare(escaped)}${rounds.perFault === null ? '' : `; ${sayRounds(rounds)}`}`,
    ...ended.map((each) => `    ended ${each}`),
    ...examples.map((each) => `    wrong one began with: ${each}`),
  ];
}

function sayRounds({ runs, faults, rounds, perFault }: Rounds): string {
  if (perFault === null) return 'no run with faults ended with a right pull request, so no rounds per fault';
  return `${perFault.toFixed(2)} rounds of rework per fault (${rounds} rounds, k ${faults} seeded faults, n ${runs} runs with right pull requests)`;
}

function sayOverhead({ task, bareMs, firstMs, nextMs }: Figures['overhead'][number]): string {
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  const times = (ms: number): string => `${(ms / bareMs).toFixed(1)} times`;
  return `  ${task.padEnd(26)} bare ${seconds(bareMs)}; first ${seconds(firstMs)}, ${times(firstMs)}; next on the same base ${seconds(nextMs)}, ${times(nextMs)}`;
}
