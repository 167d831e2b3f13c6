/** `baton verify https://…/pull/N`: the statement in a pull request as it is now, against the commit and the base that it has now. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readPull } from '../../forges/github/read-pull.ts';
import { checkProof } from '../../proof/baton-verify.mts';
import { usageError } from '../command.ts';
import type { CliContext } from '../context.ts';
import { findRepository } from '../places.ts';
import { tellProof, type ProofOptions } from './verify-file.ts';
import { withWrittenAnchor } from './written-anchor.ts';

/** Beyond it, a forge is taken for one that does not answer. */
const LONGEST_MS = 10 * 60_000;

export async function verifyPull(
  address: string,
  options: ProofOptions,
  context: CliContext,
): Promise<number> {
  if (options.base !== undefined || options.commit !== undefined)
    throw usageError(
      'A pull request says itself what it holds and what it is for.',
      'Leave --base and --commit out.',
    );
  const repository =
    options.repo === undefined ? findRepository(context.cwd) : resolve(context.cwd, options.repo);
  const into = mkdtempSync(join(tmpdir(), 'baton-verify-'));
  try {
    const { environment } = context;
    const signal = AbortSignal.timeout(LONGEST_MS);
    const pull = await readPull(address, { into, repository, environment, now: context.now(), signal });
    const signers =
      options.signers === undefined ? null : readFileSync(resolve(context.cwd, options.signers), 'utf8');
    const asked = { text: pull.body, repository: into, commit: pull.head, base: pull.base, signers };
    return await tellProof(withWrittenAnchor(checkProof(asked), pull.body), options, context);
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
}
