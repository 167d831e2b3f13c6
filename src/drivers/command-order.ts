/** The work order as programs read it: protocol 1 of the command driver. */
import type { Reading } from '../core/records.ts';
import type { WorkOrder } from './driver.ts';

/** One JSON object on one line. It is a public format: fields are only ever added, with a new protocol number where that breaks. */
export function toCommandOrder(
  order: Pick<
    WorkOrder,
    | 'runId'
    | 'invocationId'
    | 'agent'
    | 'role'
    | 'attempt'
    | 'round'
    | 'access'
    | 'workspace'
    | 'request'
    | 'instructions'
    | 'prompt'
    | 'context'
    | 'findings'
    | 'resultSchema'
  > & { readings: Pick<Reading, 'kind' | 'name' | 'repo' | 'hash'>[] },
): string {
  const { workspace, invocationId, runId, resultSchema } = order;
  const wire = {
    protocol: 1,
    run_id: runId,
    invocation_id: invocationId,
    agent: order.agent,
    role: order.role,
    attempt: order.attempt,
    round: order.round,
    access: order.access,
    workspace: { repos: workspace.repos.map(({ name, path }) => ({ name, path })) },
    request: order.request,
    instructions: order.instructions,
    readings: order.readings.map(({ kind, name, repo, hash }) => ({ kind, name, repo, hash })),
    prompt: order.prompt,
    context: order.context,
    findings: order.findings,
    result_schema: resultSchema(),
  };
  return `${JSON.stringify(wire)}\n`;
}
