/** What is proven of a suite's tests beside its own run, on trees that are put together for it. */
import type { GateCommand, ModuleConfig } from '../../definitions/config.ts';
import {
  describeContradicted,
  describeEmptied,
  findContradicted,
  findEmptied,
} from './contradicted-tests.ts';
import type { DemandedTest } from '../suites/expected-tests.ts';
import type { FindingDraft } from '../findings.ts';
import { inputsOf } from '../gate-inputs.ts';
import { baseOptionsOf, measureBaseTests } from '../measure-base.ts';
import type { Judgement, TestName } from '../suites/judge-tests.ts';
import { describeLeaning, findLeaning } from './leaning-tests.ts';
import { lookAlone, type AloneLook } from './named-alone.ts';
import { judgeNamed } from './named-proof.ts';
import { findNewEmpty } from './new-empty-tests.ts';
import type { ProofRun } from './proof-run.ts';
import { proveRed } from './prove-red.ts';
import { sharesProcess } from '../suites/shares-process.ts';
import type { GateOutcome, RepoOrder } from '../repo-order.ts';

interface Suite {
  gate: GateCommand;
  module: ModuleConfig;
}

interface Proven {
  outcome: GateOutcome;
  names: readonly TestName[];
}

/** Asked at most once, when it is first needed. */
export type LookAlone = () => Promise<AloneLook | null>;

/** For tests that results name: what those of filled files come to alone. */
export function lookingAlone(order: RepoOrder, suite: Suite): LookAlone {
  const { filled, testFiles, sharesSetups, withoutChange, partOfSuite } = order;
  const given = { filled, testFiles, sharesSetups, withoutChange, partOfSuite };
  let looking: Promise<AloneLook | null> | null = null;
  return () => (looking ??= lookAlone({ ...proofRunOf(order, suite), ...given }));
}

/** What the tests are worth that results name, and which tests were changed and contradict the change. */
export async function proveTests(
  order: RepoOrder,
  suite: Suite,
  { outcome, names, alone }: Proven & { alone: LookAlone },
): Promise<GateOutcome> {
  const run = proofRunOf(order, suite);
  const named = await withNamed(order, run, { outcome, names, alone });
  const contradicted = await withContradicted(order, run, {
    outcome: await withNewEmpty(order, { outcome: named, names }),
    names,
  });
  return withLeaning(order, run, { outcome: contradicted, names });
}

/** Asked of what is green: red tests go back first. What was said of named tests is not said again. */
async function withNewEmpty(order: RepoOrder, { outcome, names }: Proven): Promise<GateOutcome> {
  if (order.expected.red || outcome.status !== 'pass') return outcome;
  const all = await findNewEmpty({ ...order, tests: names, read: order.readHead });
  const isSaid = ({ identity, file }: FindingDraft): boolean =>
    outcome.drafts.some((draft) => draft.identity === identity && draft.file === file);
  const found = all.filter((draft) => !isSaid(draft));
  const hollow = all.length === 0 ? {} : { hollow: all.length };
  return { ...outcome, ...hollow, drafts: [...outcome.drafts, ...found] };
}

async function withNamed(
  order: RepoOrder,
  run: ProofRun,
  { outcome, names, alone }: Proven & { alone: LookAlone },
): Promise<GateOutcome> {
  if (order.named === null) return outcome;
  const { named, drafts } = await judgeNamed({
    ...run,
    wanted: order.named,
    tests: names,
    filled: order.filled,
    withoutChange: order.withoutChange,
    alone,
    read: order.readHead,
  });
  const summary = drafts.length === 0 ? '' : `, named and empty: ${drafts.length}`;
  return {
    ...outcome,
    named,
    summary: `${outcome.summary}${summary}`,
    drafts: [...outcome.drafts, ...drafts],
  };
}

/** Asked of what is green in full passes: red tests go back first, and quick passes are to be quick. */
async function withContradicted(
  order: RepoOrder,
  run: ProofRun,
  { outcome, names }: Proven,
): Promise<GateOutcome> {
  if (order.set !== 'full' || order.expected.red || outcome.status !== 'pass') return outcome;
  const { baseForm, shownForm } = order;
  const demanded = demandedOf(order, run.gate);
  const found = await findContradicted({ ...run, tests: names, baseForm, demanded, shownForm });
  if (found.length === 0) return outcome;
  const emptied = await findEmptied(found, { ...order, tests: names });
  return {
    ...outcome,
    status: emptied.size > 0 ? 'fail' : outcome.status,
    contradicted: found.map(({ file, name }) => ({ file, name })),
    summary: `${outcome.summary}, changed and contradicted: ${found.length}`,
    drafts: [
      ...outcome.drafts,
      ...found.map((test) =>
        emptied.has(test) ? describeEmptied(order.repo, test) : describeContradicted(order.repo, test),
      ),
    ],
  };
}

/** Asked of what is green in full passes, where one process runs more than one test file. */
async function withLeaning(
  order: RepoOrder,
  run: ProofRun,
  { outcome, names }: Proven,
): Promise<GateOutcome> {
  if (order.set !== 'full' || order.expected.red || outcome.status !== 'pass') return outcome;
  const form = await order.bareForm();
  const brought = form.brought.flatMap(({ repo, path }) => (repo === order.repo ? [path] : []));
  const where = { brought, read: order.readBase };
  if (brought.length === 0 || !(await sharesProcess(run.gate, run.module.path, where))) return outcome;
  const found = await findLeaning({ ...run, tests: names, baseForm: order.baseForm }, form);
  if (found.length === 0) return outcome;
  return {
    ...outcome,
    status: order.ownConfig ? outcome.status : 'fail',
    summary: `${outcome.summary}, green only beside new test code: ${found.length}`,
    drafts: [...outcome.drafts, describeLeaning(order.repo, found, { brought, isShown: order.ownConfig })],
  };
}

/** Tests that showed a fault and are green now have to fail where it is not mended. */
export async function withRedProof(
  order: RepoOrder,
  { gate, module }: Suite,
  judged: Judgement,
): Promise<Judgement> {
  const green = new Set(judged.names?.flatMap((t) => (t.green ? [`${t.file}\0${t.name}`] : [])));
  const tests = demandedOf(order, gate).filter((test) => green.has(`${test.file}\0${test.name}`));
  if (tests.length === 0) return judged;
  const found = await proveRed({ ...proofRunOf(order, { gate, module }), tests, treeOf: order.proofOf });
  if (found.length === 0) return judged;
  const summary = `${judged.summary}, ${found.length} no longer red without the fix`;
  return { ...judged, status: 'fail', summary, drafts: [...judged.drafts, ...found] };
}

function demandedOf({ repo, expected }: RepoOrder, gate: GateCommand): DemandedTest[] {
  return expected.demanded.filter((test) => test.repo === repo && test.gate === gate.name);
}

function proofRunOf(order: RepoOrder, { gate, module }: Suite): ProofRun {
  const { repo, config, cache, around } = order;
  return {
    repo,
    gate,
    module,
    modules: config.modules,
    inputs: inputsOf(order, module, gate),
    base: () => measureBaseTests(baseOptionsOf(order, { gate, module })),
    cache,
    around,
  };
}
