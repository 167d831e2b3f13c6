/** Measures one gate of a revision, beside the base where that decides. */
import { changedIn } from './change/changed-in-module.ts';
import { measureCoverage, measureHelp } from './change/measure-additions.ts';
import { hasBrokenEnd } from './describe-end.ts';
import type { FindingDraft } from './findings.ts';
import { openScratch } from './gate-scratch.ts';
import { judgeCommand } from './judge-command.ts';
import {
  baseOptionsOf,
  knownOf,
  measureBaseCommand,
  measureBaseTests,
  onlyGate,
  prepareAll,
} from './measure-base.ts';
import { endpointsFor, measureProbe } from './probe/run-probe.ts';
import { measureRollback } from './rollback/migration-gate.ts';
import { withRedProof } from './proofs/gate-proofs.ts';
import { runGateCommand } from './run-gate-command.ts';
import type { GatePlace } from './run-gate-command.ts';
import type { GateJob, RepoOrder, Stored } from './repo-order.ts';
import { judgeTests } from './suites/judge-tests.ts';
import type { Judgement } from './suites/judge-tests.ts';
import { measureTests, type TestsRun } from './suites/measure-tests.ts';
import type { KnownSuite } from './suites/place-canary.ts';
import { rerunRed } from './suites/rerun-red.ts';

/** So many files that a suite wrote to are told. */
const MAX_WRITTEN = 10;

/** `broken`: it came to no end of its own. */
export async function measure(
  order: RepoOrder,
  job: GateJob,
  place: GatePlace,
): Promise<{ result: Stored; broken: boolean }> {
  const { gate, module } = job;
  const { around } = order;
  const about = { repo: order.repo, root: place.root, module: module.path, gate: gate.name, kind: gate.kind };
  const baseOptions = baseOptionsOf(order, job);
  if (gate.kind === 'tests' && gate.reporter !== 'none') {
    const base = await measureBaseTests(baseOptions);
    const known = { ...knownOf(base), filled: order.filled };
    const first = await measureTests(gate, place, known, around);
    const written = [...first.written];
    const settled = order.expected.red
      ? { run: first, drafts: [] }
      : await rerunRed({ base, run: first, about }, async () => {
          const again = await measureElsewhere(order, job, known);
          written.push(...(again?.written ?? []));
          return again;
        });
    const { run } = settled;
    const judged = withFlaky(judgeTests(base, run, about, order.expected), settled.drafts);
    const untouched = await withWritten(order, judged, written, base.written);
    const judgement = await withRedProof(order, job, untouched);
    return {
      result: { ...judgement, log: run.log, durationMs: run.durationMs },
      broken: hasBrokenEnd(run.end),
    };
  }
  if (gate.kind === 'coverage' || gate.kind === 'help') {
    const work = { repo: order.repo, gate, place, changed: await changedIn(order, module, gate), around };
    const { judgement, run } =
      gate.kind === 'coverage'
        ? await measureCoverage(work)
        : await measureHelp(work, () => measureBaseCommand(baseOptions));
    return {
      result: { ...judgement, log: run.log, durationMs: run.durationMs },
      broken: hasBrokenEnd(run.end),
    };
  }
  if (gate.kind === 'probe') {
    const changed = await changedIn(order, module, gate);
    const endpoints = endpointsFor(gate, order.repo, order.endpoints);
    const asked = { repo: order.repo, module: module.path, gate, place, endpoints, changed, around };
    const { judgement, run, broken } = await measureProbe(asked);
    return { result: { ...judgement, log: run.log, durationMs: run.durationMs }, broken };
  }
  if (gate.kind === 'rollback')
    return measureRollback(order, { module, gate }, { place, migrations: await order.migrations(module) });
  await using scratch = await openScratch(place.dir, 'none');
  const run = await runGateCommand(gate, { place, scratch, argv: gate.command, env: {} }, around);
  const isRed = run.end.exit !== 0 && !hasBrokenEnd(run.end);
  const base = isRed ? await measureBaseCommand(baseOptions) : null;
  return {
    result: { ...judgeCommand(base, run, about), log: run.log, durationMs: run.durationMs },
    broken: hasBrokenEnd(run.end),
  };
}

/** The suite where nothing has run before: whatever the first run left would help the second. null: it cannot run there. */
async function measureElsewhere(
  order: RepoOrder,
  { gate, module }: GateJob,
  known: KnownSuite,
): Promise<TestsRun | null> {
  const side = order.again;
  if (!(await prepareAll({ side, module, modules: order.config.modules }))) return null;
  return side.apart(onlyGate(module, gate), (place) => measureTests(gate, place, known, order.around));
}

/** A suite that writes to the revision's own files, unlike that of the base, says nothing about what would be submitted. */
async function withWritten(
  { repo, readHead }: RepoOrder,
  judgement: Judgement,
  written: readonly string[],
  usual: readonly string[] = [],
): Promise<Judgement> {
  const drafts: FindingDraft[] = [];
  for (const file of new Set(written)) {
    if (usual.includes(file) || (await readHead(file)) === null) continue;
    drafts.push({
      severity: 'critical',
      blocking: true,
      repo,
      file,
      line: null,
      identity: 'written_by_tests',
      problem: `\`${file}\` was written to while the tests ran: what they saw need not be what would be submitted.`,
      fix: 'Take out what writes there (a test, or what it starts); tests write to temporary folders.',
    });
  }
  if (drafts.length === 0) return judgement;
  const summary = `${judgement.summary}; the tests wrote to ${drafts.length} of the files that they test`;
  return {
    ...judgement,
    status: 'fail',
    summary,
    drafts: [...drafts.slice(0, MAX_WRITTEN), ...judgement.drafts],
  };
}

/** Named in the summary and as findings that stop nothing: green, and never silently so. */
function withFlaky(judgement: Judgement, drafts: FindingDraft[]): Judgement {
  if (drafts.length === 0) return judgement;
  const summary = `${judgement.summary}, ${drafts.length} flaky`;
  return { ...judgement, summary, drafts: [...judgement.drafts, ...drafts] };
}
