import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a rogue needs of its work order. */
export interface RogueOrder {
  agent: string;
  role: string;
  workspace: { repos: { name: string; path: string }[] };
}

/** The order as it came, and its text for whoever works on it next. */
export function readOrder(): { order: RogueOrder; text: string } {
  const text = readFileSync(0, 'utf8');
  return { order: JSON.parse(text) as RogueOrder, text }; // the engine wrote it
}

/** Lets the honest program do the work, so that the trick is the only thing that is wrong. */
export function workHonestly(text: string, ...more: string[]): Record<string, unknown> {
  const [main = '', ...args] = process.argv.slice(2);
  const done = spawnSync(process.execPath, [main, ...args, ...more], { input: text, encoding: 'utf8' });
  const last = done.stdout.trim().split('\n').at(-1) ?? '{}';
  return JSON.parse(last) as Record<string, unknown>; // the honest program prints one object
}

export function handIn(result: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
