/** What tests say that agents, reviewers and gates brought: everything filled in, but for what the test is about. */
import { createHash } from 'node:crypto';
import type { GateResult, ReviewOutcome, WorkOutcome } from '../core/records.ts';
import type { Finding, Revision, WorkResult } from '../core/results.ts';

/** Hash of any text, as the stores write it. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** All that were made in this process, by their ids. */
export const revisions = new Map<string, Revision>();

/** The revision of the one simulated repository with this tree. */
export function revisionOf(tree: string): Revision {
  const revision = {
    id: hashOf(`orders ${tree}`),
    repos: [{ name: 'orders', commit: `commit-${tree}`, tree }],
  };
  revisions.set(revision.id, revision);
  return revision;
}

/** A finding with everything filled in. */
export function finding(over: Partial<Finding> = {}): Finding {
  const problem = over.problem ?? 'The amount is not validated';
  return {
    id: `f-${hashOf(problem).slice(0, 6)}`,
    fingerprint: hashOf(problem),
    source: 'code-review',
    severity: 'major',
    blocking: true,
    repo: 'orders',
    file: 'src/invoices.ts',
    line: 12,
    problem,
    fix: 'Refuse amounts below one',
    owner: null,
    ...over,
  };
}

/** A work result with everything filled in. */
export function workResult(over: Partial<WorkResult> = {}): WorkResult {
  return {
    status: 'complete',
    summary: 'Done as asked',
    decisions: [],
    open_questions: [],
    needs: [],
    blocked: null,
    disputes: [],
    ...over,
  };
}

/** A submitted outcome; `tree` names what the repository holds afterwards, null where nothing was written. */
export function submitted(
  command: { key: string },
  kind: string,
  tree: string | null,
  over: Partial<WorkResult> = {},
): WorkOutcome {
  const artifact = hashOf(`artifact of ${command.key}`);
  const revision = tree === null ? null : revisionOf(tree).id;
  const result = workResult(over);
  return {
    kind: 'submitted',
    result,
    output: {
      id: hashOf(`${artifact} ${revision ?? ''}`),
      kind,
      artifact,
      revision,
      summary: result.summary,
    },
    claimed_tests_passed: null,
    changed_files: tree === null ? 0 : 2,
    changed_paths: tree === null ? [] : ['orders/src/invoices.ts', 'orders/test/invoices.test.ts'],
    lines_added: tree === null ? 0 : 40,
    lines_removed: tree === null ? 0 : 3,
  };
}

/** A gate result; green unless told otherwise. */
export function gateResult(over: Partial<GateResult> = {}): GateResult {
  return {
    gate: 'tests',
    kind: 'tests',
    repo: 'orders',
    module: '.',
    status: 'pass',
    summary: '57 passed',
    tests: { total: 57, passed: 57, failed: 0, skipped: 0, missing: 0, added: 6, canary: 'red' },
    findings: [],
    log: hashOf('log'),
    config_hash: hashOf('config'),
    duration_ms: 900,
    cached: false,
    ...over,
  };
}

/** A verdict of `fail` with these findings. */
export function failing(...findings: Finding[]): ReviewOutcome {
  return { kind: 'verdict', review: { verdict: 'fail', summary: 'Not yet', findings, resolved: [] } };
}

/** A verdict of `pass` that finds these earlier findings mended. */
export function passing(...resolved: string[]): ReviewOutcome {
  return { kind: 'verdict', review: { verdict: 'pass', summary: 'Good', findings: [], resolved } };
}
