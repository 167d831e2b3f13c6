/** From prepared answers to a script: what each agent of any workflow hands in, by its name, its role and what it is asked for. */
import type { WorkOrder } from '../driver.ts';
import type { LoadedScript, ScriptedAnswer } from '../scripted.ts';
import { loadPrepared, type Prepared } from './prepared.ts';
import { reviewByList } from './prepared-review.ts';
import { putParts } from './put-parts.ts';

const ANY_KIND = '*';

/** The script of the prepared answers in this folder. It meters nothing. */
export function loadRehearsal(folder: string): LoadedScript {
  const prepared = loadPrepared(folder);
  return { script: (order) => answer(prepared, order), meters: [] };
}

function answer(prepared: Prepared, order: WorkOrder): ScriptedAnswer {
  if (order.role === 'reviewer' && order.output === 'review')
    return { result: reviewByList(prepared, order) };
  return { result: resultFor(prepared, order), files: putParts(prepared, partsOf(prepared, order), order) };
}

/** Who has an entry leaves its parts, whatever it is asked for; who has none leaves those of its role where files are asked for. */
function partsOf(prepared: Prepared, order: WorkOrder): string[] {
  const own = prepared.agents[order.agent]?.rounds;
  const rounds = own ?? (order.output === 'changes' ? prepared.anybody[order.role] : undefined) ?? [];
  return (order.access === 'write' ? rounds[Math.min(order.round, rounds.length) - 1] : undefined) ?? [];
}

function resultFor(prepared: Prepared, order: WorkOrder): Record<string, unknown> {
  const { output, agent, role } = order;
  const { results, results_of } = prepared;
  const result =
    results_of[agent]?.[output] ?? results[`${role} ${output}`] ?? results[output] ?? results[ANY_KIND] ?? {};
  if (output === 'selection') return { ...result, needs: needsOf(prepared, order) };
  if (output !== 'plan') return result;
  const cites = order.context.filter(({ kind }) => kind === 'research').map(({ name }) => name);
  const plan = result['plan'] ?? prepared.plan;
  return { ...result, plan: { ...plan, cites } };
}

/** Needed is who has something prepared. */
function needsOf(prepared: Prepared, order: WorkOrder): object[] {
  const asked = order.context.find(({ name }) => name === 'conditional agents')?.text ?? '[]';
  return (JSON.parse(asked) as string[]).map((agent) => {
    // written by the engine
    const { reason, modules } = prepared.agents[agent] ?? {};
    return { agent, needed: reason !== undefined, reason: reason ?? prepared.not_needed, modules };
  });
}
