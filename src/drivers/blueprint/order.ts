/** The work order as this program reads it from stdin (command protocol 1); only what the rules need. */
export interface Order {
  protocol: 1;
  invocation_id: string;
  agent: string;
  role: string;
  attempt: number;
  round: number;
  access: 'read' | 'write';
  workspace: { repos: { name: string; path: string }[] };
  request: string;
  prompt: string;
  context: { name: string; kind: string; text: string }[];
  findings: OrderFinding[];
}

export interface OrderFinding {
  id: string;
  blocking: boolean;
  source: string;
  repo: string | null;
  file: string | null;
  problem: string;
  fix: string;
}

/** What is handed in: the fields of the result, as plain data. */
export type Result = Record<string, unknown> & { status: string; summary: string };

/** Reads the order; anything but protocol 1 is an error of the caller. */
export function parseOrder(text: string): Order {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || !('protocol' in value) || value.protocol !== 1) {
    throw new Error('expected a work order of command protocol 1 on stdin');
  }
  return value as Order; // the engine wrote it; a field that is missing ends this attempt as a crash
}

/** The newest accepted output of this kind, as text; null where there is none. */
export function acceptedText(order: Order, kind: string): string | null {
  const found = order.context.filter((item) => item.kind === kind && !NOT_ACCEPTED.has(item.name));
  return found.at(-1)?.text ?? null;
}

/** What stands in the context without being accepted. */
const NOT_ACCEPTED = new Set(['judged', 'your previous result', 'diff', 'gates']);

/** What people answered to questions of this step, oldest first: those of its author, and of who reviews it. */
export function answersOf(order: Order): string[] {
  const section =
    /^## Answers of people to (?:your|the author's) questions\n(`{3,}\w*)\n([\s\S]*?)\n\1$/m.exec(
      order.prompt,
    )?.[2];
  return section === undefined ? [] : section.split('\n').filter((line) => line.trim() !== '');
}

/** A question ends the attempt; nothing is guessed. */
export function needsClarification(questions: string[]): Result {
  return { status: 'needs_clarification', summary: questions.join(' '), open_questions: questions };
}

export function blocked(reason: string, summary: string): Result {
  return { status: 'blocked', summary, blocked_reason: reason, attempted: [] };
}
