/** A gate that runs nothing here: the forge's own checks of exactly this commit, for what cannot be tested on this machine. */
import { performance } from 'node:perf_hooks';
import { setTimeout as pass } from 'node:timers/promises';
import type { GateCommand } from '../../definitions/config.ts';
import type { FindingDraft } from '../findings.ts';
import type { Stored } from '../repo-order.ts';

/** One check as the forge tells it. */
export interface CheckSeen {
  name: string;
  state: 'running' | 'passed' | 'failed' | 'neutral';
  detail: string;
  url: string | null;
  notes: { path: string; line: number; text: string }[];
}

export type ChecksAnswer =
  | { kind: 'checks'; checks: CheckSeen[] }
  /** `retryable`: the same question may be answered later. */
  | { kind: 'none'; detail: string; retryable: boolean }
  /** The revision changes nothing in this repository. */
  | { kind: 'unchanged' };

/** The forge of a run, as a gate may use it. */
export interface AskForge {
  /** Puts the commit where the forge checks it, and reads what is known by now; asking again repeats nothing. */
  ask(repo: string, signal: AbortSignal): Promise<ChecksAnswer>;
  /** Takes it away again. */
  end(repo: string, signal: AbortSignal): Promise<void>;
}

export interface ForgeChecksOrder {
  repo: string;
  gate: GateCommand;
  /** undefined: the run has no forge with checks. */
  forge: AskForge | undefined;
  timeoutMs: number;
  signal: AbortSignal;
}

/** Milliseconds between two looks: soon at first, as many checks are short, then as often as is polite. */
const FIRST_LOOK_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
const MAX_NOTES = 20;
const NO_FORGE: ChecksAnswer = {
  kind: 'none',
  detail: 'this run has no forge with checks of its own',
  retryable: false,
};

export async function runForgeChecks(order: ForgeChecksOrder): Promise<Stored> {
  const since = performance.now();
  const { forge, repo, signal } = order;
  const answer = forge === undefined ? NO_FORGE : await waitForChecks(order, forge, since);
  // Where it stays, the same run takes it away when it is asked again, or a person does.
  await forge?.end(repo, signal).catch(() => undefined);
  const judged = judge(order, answer);
  return { ...judged, tests: null, log: '', durationMs: Math.round(performance.now() - since) };
}

/** The last answer: of a forge that is done with all that were named, or of one that took too long. */
async function waitForChecks(order: ForgeChecksOrder, forge: AskForge, since: number): Promise<ChecksAnswer> {
  const { repo, signal, timeoutMs } = order;
  for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const answer = await forge.ask(repo, signal);
    const left = timeoutMs - (performance.now() - since);
    const mayChange =
      answer.kind === 'checks' ? !isDone(order, answer.checks) : answer.kind === 'none' && answer.retryable;
    if (!mayChange || left <= 0) return answer;
    await pass(Math.min(pause, left), undefined, { signal });
  }
}

/** One that failed says enough: nobody waits for the others. */
function isDone({ gate }: ForgeChecksOrder, checks: readonly CheckSeen[]): boolean {
  const wanted = checksOf(gate).map((name) => checks.filter((check) => check.name === name));
  return (
    wanted.flat().some(({ state }) => state === 'failed') ||
    wanted.every((seen) => seen.length > 0 && seen.every(({ state }) => state !== 'running'))
  );
}

function checksOf(gate: GateCommand): readonly string[] {
  return gate.checks ?? [];
}

type Judged = Pick<Stored, 'status' | 'summary' | 'drafts'>;

function judge(order: ForgeChecksOrder, answer: ChecksAnswer): Judged {
  if (answer.kind === 'unchanged')
    return { status: 'not_applicable', summary: 'nothing changed in this repository', drafts: [] };
  if (answer.kind === 'none') return { status: 'error', summary: answer.detail, drafts: [] };
  const names = checksOf(order.gate);
  const seen = names.flatMap((name) => answer.checks.filter((check) => check.name === name));
  const failed = seen.filter(({ state }) => state === 'failed');
  if (failed.length > 0)
    return {
      status: 'fail',
      summary: `red at the forge: ${namesOf(failed)}`,
      drafts: failed.flatMap((check) => draftsOf(order.repo, check)),
    };
  const missing = names.filter((name) => !seen.some((check) => check.name === name));
  if (missing.length > 0)
    return {
      status: 'error',
      summary: `the forge never began ${missing.join(', ')}: its checks have to run on pushes to \`baton/**\``,
      drafts: [],
    };
  const running = seen.filter(({ state }) => state === 'running');
  if (running.length > 0)
    return { status: 'error', summary: `still running when time was over: ${namesOf(running)}`, drafts: [] };
  const neutral = seen.filter(({ state }) => state === 'neutral');
  // A check that was skipped shows nothing.
  return neutral.length > 0
    ? { status: 'unverified', summary: `ended without a word at the forge: ${namesOf(neutral)}`, drafts: [] }
    : { status: 'pass', summary: `green at the forge: ${namesOf(seen)}`, drafts: [] };
}

function namesOf(checks: readonly CheckSeen[]): string {
  return checks.map(({ name }) => name).join(', ');
}

/** One finding per line that it names; of one that names none, the check itself. */
export function draftsOf(repo: string, check: CheckSeen): FindingDraft[] {
  const where = check.url === null ? '' : ` (${check.url})`;
  const common = { severity: 'major', blocking: true, repo } as const;
  const fix = `Make the check \`${check.name}\` of the forge green${where}.`;
  if (check.notes.length === 0) {
    const said = check.detail === '' ? '' : `: ${check.detail}`;
    const problem = `The forge's check \`${check.name}\` is red${said}`;
    return [{ ...common, file: null, line: null, identity: check.name, problem, fix }];
  }
  return check.notes.slice(0, MAX_NOTES).map(({ path, line, text }) => ({
    ...common,
    file: path,
    line,
    identity: `${check.name} ${text}`,
    problem: `The forge's check \`${check.name}\` is red: ${text}`,
    fix,
  }));
}
