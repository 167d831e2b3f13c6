import { acceptedText, blocked, type Order, type Result } from '../order.ts';

/** Names each conditional agent that it is asked about: needed when the accepted plan gives it a task. */
export function selectAgents(order: Order): Result {
  const accepted = acceptedText(order, 'plan');
  if (accepted === null)
    return blocked('missing_requirements', 'There is no accepted plan to select agents from.');
  const tasks = tasksOf(accepted);
  const needs = conditionalAgents(order).map((agent) => {
    const own = tasks.filter((task) => task.agent === agent);
    return own.length > 0
      ? {
          agent,
          needed: true,
          reason: `The plan gives it: ${own.map((task) => `${task.id}: ${task.description}`).join(' ')}`,
        }
      : { agent, needed: false, reason: 'The accepted plan has no task for it.' };
  });
  const needed = needs.filter((need) => need.needed).map((need) => need.agent);
  return {
    status: 'complete',
    summary: `Needed: ${needed.join(', ') || 'none of the conditional agents'}.`,
    needs,
  };
}

/** The agents that the work order asks about. */
function conditionalAgents(order: Order): string[] {
  const item = order.context.find(({ name }) => name === 'conditional agents');
  return item === undefined ? [] : (JSON.parse(item.text) as string[]); // written by the engine
}

function tasksOf(text: string): { id: string; agent: string; description: string }[] {
  const value = JSON.parse(text) as {
    plan?: { tasks?: { id: string; agent: string; description: string }[] };
  }; // checked when it was accepted
  return value.plan?.tasks ?? [];
}
