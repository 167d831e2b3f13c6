/** `baton demo --tamper RUN`: one byte of a copy of the store is changed, for `verify` to find. The store stays as it is. */
import { closeSync, cpSync, lstatSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { BatonError } from '../../core/errors.ts';
import { printLines, type CliContext } from '../context.ts';
import { escapeText } from '../render/escape.ts';
import { quote } from '../render/result-text.ts';
import { pickRun } from '../pick-run.ts';
import { openStore } from '../store.ts';
import { run as verify } from '../commands/verify.ts';

/** Copies, changes, and lets `verify` look at the copy. Returns the exit code of `verify`: 5. */
export async function tamperHere(name: string, context: CliContext): Promise<number> {
  const { runId, stateDir } = await findRun(name, context);
  const copy = `${stateDir}-tampered`;
  const place = tamperCopy(runId, stateDir, copy);
  printLines(context, [
    `copied ${escapeText(stateDir)} to ${escapeText(copy)}`,
    `changed byte ${place} of journal.db there: the last event of run ${runId} says "run_Ended" in place of "run_ended"`,
    `BATON_HOME=${quote(copy)} baton verify ${runId}`,
  ]);
  return await verify([runId], { ...context, environment: { ...context.environment, BATON_HOME: copy } });
}

async function findRun(name: string, context: CliContext): Promise<{ runId: string; stateDir: string }> {
  await using store = await openStore(context);
  return { runId: (await pickRun(store, name, context)).runId, stateDir: store.stateDir };
}

/** Writes one letter of the run's last event in upper case: one byte, and the file keeps its length. Returns its place. */
function tamperCopy(runId: string, stateDir: string, copy: string): number {
  rmSync(copy, { recursive: true, force: true });
  cpSync(stateDir, copy, { recursive: true, verbatimSymlinks: true, filter: isCopied });
  const file = join(copy, 'journal.db');
  const found = new RegExp(`${runId}.{1,120}"type":"run_end(?=ed")`, 's').exec(readFileSync(file, 'latin1'));
  if (found === null)
    throw new BatonError({
      code: 'E_NOT_FOUND',
      message: `Run ${runId} has no end in ${file} that could be changed.`,
      fix: 'Take a run that has ended, and in whose store no other one is at work.',
    });
  const place = found.index + found[0].length;
  const open = openSync(file, 'r+');
  try {
    writeSync(open, 'E', place);
  } finally {
    closeSync(open);
  }
  return place;
}

/** No sockets and the like, which a process of the store may have open. */
function isCopied(path: string): boolean {
  const found = lstatSync(path);
  return found.isFile() || found.isDirectory() || found.isSymbolicLink();
}
