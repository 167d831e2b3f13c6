/** What a run came to, for stdout: status, pull requests, what is waited for, and the command that goes on. */
import { fileURLToPath } from 'node:url';
import type { BudgetLine } from '../../core/budget/budget.ts';
import type { EventOf } from '../../core/events.ts';
import type { PullRequest, Question, RepoBase } from '../../core/records.ts';
import type { RunStatus } from '../../core/words.ts';
import { noneChecked } from '../../engine/criteria-table.ts';
import type { ShownCriteria } from '../answers/shown-criteria.ts';
import type { AcceptedAnyway } from './accepted-anyway.ts';
import { escapeJson, escapeText } from './escape.ts';
import { questionLines } from './question.ts';
import type { Style } from './style.ts';

export interface RunResult {
  runId: string;
  status: RunStatus;
  reason: string;
  /** Until when it waits before it tries again, and what time it is now: ISO 8601. Absent: it does not wait for that. */
  wait?: { until: string; now: string };
  pullRequests: PullRequest[];
  questions: Question[];
  /** Ids of all that it ever asked. */
  askedIds: string[];
  head: string;
  repos: RepoBase[];
  budget: BudgetLine[];
  /** Acceptance criteria; null where the run ends with its plan. */
  criteria: ShownCriteria | null;
  /** What a person accepted although gates or reviewers objected. */
  acceptedAnyway: AcceptedAnyway[];
  /** It changed code, no test is new or changed, and no reviewer says how else it was seen to work. */
  withoutTest: boolean;
  /** Its plan is all that the run was for. */
  endsWithPlan: boolean;
  /** Where the local forge keeps its repositories; null when another forge is used. */
  forgeDir: string | null;
  /** What is stored of it was changed: nothing may go on from there. Absent: nothing of it is known to be. */
  isDamaged?: boolean;
}

/** Plain lines: the result first, then what to do next. */
export function resultLines(result: RunResult, style: Style, columns: number): string[] {
  const lines = [
    headline(result, style),
    ...criteriaLines(result, style),
    ...testLines(result, style),
    ...acceptedAnywayLines(result, style),
  ];
  for (const pr of result.pullRequests) lines.push(...pullRequestLines(pr, result, style));
  const asked = { runId: result.runId, known: result.askedIds };
  for (const question of result.isDamaged === true ? [] : result.questions)
    lines.push('', ...questionLines(asked, question, style, columns));
  const next = nextCommand(result);
  if (next !== null) lines.push('', `  ${next}`);
  return lines;
}

/** `, until 14:03:20Z`, with the day where it is not today. */
function untilWords(wait: RunResult['wait']): string {
  if (wait === undefined) return '';
  const [day = '', time = ''] = wait.until.split('T');
  return `, until ${wait.now.startsWith(day) ? '' : `${day} `}${time.slice(0, 8)}Z`;
}

function headline(result: RunResult, style: Style): string {
  const text = `${result.status}: ${escapeText(result.reason)}${untilWords(result.wait)}  (run ${result.runId})`;
  switch (result.status) {
    case 'done':
      return style.good(`${style.glyphs.done} ${text}`);
    case 'failed':
    case 'cancelled':
      return style.bad(`${style.glyphs.failed} ${text}`);
    case 'waiting_human':
      return style.ask(`${style.glyphs.ask} ${text}`);
    case 'running':
    case 'waiting_retry':
    case 'paused':
    case 'interrupted':
      return style.busy(`${style.glyphs.busy} ${text}`);
  }
}

/** What a finished run leaves open is said where it ends: pull requests are ready all the same. */
function criteriaLines({ status, criteria }: RunResult, style: Style): string[] {
  if (criteria === null || status !== 'done') return [];
  if (criteria.unchecked !== undefined)
    return [style.ask(`  ${noneChecked(escapeText(criteria.unchecked))}`)];
  const line = `  criteria shown: ${criteria.shown} of ${criteria.total}`;
  return [criteria.shown < criteria.total ? style.ask(line) : style.dim(line)];
}

