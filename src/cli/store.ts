/** Opens the store of the caller for commands that read runs or answer them. */
import { BatonError } from '../core/errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { CliContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { findStateDir } from './places.ts';
import { readHistory, type RunHistory } from './render/history.ts';
import { errorText } from './show-error.ts';

export interface Store extends AsyncDisposable {
  stateDir: string;
  journal: Journal;
}

/** Opens the store that is there; a command that only looks never makes one. */
export async function openStore(context: CliContext): Promise<Store> {
  const stateDir = findStateDir(context);
  if (stateDir === null) {
    throw new BatonError({
      code: 'E_NOT_FOUND',
      message: `There is no .baton folder in ${context.cwd} or above it.`,
      fix: 'Go to a repository that has runs, set BATON_HOME, or start the first one: `baton run "<request>"`.',
    });
  }
  const [{ openSqliteJournal }, { readOwnIdentity }] = await Promise.all([
    import('../journal/sqlite/open.ts'),
    import('../journal/process-identity.ts'),
  ]);
  const journal = await openSqliteJournal({
    dir: stateDir,
    clock: context.now,
    host: readOwnIdentity(context.hostName),
  });
  return { stateDir, journal, [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose]() };
}

/** The whole history of a run, checked against its chain. Throws where it was created and never started. */
export async function readRun(journal: Journal, runId: string): Promise<RunHistory> {
  const events = await journal.read(runId, 1);
  if (events.length === 0) throw neverStarted(runId);
  return readHistory(events);
}

/**
 * Like `readRun` for commands that only look: of a damaged run, what lies before the damage. Warns of it on stderr;
 * `damage` holds the same for documents. `exitCode` is what the command ends with.
 */
export async function lookAtRun(
  journal: Journal,
  runId: string,
  context: CliContext,
): Promise<{ history: RunHistory; damage: string[]; exitCode: number }> {
  const { events, damage } = await journal.readIntact(runId);
  const last = events.at(-1);
  if (last === undefined) throw damage ?? neverStarted(runId);
  if (damage === null) return { history: readHistory(events), damage: [], exitCode: EXIT.done };
  const warning = `this shows the run as it stood at event ${last.seq}; what came later cannot be believed.`;
  context.stderr.write(`${errorText(damage)}warning: ${warning}\n`);
  return {
    history: readHistory(events),
    damage: [`${damage.message} ${warning}`],
    exitCode: EXIT.integrity,
  };
}

function neverStarted(runId: string): BatonError {
  return new BatonError({
    code: 'E_NOT_FOUND',
    message: `Run ${runId} was created but never started.`,
    fix: 'Start it again with `baton run`; nothing was done for it.',
  });
}
