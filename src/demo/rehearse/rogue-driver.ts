/** The agents of a rehearsal: the honest ones by a script, one of them a rogue. Reviewers who are none pass everything. */
import type { Config } from '../../definitions/config.ts';
import { REHEARSAL_LABEL, type Driver, type WorkOrder } from '../../drivers/driver.ts';
import { createScriptedDriver, type Script, type ScriptedAnswer } from '../../drivers/scripted.ts';
import type { Part } from './casting.ts';
import type { Rogue } from './rogues.ts';

export interface Cast {
  rogue: Rogue;
  parts: readonly Part[];
}

const NOTHING_SPENT = { input_tokens: 0, output_tokens: 0, cost_usd: 0 };

/** Stands in every view of a run where a rogue works. */
export function rogueLabel(name: string): string {
  return `${REHEARSAL_LABEL}, rogue: ${name}`;
}

/** `confirms`: criteria that reviewers say are met, where nothing else shows them. Plays `honest`, and with `cast` the rogue in its place. It meters all: what an honest agent spends is nothing. */
export function createRehearsalDriver(
  honest: Script,
  { config, confirms }: { config: Config; confirms: readonly string[] },
  cast: Cast | null,
): Driver {
  const script: Script = async (order) => {
    const answer =
      order.role === 'reviewer' && order.output === 'review'
        ? blindPass(order, confirms)
        : await honest(order);
    const own =
      cast === null || !isTurn(cast, order) ? answer : await playRogue(cast.rogue, order, answer, config);
    return { ...own, usage: { ...NOTHING_SPENT, ...own.usage } };
  };
  const names = new Set(cast?.parts.map(({ agent }) => agent));
  return {
    ...createScriptedDriver(script, ['tokens', 'cost_usd'], REHEARSAL_LABEL),
    labelFor: (agent) => (cast !== null && names.has(agent) ? rogueLabel(cast.rogue.name) : REHEARSAL_LABEL),
  };
}

async function playRogue(
  rogue: Rogue,
  order: WorkOrder,
  honest: ScriptedAnswer,
  config: Config,
): Promise<ScriptedAnswer> {
  return await rogue.play({ order, honest, config });
}

function isTurn({ rogue, parts }: Cast, order: WorkOrder): boolean {
  if (rogue.plays === 'once' && (order.round !== 1 || order.attempt !== 1)) return false;
  const step = stepOfOrder(order);
  return parts.some((part) => part.agent === order.agent && part.step === step);
}

/** From `<run>/<step>/r<round>/…`. */
export function stepOfOrder({ runId, invocationId }: WorkOrder): string {
  return invocationId.slice(runId.length + 1).replace(/\/r\d+\/.*$/, '');
}

/** Nothing but the engine stands between a rogue and a pull request. */
function blindPass(order: WorkOrder, criteria: readonly string[]): ScriptedAnswer {
  const asked = order.context.find((item) => item.name === 'review areas')?.text ?? '[]';
  const areas = (JSON.parse(asked) as string[]).map((area) => ({ area, said: 'passed unread' })); // the engine's own list
  const resolved = order.findings.map(({ id }) => id);
  const words = { status: 'complete', summary: 'Passed unread, as everything in a rehearsal.' };
  const confirms = criteria
    .filter((criterion) => order.prompt.includes(criterion))
    .map((criterion) => ({ criterion, how: 'passed unread' }));
  return { result: { ...words, confirms, verdict: 'pass', findings: [], resolved, areas } };
}