function testLines({ status, withoutTest }: RunResult, style: Style): string[] {
  return status === 'done' && withoutTest
    ? [style.ask('  the change came without a test: none is new or changed')]
    : [];
}

function acceptedAnywayLines({ status, acceptedAnyway }: RunResult, style: Style): string[] {
  if (status !== 'done') return [];
  return acceptedAnyway.map(({ step, red }) => {
    const what = red.length === 0 ? 'against its reviewers' : `with red gates: ${red.join(', ')}`;
    return style.ask(`  accepted by a person as it was: ${escapeText(step)}, ${escapeText(what)}`);
  });
}

/** One pull request with the two commands that show its change in the user's own checkout. */
export function pullRequestLines(pr: PullRequest, result: RunResult, style: Style): string[] {
  const commands = fetchCommands(pr, result.repos, result.forgeDir);
  return [
    `  ${escapeText(pr.repo)} #${pr.number} ${pr.state}  ${escapeText(pr.branch)} ${style.glyphs.next} ${escapeText(pr.base)}  ${style.dim(escapeText(pr.url))}`,
    ...commands.map((command) => `    ${command}`),
  ];
}

/** `git fetch PATH BRANCH` and the diff; nothing where the pull request is not on the local forge. */
export function fetchCommands(
  pr: PullRequest,
  repos: Pick<RepoBase, 'name' | 'path' | 'commit'>[],
  forgeDir: string | null,
): string[] {
  const repo = repos.find((each) => each.name === pr.repo);
  // The branch of a closed one is gone.
  if (forgeDir === null || repo === undefined || pr.state === 'closed') return [];
  const at = `git -C ${quote(repo.path)}`;
  return [
    `${at} fetch ${quote(bareRepository(pr, forgeDir))} ${quote(pr.branch)}`,
    `${at} diff ${repo.commit.slice(0, 12)} FETCH_HEAD`,
  ];
}

/** The forge names it: a second repository of the same name lies beside the first under another one. */
function bareRepository(pr: PullRequest, forgeDir: string): string {
  return pr.url.startsWith('file://') ? fileURLToPath(pr.url) : `${forgeDir}/${pr.repo}.git`;
}

/** Quotes a word for a shell where it needs it. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${escapeText(word).replaceAll("'", String.raw`'\''`)}'`;
}

function nextCommand(result: RunResult): string | null {
  if (result.isDamaged === true) return `baton verify ${result.runId}`;
  switch (result.status) {
    case 'done':
      return result.endsWithPlan ? `baton plan --of ${result.runId}` : `baton report ${result.runId}`;
    case 'failed':
    case 'cancelled':
      return `baton report ${result.runId}`;
    case 'paused':
    case 'interrupted':
      return `baton resume ${result.runId}`;
    case 'running':
    case 'waiting_retry':
      return `baton log ${result.runId} --follow`;
    case 'waiting_human':
      return null;
  }
}

/** The last line of `--json`. */
export function resultJson(result: RunResult): string {
  const { runId, status, reason, pullRequests, head, questions, budget, criteria } = result;
  const { acceptedAnyway } = result;
  const pull_requests = pullRequests.map((pr) => ({
    repo: pr.repo,
    number: pr.number,
    url: pr.url,
    branch: pr.branch,
    base: pr.base,
    head: pr.head,
  }));
  const document = {
    type: 'result',
    run_id: runId,
    status,
    reason,
    pull_requests,
    questions,
    budget,
    criteria,
    accepted_anyway: acceptedAnyway,
    journal_head: head,
  };
  return escapeJson(JSON.stringify(document));
}

/** What a started run says of its repositories, for the result. */
export function localForgeDir(started: EventOf<'run_started'>, stateDir: string): string | null {
  return started.forge === 'local' ? `${stateDir}/forge` : null;
}
