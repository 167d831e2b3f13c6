/** Looks for processes in a way that shares nothing with the code under test. */
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Pids of living processes that have `word` among their arguments; of one program, where it is named. */
export function findProcesses(word: string, program: string | null = null): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const isMeant = (words: string[]) => words.includes(word) && (program === null || words[0] === program);
  return pids.filter((pid) => isMeant(argumentsOf(pid))).map(Number);
}

/** A number of seconds that no other test sleeps. */
export function uniqueNap(): string {
  return `4711.${Math.floor(Math.random() * 1e9)}`;
}

/** Waits until it is true; fails after a minute, or as many milliseconds as are given. */
export async function until(isTrue: () => boolean, what: string, ms: number = 60_000): Promise<void> {
  const end = Date.now() + ms;
  while (!isTrue()) {
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
    await sleep(10);
  }
}

function argumentsOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // it ended while we looked
  }
}
