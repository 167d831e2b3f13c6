/** The statements that a run attached to its pull requests: whether they say what the journal says, and who signed them. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IntegrityError } from '../../core/errors.ts';
import type { JournalEvent } from '../../core/events.ts';
import type { PullRequest, RepoBase } from '../../core/records.ts';
import type { Hash } from '../../core/results.ts';
import { statementFile } from '../../forges/local/pull-records.ts';
import type { Artifact, Journal } from '../../journal/journal.ts';
import {
  checkProof,
  findEnvelopes,
  openGit,
  readStatement,
  SIGNERS_FILE,
} from '../../proof/baton-verify.mts';
import type { ProofCode } from '../../proof/proof-shape.ts';
import { storeOf } from '../../workspace/stores.ts';
import { checkWithEvents, type JournalProblem } from './statement-journal.ts';
import type { ChainProblem } from './verdict-chain.ts';

export interface StatementsFound {
  problem: ChainProblem | null;
  /** In words, one per pull request. */
  signed: { repo: string; by: string }[];
}

export interface Attached {
  seq: number;
  pull: PullRequest;
  text: string;
  base: RepoBase;
}

/** What a run is judged by from its events; a statement only repeats it. */
const JUDGED_ELSEWHERE: readonly ProofCode[] = ['review_missing', 'gate_missing', 'gate_red'];

/** `events`: a whole chain. */
export async function checkStatements(
  { journal, stateDir }: { journal: Journal; stateDir: string },
  runId: string,
  events: readonly JournalEvent[],
): Promise<StatementsFound> {
  const attached = await readAttached(journal, events);
  const looked = attached.map((each) => checkOne(each, events, { stateDir, runId }));
  return {
    problem: looked.map(({ problem }) => problem).find((problem) => problem !== null) ?? null,
    signed: looked.map(({ by }, index) => ({ repo: attached[index]?.pull.repo ?? '', by })),
  };
}

/** A statement by what it says of itself: whether the signature holds, `baton verify` says. */
export interface StatementSeen {
  repo: string;
  number: number;
  /** The id of the key; null: nobody signed it. */
  key: string | null;
}

/** Of each pull request that carries one. */
export async function statementsSeen(
  journal: Journal,
  events: readonly JournalEvent[],
): Promise<StatementSeen[]> {
  const attached = await readAttached(journal, events);
  return attached.map(({ pull, text }) => {
    const [signature] = findEnvelopes(text)[0]?.signatures ?? [];
    return {
      repo: pull.repo,
      number: pull.number,
      key: signature === undefined ? null : (signature.keyid ?? 'a key without a name'),
    };
  });
}

/** One line, for people. */
export function statementWords({ repo, number, key }: StatementSeen): string {
  const by =
    key === null ? 'is not signed' : `is signed with ${key}; \`baton verify\` says whether that holds`;
  return `the statement about ${repo} #${number} ${by}`;
}

/** What the run attached, of each repository the last one. */
export async function readAttached(journal: Journal, events: readonly JournalEvent[]): Promise<Attached[]> {
  const first = events[0]?.event;
  const { run_id: runId, repos } = first?.type === 'run_started' ? first : { run_id: '', repos: [] };
  const last = new Map<string, { seq: number; pull: PullRequest; statement: Hash }>();
  for (const { seq, event } of events) {
    if (event.type !== 'effect_ended' || event.outcome.kind !== 'confirmed') continue;
    const { pull_request: pull, statement } = event.outcome;
    if (pull !== null && statement !== undefined) last.set(event.repo, { seq, pull, statement });
  }
  const found: Attached[] = [];
  for (const [repo, { seq, pull, statement }] of last) {
    const base = repos.find(({ name }) => name === repo);
    const artifact = await readWhole(journal, runId, statement);
    if (base !== undefined && artifact !== null)
      found.push({ seq, pull, base, text: Buffer.from(artifact.body).toString('utf8') });
  }
  return found;
}

/** null: it is not there as it was stored, which is told with all other artifacts. */
async function readWhole(journal: Journal, runId: string, hash: Hash): Promise<Artifact | null> {
  try {
    return await journal.getArtifact(runId, hash);
  } catch (error) {
    if (error instanceof IntegrityError) return null;
    throw error;
  }
}

function checkOne(
  { seq, pull, text, base }: Attached,
  events: readonly JournalEvent[],
  { stateDir, runId }: { stateDir: string; runId: string },
): { problem: ChainProblem | null; by: string } {
  const [envelope] = findEnvelopes(text);
  const statement = envelope === undefined ? null : readStatement(envelope);
  const what = `the statement about ${pull.repo}#${pull.number}`;
  const say = (detail: string, by = 'nobody'): ReturnType<typeof checkOne> => ({
    problem: { seq, detail: `${what}: ${detail}` },
    by,
  });
  if (statement === null) return say('it is none of this version of Baton’s');
  const [differs] = checkWithEvents(events, statement);
  if (differs !== undefined) {
    const { problem, by } = say(`${differs.code}: ${differs.detail}`);
    return { problem: problem === null ? null : { ...problem, ...rolledBack(differs.code) }, by };
  }
  const beside = besideRecord(pull);
  if (beside !== null && beside !== text)
    return say(
      beside === ''
        ? 'no_statement: the file beside it is gone'
        : 'edited: the file beside it is another one',
    );
  if (envelope?.signatures.length === 0) return { problem: null, by: 'nobody: not signed' };
  const keyid = envelope?.signatures[0]?.keyid ?? 'a key';
  const signers = existsSync(base.path)
    ? openGit(base.path)('cat-file', 'blob', `${base.base_ref}:${SIGNERS_FILE}`)
    : null;
  if (signers === null)
    return { problem: null, by: `${keyid}; ${base.base_ref} has no ${SIGNERS_FILE} that would allow it` };
  const repository = storeOf(join(stateDir, 'git'), runId, pull.repo);
  const proof = checkProof({ text, repository, commit: pull.head, base: null, signers });
  const problem = proof.problems.find(({ code }) => !JUDGED_ELSEWHERE.includes(code));
  return problem === undefined
    ? { problem: null, by: proof.signer ?? keyid }
    : say(`${problem.code}: ${problem.detail}`);
}

/** Where it rests on an event that the journal does not have. */
function rolledBack(code: JournalProblem['code']): Pick<ChainProblem, 'code'> {
  const isGone = code === 'journal_rolled_back' || code === 'journal_rewritten';
  return isGone ? { code: 'E_AUDIT_ROLLBACK' } : {};
}

/** What the local forge keeps with a pull request; '' where it is gone, null where another forge has it. */
function besideRecord({ url, number }: PullRequest): string | null {
  if (!url.startsWith('file:')) return null;
  const file = join(fileURLToPath(url).replace(/\.git$/, ''), statementFile(number));
  // Without the forge itself, what misses it is its commits, and that is said elsewhere.
  if (!existsSync(dirname(file))) return null;
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}
