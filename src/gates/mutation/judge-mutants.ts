/** What the mutants that were tried say of the tests. Pure. */
import type { FindingDraft } from '../findings.ts';
import type { Judgement } from '../suites/judge-tests.ts';
import { isCounted, type Mutant } from './mutants.ts';

/** `survived`: no test noticed. `by`: the test that did, or how the run ended. */
export type Tried = { mutant: Mutant } & ({ end: 'killed'; by: string } | { end: 'survived' });

export interface MutationRun {
  repo: string;
  tried: readonly Tried[];
  /** How many there are. */
  found: number;
  /** Files that no test loads as they are written. */
  unloaded: readonly string[];
  /** Files with which tests fail as soon as a comment is added: mutants of them show nothing. */
  watchful: readonly string[];
  /** Files of which no mutants could be made, each with the reason. */
  unread: readonly { path: string; why: string }[];
  /** How much may be tried, in words. */
  bounds: string;
  minScore: number;
}

/** Fewer than these say nothing of a share. */
const FEWEST = 5;
const MAX_FINDINGS = 20;
const FIXED_ANSWER = 'fixed_answer ';
const SURVIVOR = 'mutant ';

/** Red where tests ask for nothing but a fixed answer, and where they notice too few of the mutants that count. */
export function judgeMutants(run: MutationRun): Judgement {
  const { tried, found, unloaded, watchful, unread, bounds, minScore } = run;
  const counted = tried.filter(({ mutant }) => isCounted(mutant));
  const killed = counted.filter(({ end }) => end === 'killed').length;
  const share = counted.length === 0 ? 1 : killed / counted.length;
  const tooFew = counted.length >= FEWEST && share < minScore;
  const fixed = fixedAnswers(tried);
  const unnoticed = tried.filter(
    ({ end, mutant }) =>
      end === 'survived' && !fixed.some((ids) => ids.fixed?.id === mutant.fixed?.id && mutant.fixed !== null),
  );
  const drafts = [
    ...fixed.map((mutant) => describeFixed(run.repo, mutant)),
    ...limited(
      run.repo,
      unnoticed.map(({ mutant }) => describeSurvivor(run.repo, mutant, tooFew && isCounted(mutant))),
    ),
    ...watchful.map((path) => describeWatchful(run.repo, path)),
    ...unloaded.map((path) => describeUnloaded(run.repo, path)),
    ...unread.map((file) => describeUnread(run.repo, file)),
  ];
  const parts = [
    `${killed} of ${counted.length} mutants noticed`,
    tooFew ? `at least ${percent(minScore)} are asked for` : '',
    fixed.length > 0 ? `${fixed.length} fixed ${fixed.length === 1 ? 'answer' : 'answers'}` : '',
    tried.length < found ? `${tried.length} of ${found} tried (bounds: ${bounds})` : '',
    unloaded.length > 0
      ? `not loaded by tests: ${unloaded.length} ${unloaded.length === 1 ? 'file' : 'files'}`
      : '',
    watchful.length > 0 ? `fail with comments alone: ${watchful.join(', ')}` : '',
    unread.length > 0 ? `not mutated: ${unread.length} ${unread.length === 1 ? 'file' : 'files'}` : '',
  ];
  const isRed = drafts.some(({ blocking }) => blocking);
  const status = isRed ? 'fail' : tried.length === 0 ? 'unverified' : 'pass';
  return { status, summary: parts.filter((part) => part !== '').join(', '), tests: null, drafts };
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/**
 * Conditions that tests do ask for and never go past: it may always hold, or each of its parts may go, and nobody
 * notices. One mutant of each stands for it.
 */
function fixedAnswers(tried: readonly Tried[]): Mutant[] {
  const groups = Map.groupBy(
    tried.filter(({ mutant }) => mutant.fixed !== null),
    ({ mutant }) => mutant.fixed?.id ?? '',
  );
  return [...groups.values()].flatMap((group) => {
    const ends = (role: string): string[] =>
      group.filter(({ mutant }) => mutant.fixed?.role === role).map(({ end }) => end);
    const isAsked = ends('never').includes('killed');
    const parts = ends('part');
    const isLoose =
      ends('always').includes('survived') || (parts.length > 1 && parts.every((end) => end === 'survived'));
    const [first] = group;
    return isAsked && isLoose && first !== undefined ? [first.mutant] : [];
  });
}

/** What tests do not notice is for who wrote them; a fixed answer is its author's. Known in the run, and nothing that is remembered over runs. */
export function ownedByTests<T extends { drafts: FindingDraft[] }>(result: T, owner: string | null): T {
  if (owner === null) return result;
  const isOfTests = ({ identity }: FindingDraft): boolean => identity.startsWith(SURVIVOR);
  return {
    ...result,
    drafts: result.drafts.map((draft) => (isOfTests(draft) ? { ...draft, owner } : draft)),
  };
}

function describeFixed(repo: string, { path, line, before }: Mutant): FindingDraft {
  return {
    severity: 'major',
    blocking: true,
    repo,
    file: path,
    line,
    identity: `${FIXED_ANSWER}${before}`,
    problem: `\`${before}\` gives a fixed answer to what the tests ask for: with a condition that holds for more, no test fails.`,
    fix: 'Compute the answer. Where it really is fixed, a test that asks beside it has to show so.',
  };
}

function describeSurvivor(
  repo: string,
  { path, line, before, after, identity }: Mutant,
  blocking: boolean,
): FindingDraft {
  return {
    severity: blocking ? 'major' : 'minor',
    blocking,
    repo,
    file: path,
    line,
    identity: `${SURVIVOR}${identity}`,
    problem: `No test notices when this line is changed. It is \`${before}\`, and with \`${after}\` all tests stay green.`,
    fix: `Add a test that fails with \`${after}\`; where both mean the same, or nothing depends on it, say so.`,
  };
}

function describeWatchful(repo: string, path: string): FindingDraft {
  return {
    severity: 'major',
    blocking: true,
    repo,
    file: path,
    line: null,
    identity: 'sees_its_text',
    problem: `Tests fail when nothing but comments is added to ${path}: the code, or a test, looks at how it is written. What its tests notice of it says nothing.`,
    fix: 'Let the code do the same however it is written; where a test checks its text (a formatter, a checksum), make that a gate of its own.',
  };
}

function describeUnloaded(repo: string, path: string): FindingDraft {
  return {
    severity: 'minor',
    blocking: false,
    repo,
    file: path,
    line: null,
    identity: 'not_loaded',
    problem: `${path} may throw when it is loaded and all tests stay green: none loads it, or what they load was built before.`,
    fix: 'Nothing, where it is built first; else a test that uses what it does.',
  };
}

function describeUnread(repo: string, { path, why }: { path: string; why: string }): FindingDraft {
  return {
    severity: 'minor',
    blocking: false,
    repo,
    file: path,
    line: null,
    identity: 'not_mutated',
    problem: `${path} ${why}: none of its lines was mutated.`,
    fix: 'Split the file, or say what made it where a program did.',
  };
}

function limited(repo: string, drafts: FindingDraft[]): FindingDraft[] {
  const [first] = drafts;
  const sorted = drafts.toSorted((a, b) => Number(b.blocking) - Number(a.blocking));
  if (first === undefined || drafts.length <= MAX_FINDINGS) return sorted;
  const more = `${drafts.length - MAX_FINDINGS} more mutants are noticed by no test.`;
  const rest: FindingDraft = {
    ...first,
    severity: 'minor',
    blocking: false,
    repo,
    file: null,
    line: null,
    identity: 'more',
    problem: more,
    fix: 'See the log of this gate.',
  };
  return [...sorted.slice(0, MAX_FINDINGS), rest];
}
