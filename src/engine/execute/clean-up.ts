/** What becomes of what a cancelled run made. Every part finds done what was done before, so a second try repeats nothing. */
import { dropsWork, rollsBack } from '../../core/effects/cleanup.ts';
import type { EffectfulCommand } from '../../core/commands.ts';
import type { EventOf } from '../../core/events.ts';
import type { CleanedUp, PullRequest } from '../../core/records.ts';
import type { ForgeOutcome } from '../../forges/forge.ts';
import type { RunContext } from '../run-context.ts';
import { placeOf } from '../submission.ts';
import type { Outcome } from './outcome.ts';

type CleanUpCommand = Extract<EffectfulCommand, { kind: 'clean_up' }>;

export function startCleanUp(command: CleanUpCommand): EventOf<'clean_up_started'> {
  return { type: 'clean_up_started', key: command.key, choice: command.choice };
}

export async function executeCleanUp(
  ctx: RunContext,
  command: CleanUpCommand,
  signal: AbortSignal,
): Promise<Outcome> {
  const { choice, key } = command;
  const result: CleanedUp = { choice, done: [], left: [] };
  const closed: PullRequest[] = [];
  if (rollsBack(choice)) {
    for (const repo of pushedRepos(ctx)) await rollBack(ctx, repo, { result, closed, signal });
  }
  result.left.push(...deployments(ctx));
  if (dropsWork(choice)) {
    const refs = await ctx.engine.workspaces.dropRun(ctx.runId);
    if (refs > 0) result.done.push(`${refs} kept states dropped from refs/baton/${ctx.runId}`);
  }
  const event: EventOf<'clean_up_ended'> = { type: 'clean_up_ended', key, result, pull_requests: closed };
  return { key, events: [event], artifacts: [] };
}

/** Wherever a push was begun: whether it got through is seen at the forge. */
function pushedRepos(ctx: RunContext): string[] {
  const pushes = [...ctx.state.effects.values()].filter((effect) => effect.effect === 'push_branch');
  return [...new Set(pushes.map((effect) => effect.repo))].sort();
}

/** No clean-up takes back what a deploy command did. */
function deployments(ctx: RunContext): string[] {
  return [...ctx.state.steps.values()].flatMap(({ step, deploy }) =>
    step.work.kind === 'deploy' && deploy.attempts > 0
      ? [`deployment to ${step.work.environment}: not undone`]
      : [],
  );
}

interface Told {
  result: CleanedUp;
  closed: PullRequest[];
  signal: AbortSignal;
}

/** The draft first: a branch goes only when no pull request of ours needs it. */
async function rollBack(ctx: RunContext, repo: string, told: Told): Promise<void> {
  const place = placeOf(ctx, repo);
  const draft = await ctx.forge.closePullRequest(place, told.signal);
  note(told, draft, `draft of ${place.branch} in ${repo} closed`, `pull request in ${repo}`);
  if (draft.kind !== 'confirmed') {
    told.result.left.push(`branch ${place.branch} in ${repo}: its pull request stays`);
    return;
  }
  const branch = await ctx.forge.deleteBranch(place, told.signal);
  const what = `branch ${place.branch} in ${repo}`;
  note(told, branch, `${what} deleted`, what);
}

function note(told: Told, outcome: ForgeOutcome, done: string, what: string): void {
  if (outcome.kind !== 'confirmed') {
    told.result.left.push(`${what}: ${outcome.detail}`);
    return;
  }
  if (outcome.performed) told.result.done.push(done);
  if (outcome.pullRequest !== null) told.closed.push(outcome.pullRequest);
}
