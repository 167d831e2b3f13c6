/** The gate `kind: rollback` of a module: its new migrations, whether they have a way down, and whether that works. */
import type { AddedMigration } from '../../core/records.ts';
import type { GateCommand, ModuleConfig } from '../../definitions/config.ts';
import type { FindingDraft } from '../findings.ts';
import type { GatePlace } from '../run-gate-command.ts';
import type { RepoOrder, Stored } from '../repo-order.ts';
import type { Judgement } from '../suites/judge-tests.ts';
import { measureRoundTrip, type RoundTripCommands } from './round-trip.ts';

/** null: nothing is run. */
export function roundTripOf({ rollback }: GateCommand): RoundTripCommands | null {
  const { up, down, schema } = rollback ?? {};
  return up === undefined || down === undefined || schema === undefined ? null : { up, down, schema };
}

/** What is known without running anything; null: the migrations have to be tried. */
export function judgedUnrun(
  repo: string,
  gate: GateCommand,
  migrations: readonly AddedMigration[],
): Judgement | null {
  const answer = (status: Judgement['status'], summary: string, drafts: FindingDraft[] = []): Judgement => ({
    status,
    summary,
    tests: null,
    drafts,
  });
  if (migrations.length === 0) return answer('not_applicable', 'the change adds no migration here');
  const without = migrations.filter(({ down }) => down === null);
  const said = `${without.length} of ${migrations.length} new migrations without a way down`;
  if (without.length > 0 && gate.rollback?.requireDown === true)
    return answer(
      'fail',
      said,
      without.map(({ file, layout }) => ({
        severity: 'major',
        blocking: true,
        repo,
        file,
        line: null,
        identity: 'no way down',
        problem: `This migration (${layout}) has no way down, and \`${gate.name}\` asks for one (\`require_down\`).`,
        fix: 'Add its way down.',
      })),
    );
  if (without.length > 0) return answer('unverified', `${said}: nothing was tried`);
  if (roundTripOf(gate) === null)
    return answer(
      gate.rollback?.requireDown === true ? 'pass' : 'unverified',
      `${migrations.length} new migrations have a way down; nothing was run`,
    );
  return null;
}

export async function measureRollback(
  order: RepoOrder,
  job: { module: ModuleConfig; gate: GateCommand },
  given: { place: GatePlace; migrations: readonly AddedMigration[] },
): Promise<{ result: Stored; broken: boolean }> {
  const commands = roundTripOf(job.gate);
  if (commands === null) throw new Error(`nothing to run in ${job.gate.name}`);
  const { judgement, run, broken } = await measureRoundTrip(order, job, { ...given, commands });
  return { result: { ...judgement, log: run.log, durationMs: run.durationMs }, broken };
}
