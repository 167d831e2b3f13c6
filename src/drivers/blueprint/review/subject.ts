import type { Order } from '../order.ts';

export interface Subject {
  /** Who handed it in; null for a check of the whole, which has no author. */
  agent: string | null;
  /** `requirements`, `changes`, …; null where only a change is judged. */
  kind: string | null;
  text: string;
  diff: string;
}

/** What is to be judged: the context names it, and the prompt names its author. */
export function subjectOf(order: Order): Subject {
  const item = (name: string): Order['context'][number] | undefined =>
    order.context.find((each) => each.name === name);
  const judged = item('judged');
  const agent = /^Review what ([a-z0-9-]+) handed in:/m.exec(order.prompt)?.[1] ?? null;
  return { agent, kind: judged?.kind ?? null, text: judged?.text ?? '', diff: item('diff')?.text ?? '' };
}
