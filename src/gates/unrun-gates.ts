/** What becomes of gates that are not run: nothing to ask, no folder, a setup that failed, migrations that read themselves. */
import type { FindingDraft } from './findings.ts';
import { judgedUnrun } from './rollback/migration-gate.ts';
import type { GateJob, RepoOrder, Stored } from './repo-order.ts';

/** Of a probe that no accepted endpoint concerns. */
export const NOTHING_TO_ASK: Stored = {
  status: 'not_applicable',
  summary: 'the accepted requirements name no endpoints (`endpoints`) here',
  tests: null,
  drafts: [],
  log: '',
  durationMs: 0,
};

/** Of a gate whose setup failed. */
export function notRun(setup: { summary: string }): Stored {
  // The setup's own finding says what to mend; a second one for each gate would only repeat it.
  return {
    status: 'error',
    summary: `not run: the setup failed (${setup.summary})`,
    tests: null,
    drafts: [],
    log: '',
    durationMs: 0,
  };
}

/** Of a gate whose folder the revision does not have: where the base has it, that is a finding. */
export async function missingModule(order: RepoOrder, job: GateJob): Promise<Stored> {
  const nothing = { tests: null, log: '', durationMs: 0 };
  if (!(await order.base.hasModule(job.module.path))) {
    return {
      ...nothing,
      status: 'not_applicable',
      summary: `there is no folder ${job.module.path}`,
      drafts: [],
    };
  }
  const draft: FindingDraft = {
    severity: 'major',
    blocking: true,
    repo: order.repo,
    file: null,
    line: null,
    identity: 'module_gone',
    problem: `The folder ${job.module.path} is gone, and with it what \`${job.gate.name}\` checks.`,
    fix: 'Bring it back; a module that really goes needs a change of `baton.yaml`, which a person approves.',
  };
  return { ...nothing, status: 'fail', summary: `the folder ${job.module.path} is gone`, drafts: [draft] };
}

/** Of a rollback gate that is judged by what the change adds; null: the migrations have to be run. */
export async function unrunRollback(order: RepoOrder, { module, gate }: GateJob): Promise<Stored | null> {
  const judged = judgedUnrun(order.repo, gate, await order.migrations(module));
  return judged === null ? null : { ...judged, log: '', durationMs: 0 };
}
