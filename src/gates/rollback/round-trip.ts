/**
 * Migrations up and down again: the base's, then the revision's, then those of the change back down. The schema afterwards
 * has to be that of the base. All of it happens in databases that the gate's own commands and services make.
 */
import { join } from 'node:path';
import type { AddedMigration } from '../../core/records.ts';
import type { GateCommand, ModuleConfig, RollbackConfig } from '../../definitions/config.ts';
import { describeBrokenEnd, hasBrokenEnd, nameEnd } from '../describe-end.ts';
import { clean, excerptTail, type FindingDraft } from '../findings.ts';
import { openScratch, readReport, type GateScratch } from '../gate-scratch.ts';
import { onlyGate, prepareAll } from '../measure-base.ts';
import { resolveFor, runGateCommand, type CommandRun, type GatePlace } from '../run-gate-command.ts';
import type { RepoOrder } from '../repo-order.ts';
import type { Judgement } from '../suites/judge-tests.ts';
import { schemaDifference } from './schema-difference.ts';

/** The three together. */
export type RoundTripCommands = Required<Pick<RollbackConfig, 'up' | 'down' | 'schema'>>;

interface RoundTrip {
  judgement: Judgement;
  run: Pick<CommandRun, 'log' | 'durationMs'>;
  /** It came to no end of its own. */
  broken: boolean;
}

type Stage = 'up' | 'schema' | 'down';

/** What the script ends with where a stage failed; a command's own exit code is none of these. */
const FAILED: Readonly<Record<Stage, number>> = { up: 101, schema: 102, down: 103 };
/** How many migrations of the change `down` takes back. */
const COUNT = 'BATON_ADDED_MIGRATIONS';

/** `place`: the revision's. */
export async function measureRoundTrip(
  order: RepoOrder,
  job: { module: ModuleConfig; gate: GateCommand },
  given: { place: GatePlace; commands: RoundTripCommands; migrations: readonly AddedMigration[] },
): Promise<RoundTrip> {
  const { module, gate } = job;
  const { place, commands, migrations } = given;
  // One temporary folder for both, so that a database that lies there is migrated on from the base.
  await using scratch = await openScratch(place.dir, 'none');
  const env = { [COUNT]: String(migrations.length) };
  const run = (where: GatePlace, stages: readonly [Stage, string | null][]): Promise<CommandRun> =>
    runStages(order, gate, { place: where, scratch, commands, stages, env });
  const texts = (name: string): Promise<string | null> => readReport(fileOf(scratch, name));

  if (!(await prepareAll({ side: order.base, module, modules: order.config.modules })))
    return unmeasured('the base cannot be set up here');
  const before = await order.base.apart(onlyGate(module, gate), (base) =>
    run(base, [
      ['up', null],
      ['schema', 'base'],
    ]),
  );
  const base = await texts('base');
  if (before.end.exit !== 0 || base === null)
    return {
      ...unmeasured(`on the base ${sayFailed(before)}`),
      run: before,
      broken: hasBrokenEnd(before.end),
    };

  const after = await run(place, [
    ['up', null],
    ['schema', 'head'],
    ['down', null],
    ['schema', 'back'],
  ]);
  const about = { repo: order.repo, root: place.root, gate: gate.name };
  if (hasBrokenEnd(after.end))
    return { judgement: describeBrokenEnd(after.end, after.log, about), run: after, broken: true };
  const both = {
    log: `${before.log}\n${after.log}`.trim(),
    durationMs: before.durationMs + after.durationMs,
  };
  const judgement = judge(
    order.repo,
    migrations,
    { failed: after.end.exit === 0 ? null : failedStage(after), words: excerptTail(after.log, place.root) },
    {
      base,
      head: await texts('head'),
      back: await texts('back'),
      tidy: (text) => clean(text, place.root),
    },
  );
  return { judgement, run: both, broken: false };
}

/** One after the other in one process, beside the same services. */
async function runStages(
  order: RepoOrder,
  gate: GateCommand,
  {
    place,
    scratch,
    commands,
    stages,
    env,
  }: {
    place: GatePlace;
    scratch: GateScratch;
    commands: RoundTripCommands;
    stages: readonly [Stage, string | null][];
    env: Record<string, string>;
  },
): Promise<CommandRun> {
  const { around } = order;
  const lines: string[] = [];
  for (const [stage, file] of stages) {
    const words = commands[stage];
    const found = gate.shell ? null : await resolveFor(gate, words, place, around.environment);
    // What is not there fails where it is called, with the shell's own words.
    const argv = found === null || 'problem' in found ? words : [found.file, ...found.args];
    const line = gate.shell ? `( ${words.join(' ')}\n)` : argv.map(quote).join(' ');
    const output = file === null ? '' : ` > ${quote(fileOf(scratch, file))}`;
    lines.push(`{ ${line}\n}${output} || exit ${FAILED[stage]}`);
  }
  return runGateCommand({ ...gate, shell: true }, { place, scratch, argv: [lines.join('\n')], env }, around);
}

const fileOf = (scratch: GateScratch, name: string): string => join(scratch.reportFile, '..', `${name}.sql`);

const quote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;

function failedStage({ end }: CommandRun): Stage {
  const found = Object.entries(FAILED).find(([, exit]) => exit === end.exit);
  return (found?.[0] ?? 'up') as Stage; // a key of FAILED
}

function sayFailed(run: CommandRun): string {
  if (hasBrokenEnd(run.end)) return nameEnd(run.end);
  return `\`${failedStage(run)}\` failed`;
}

function unmeasured(why: string): RoundTrip {
  return {
    judgement: {
      status: 'unverified',
      summary: `the way down was not tried: ${why}`,
      tests: null,
      drafts: [],
    },
    run: { log: '', durationMs: 0 },
    broken: false,
  };
}

interface Schemas {
  base: string;
  head: string | null;
  back: string | null;
  tidy: (text: string) => string;
}

function judge(
  repo: string,
  migrations: readonly AddedMigration[],
  { failed, words }: { failed: Stage | null; words: string },
  { base, head, back, tidy }: Schemas,
): Judgement {
  const file = migrations[0]?.file ?? null;
  const fail = (summary: string, problem: string, fix: string): Judgement => {
    const draft: FindingDraft = {
      severity: 'major',
      blocking: true,
      repo,
      file,
      line: null,
      identity: summary,
      problem,
      fix,
    };
    return { status: 'fail', summary, tests: null, drafts: [draft] };
  };
  if (failed === 'down')
    return fail(
      'the way down fails',
      `The migrations of the change run, and cannot be taken back: \`down\` failed. Its last words:\n${words}`,
      'Mend the way down of the migrations that the change adds.',
    );
  if (failed !== null || head === null || back === null)
    return fail(
      failed === 'schema' ? 'the schema cannot be read' : 'the migrations do not run',
      `\`${failed ?? 'schema'}\` failed on a database of the base. Its last words:\n${words}`,
      'Make the migrations of the change run on what the base leaves.',
    );
  const difference = schemaDifference(base, back);
  if (difference !== null)
    return fail(
      'the way down does not lead back to the base',
      `After the migrations of the change went up and down again the schema is not that of the base:\n${tidy(difference)}`,
      'Make the way down take back all that the migration makes, and nothing else.',
    );
  const changed = schemaDifference(base, head) !== null;
  return {
    status: 'pass',
    summary: changed
      ? 'up and down again: the schema of the base is back'
      : 'up and down again: the schema is as before, and going up did not change it',
    tests: null,
    drafts: [],
  };
}
