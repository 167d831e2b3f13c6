/** What of a revision needs a person's approval, by the rules of the run's workflow and configuration and the built-in ones. */
import type { ApprovalRule } from '../core/graph.ts';
import type { ApprovalPart, Revision } from '../core/results.ts';
import { approvalRules, measureParts } from '../gates/change/approval-parts.ts';
import type { RunContext } from './run-context.ts';

export function approvalRulesOf(ctx: RunContext): ApprovalRule[] {
  return approvalRules(ctx.snapshot.config.approvals, ctx.state.graph.approvals);
}

/** Commands for the environments that this run's workflow deploys to. */
function deploysOf({ state, snapshot }: RunContext): NonNullable<RunContext['snapshot']['config']['deploy']> {
  const named = new Set(
    state.graph.steps.flatMap(({ work }) => (work.kind === 'deploy' ? [work.environment] : [])),
  );
  return Object.fromEntries(
    Object.entries(snapshot.config.deploy ?? {}).filter(([environment]) => named.has(environment)),
  );
}

export function measureRunParts(
  ctx: RunContext,
  { base, revision }: { base: Revision; revision: Revision },
): Promise<ApprovalPart[]> {
  return measureParts({
    runId: ctx.runId,
    base,
    revision,
    rules: approvalRulesOf(ctx),
    repos: ctx.snapshot.config.repos,
    deploys: deploysOf(ctx),
    workspaces: ctx.engine.workspaces,
  });
}
