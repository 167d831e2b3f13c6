/** `baton verify FILE`: a statement by itself, against a repository, and against the run's journal where this store has it. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  checkProof,
  commitAt,
  findEnvelopes,
  openGit,
  proofLines,
  readStatement,
} from '../../proof/baton-verify.mts';
import { EVIDENCE } from '../../forges/write-links.ts';
import type { Proof } from '../../proof/proof-shape.ts';
import { usageError } from '../command.ts';
import { printJson, printLines, type CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { findRepository, findStateDir } from '../places.ts';
import { openStore } from '../store.ts';
import { withWrittenAnchor } from './written-anchor.ts';
import { checkWithJournal, type JournalProblem } from './statement-journal.ts';

export interface ProofOptions {
  repo?: string | undefined;
  base?: string | undefined;
  commit?: string | undefined;
  signers?: string | undefined;
  json?: boolean | undefined;
}

const MAX_BYTES = 4 * 1024 * 1024;

/** Whether an argument of `verify` names a file and no run. */
export function isStatementFile(word: string, { cwd }: CliContext): boolean {
  return /[./]/.test(word) && statSync(resolve(cwd, word), { throwIfNoEntry: false })?.isFile() === true;
}

export async function verifyFile(word: string, options: ProofOptions, context: CliContext): Promise<number> {
  const text = readBounded(resolve(context.cwd, word));
  const repository = resolve(context.cwd, options.repo ?? findRepository(context.cwd) ?? '.');
  const commit = chooseCommit(text, repository, options.commit);
  const signers = options.signers === undefined ? null : readBounded(resolve(context.cwd, options.signers));
  const base = options.base ?? (signers === null ? usualBase(repository) : null);
  const proof = checkProof({ text, repository, commit, base, signers });
  // An envelope by itself has no such line; the text of a pull request does.
  const isText = text.includes(EVIDENCE.begin);
  return tellProof(isText ? withWrittenAnchor(proof, text) : proof, options, context);
}

/** With what the journal says where it is at hand; exit 5 where anything does not hold. */
export async function tellProof(
  proof: Proof,
  { json }: Pick<ProofOptions, 'json'>,
  context: CliContext,
): Promise<number> {
  const journal = await askJournal(proof, context);
  const problems = [...proof.problems, ...(journal ?? [])];
  const notes =
    journal !== null || proof.statement === null
      ? proof.notes
      : [...proof.notes, 'The journal is not here: reviews and gates are what the signer says of them.'];
  const all = { ...proof, problems: problems as Proof['problems'], notes }; // codes are words to print from here on
  if (json === true) printJson(context, all);
  else
    printLines(context, [
      ...proofLines(all),
      ...(journal !== null && problems.length === 0 ? ['✓ the journal of the run says the same'] : []),
    ]);
  return problems.length === 0 ? EXIT.done : EXIT.integrity;
}

/** null: there is no store, or none with this run. */
async function askJournal({ statement }: Proof, context: CliContext): Promise<JournalProblem[] | null> {
  if (statement === null || findStateDir(context) === null) return null;
  await using store = await openStore(context);
  return await checkWithJournal(store.journal, statement);
}

function chooseCommit(text: string, repository: string, wanted: string | undefined): string {
  const [envelope] = findEnvelopes(text);
  const subject = envelope === undefined ? null : readStatement(envelope)?.subject[0]?.digest['gitCommit'];
  if (wanted === undefined) return subject ?? '0'.repeat(40);
  const commit = commitAt(openGit(repository), wanted);
  if (commit !== null) return commit;
  throw usageError(
    `There is no commit ${wanted} in ${repository}.`,
    'Fetch it first, or name the repository with --repo.',
  );
}

/** Never what the statement names: whoever wrote it would choose whose word counts. */
function usualBase(repository: string): string {
  if (commitAt(openGit(repository), 'refs/remotes/origin/HEAD') !== null) return 'refs/remotes/origin/HEAD';
  throw usageError(
    'Whose keys count is not said.',
    'Name the branch that the pull request is for (`--base main`), or a file of signers (`--signers FILE`).',
  );
}

function readBounded(file: string): string {
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) throw usageError(`There is no file ${file}.`, 'Name one that is there.');
  if (size > MAX_BYTES)
    throw usageError(`${file} is larger than any statement.`, 'Name the file with the statement.');
  return readFileSync(file, 'utf8');
}
