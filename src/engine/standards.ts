/** What a phase has to hand over, measured by the engine at its end. What falls short goes back to whoever made it. */
import {
  criteriaStep,
  numberedCriteria,
  proveCriteria,
  sayWorth,
  whyNoCriteria,
  type ProvenCriterion,
} from '../core/checks/criteria.ts';
import { baseOf } from '../core/graph/bases.ts';
import type { GateResult } from '../core/records.ts';
import type { Measure, Standard, Step } from '../core/graph.ts';
import { findingPrefix } from '../core/keys.ts';
import type { Finding, Revision } from '../core/results.ts';
import { stepOf } from '../core/state.ts';
import type { StepState } from '../core/step-state.ts';
import { isEnginesOwn, type GateStatus } from '../core/words.ts';
import { REHEARSAL_LABEL } from '../drivers/driver.ts';
import { isDocumentation } from '../gates/change/detect-concerns.ts';
import { percentOf, showPercent, showUncovered } from '../gates/change/judge-coverage.ts';
import { hashBytes } from '../journal/hash.ts';
import { hashData } from './hash.ts';
import type { RunContext } from './run-context.ts';
import { evaluateSuccess } from './success-criteria.ts';

interface Measured {
  status: Extract<GateStatus, 'pass' | 'fail' | 'unverified'>;
  summary: string;
  /** The step whose agent can mend it; null: whoever wrote last. */
  owner: string | null;
  fix?: string;
}

interface Subject {
  ctx: RunContext;
  /** The step that is measured. */
  st: StepState;
  /** The accepted steps of the phase, in order. */
  steps: StepState[];
  revision: Revision;
  results: GateResult[];
}

/** One result per standard of this step's phase, on the revision that it hands over. */
export async function measureStandards(
  ctx: RunContext,
  st: StepState,
  given: { revision: Revision; results: GateResult[] },
): Promise<GateResult[]> {
  const phase = ctx.state.graph.phases.find((each) => each.id === st.step.phase);
  const steps = (phase?.steps ?? [])
    .map((id) => stepOf(ctx.state, id))
    .filter((each) => each.status === 'accepted');
  const subject: Subject = { ctx, st, steps, ...given };
  return Promise.all(
    (st.step.standard ?? []).map(async (standard): Promise<GateResult> => {
      const measured = await measure(subject, standard.measure);
      return resultOf(standard, measured, findingOf(st, standard, { measured, phase: phase?.title ?? '' }));
    }),
  );
}

function resultOf(standard: Standard, measured: Measured, finding: Finding): GateResult {
  return {
    gate: `standard.${standard.id}`,
    kind: 'standard',
    repo: '*',
    module: '.',
    status: measured.status,
    summary: `${standard.title}: ${measured.summary}`,
    tests: null,
    findings: measured.status === 'fail' ? [finding] : [],
    log: null,
    config_hash: hashData(standard),
    duration_ms: 0,
    cached: false,
  };
}

function findingOf(
  st: StepState,
  standard: Standard,
  { measured, phase }: { measured: Measured; phase: string },
): Finding {
  const source = `standard.${standard.id}`;
  return {
    id: `${findingPrefix(st, source)}/1`,
    fingerprint: hashBytes(`${st.step.phase}/${source}`),
    source,
    severity: 'major',
    blocking: true,
    repo: null,
    file: null,
    line: null,
    problem: `The phase "${phase}" does not meet its standard "${standard.title}": ${measured.summary}.`,
    fix: measured.fix ?? 'Complete it; the phase does not hand over before.',
    owner: measured.owner,
  };
}

function measure(subject: Subject, measureOf: Measure): Measured | Promise<Measured> {
  switch (measureOf.kind) {
    case 'gates_green':
      return gatesGreen(subject);
    case 'tests_added':
      return testsAdded(subject);
    case 'docs_changed':
      return docsChanged(subject);
    case 'outputs':
      return outputsThere(subject, measureOf.outputs);
    case 'criteria_numbered':
      return criteriaNumbered(subject);
    case 'criteria_covered':
      return criteriaCovered(subject);
    case 'plan_complete':
      return planComplete(subject);
    case 'success_criteria':
      return successCriteria(subject);
    case 'coverage':
      return linesCovered(subject, measureOf.percent);
  }
}

function gatesGreen({ results }: Subject): Measured {
  const red = results.filter((each) => each.status === 'fail' || each.status === 'error');
  if (red.length > 0)
    return { status: 'fail', summary: `red: ${red.map((each) => each.gate).join(', ')}`, owner: null };
  const green = results.filter(
    (each) => each.status === 'pass' && !isEnginesOwn(each.kind) && each.kind !== 'setup',
  );
  return green.length > 0
    ? { status: 'pass', summary: `${green.length} gates are green`, owner: null }
    : { status: 'unverified', summary: 'no gate of the repositories proves it', owner: null };
}

function testsAdded({ ctx, results, steps }: Subject): Measured {
  const counts = results.flatMap((each) => (each.tests === null ? [] : [each.tests.added]));
  const added = counts.reduce((sum, count) => sum + count, 0);
  if (added > 0) return { status: 'pass', summary: `${added} named tests are new`, owner: null };
  if (counts.length === 0) return { status: 'unverified', summary: 'no suite yields names', owner: null };
  const owner = testerIn(ctx, steps);
  return { status: 'fail', summary: 'no named test is new', owner: owner?.step.id ?? null };
}

async function docsChanged({ ctx, st, revision, steps }: Subject): Promise<Measured> {
  const changes = await ctx.engine.workspaces.changes(ctx.runId, baseOf(ctx.state, st), revision);
  const docs = changes.filter((change) => isDocumentation(change.path));
  return docs.length > 0
    ? { status: 'pass', summary: `${docs.length} documents were changed`, owner: null }
    : {
        status: 'fail',
        summary: 'no document was changed',
        owner: writersOf(steps).at(-1)?.step.id ?? null,
      };
}

/** That something was handed in is measured; text that was written before the run began measures nothing of it. */
function outputsThere({ ctx, steps }: Subject, kinds: string[]): Measured {
  const handedIn = (kind: string): StepState[] => steps.filter((st) => st.accepted?.output?.kind === kind);
  const missing = kinds.filter((kind) => handedIn(kind).length === 0);
  if (missing.length > 0)
    return { status: 'fail', summary: `nobody handed in ${missing.join(', ')}`, owner: null };
  const prepared = kinds.filter(
    (kind) => kind !== 'changes' && handedIn(kind).every(({ step }) => isPrepared(ctx, step)),
  );
  return prepared.length === 0
    ? { status: 'pass', summary: `${kinds.join(', ')} handed in`, owner: null }
    : {
        status: 'unverified',
        summary: `${prepared.join(', ')} handed in as prepared text of a rehearsal`,
        owner: null,
      };
}

function isPrepared(ctx: RunContext, { work }: Step): boolean {
  return work.kind === 'agent' && ctx.driver.labelFor(work.agent) === REHEARSAL_LABEL;
}

async function criteriaNumbered(subject: Subject): Promise<Measured> {
  const { body, owner } = await bodyOf(subject, 'requirements');
  const requirements = body?.['requirements'] as { acceptance_criteria: { id: string }[] } | undefined; // checked when it was handed in
  if (requirements === undefined) return { status: 'fail', summary: 'there are no requirements', owner };
  const ids = requirements.acceptance_criteria.map((each) => each.id);
  const wrong = ids.filter((id, index) => !/\d/.test(id) || ids.indexOf(id) !== index);
  return wrong.length === 0
    ? { status: 'pass', summary: `${ids.length} numbered acceptance criteria`, owner: null }
    : {
        status: 'fail',
        summary: `criteria without a number of their own: ${wrong.join(', ')}`,
        owner,
        fix: 'Give each criterion an id that holds a digit and that no other has: A1, A2, …',
      };
}

/** Whether each criterion of the last accepted requirements has a green test or a reviewer's word. */
async function criteriaCovered({ ctx, st, results }: Subject): Promise<Measured> {
  const { state } = ctx;
  const earlier = state.graph.steps.slice(0, st.index).map(({ id }) => stepOf(state, id));
  const { body } = await bodyIn(ctx, criteriaStep(earlier));
  const criteria = numberedCriteria(body);
  if (criteria.length === 0)
    return {
      status: 'unverified',
      summary: `the run has no numbered acceptance criteria: ${whyNoCriteria(state)}`,
      owner: null,
    };
  const proven = proveCriteria(state, criteria, { st, results });
  const open = proven.filter((each) => !each.proven);
  if (open.length === 0)
    return {
      status: 'pass',
      summary: `all ${criteria.length} acceptance criteria are shown or confirmed`,
      owner: null,
    };
  const missing = open.map(showOpen).join('; ');
  if (results.every((result) => result.named === undefined))
    return { status: 'unverified', summary: `no suite yields names for ${missing}`, owner: null };
  return {
    status: 'fail',
    summary: `neither a green test nor a reviewer's word for ${missing}`,
    owner: testerIn(ctx, earlier)?.step.id ?? null,
    fix: 'Write the tests that are missing, and name under `covers` which named tests show each criterion: each has to fail without the change and to assert what the change does, as what is green without the change shows nothing of it. A reviewer confirms under `confirms` what no test can show, or what the base met already.',
  };
}

function showOpen({ id, text, tests }: ProvenCriterion): string {
  const idle = tests.filter(({ seen }) => seen === 'already_there' || seen === 'empty');
  const worth = [...Map.groupBy(idle, ({ seen }) => sayWorth(seen))].map(
    ([word, all]) => `; ${word}: ${all.map(({ name }) => name).join(', ')}`,
  );
  return `${id} (${text}${worth.join('')})`;
}

/** One sentence for what is not met; what nothing decides is said and blocks nobody. */
function successCriteria({ ctx, st, results }: Subject): Measured {
  const criteria = evaluateSuccess(ctx.state, { st, results });
  const count = (status: string): number => criteria.filter((each) => each.status === status).length;
  const open = criteria.filter((each) => each.status === 'not_met');
  const summary = `${count('met')} of ${criteria.length} met, ${count('not_measured')} not measured`;
  if (open.length === 0) return { status: 'pass', summary, owner: null };
  const missing = open.map(({ title, evidence }) => `${title} (${evidence})`).join('; ');
  return { status: 'fail', summary: `${summary}; not met: ${missing}`, owner: null };
}

/** Of the lines that the run changed, in all modules whose coverage was read. */
function linesCovered({ ctx, st, results }: Subject, bar: number): Measured {
  const read = results.flatMap(({ coverage }) => coverage ?? []);
  const percent = percentOf(read);
  if (percent === null) {
    const summary = read.length === 0 ? 'no coverage was read' : 'no changed line of code counts';
    return { status: 'unverified', summary, owner: null };
  }
  const lines = read.reduce((sum, each) => sum + each.lines, 0);
  const summary = `${showPercent(percent)} of ${lines} changed lines are covered, ${bar} % are demanded`;
  if (percent >= bar) return { status: 'pass', summary, owner: null };
  const open = showUncovered(read.flatMap((each) => each.uncovered));
  const earlier = ctx.state.graph.steps.slice(0, st.index).map(({ id }) => stepOf(ctx.state, id));
  return {
    status: 'fail',
    summary: `${summary}; not covered: ${open}`,
    owner: testerIn(ctx, earlier)?.step.id ?? null,
    fix: 'Write tests that run the lines that are named, and assert what they do.',
  };
}

interface PlanParts {
  tasks: { agent: string; description: string; output: string; category?: string }[];
  risks: string[];
  rollback: string[];
  success_criteria: string[];
}

async function planComplete(subject: Subject): Promise<Measured> {
  const { body, owner } = await bodyOf(subject, 'plan');
  const plan = body?.['plan'] as PlanParts | undefined; // checked when it was handed in
  if (plan === undefined) return { status: 'fail', summary: 'there is no plan', owner };
  const says = (pattern: RegExp): boolean =>
    plan.tasks.some((task) => pattern.test(`${task.agent} ${task.description} ${task.output}`));
  const has = (category: string): boolean => plan.tasks.some((task) => task.category === category);
  const missing = [
    plan.risks.length === 0 ? 'risks' : '',
    plan.rollback.length === 0 ? 'a way back' : '',
    plan.success_criteria.length === 0 ? 'success criteria' : '',
    has('quality') || says(/test/i) ? '' : 'a task for tests',
    has('documentation') || says(/\bdoc/i) ? '' : 'a task for documentation',
  ].filter((part) => part !== '');
  return missing.length === 0
    ? {
        status: 'pass',
        summary: `${plan.tasks.length} tasks, tests and documentation among them`,
        owner: null,
      }
    : { status: 'fail', summary: `the plan lacks ${missing.join(', ')}`, owner };
}

/** The last accepted result of this kind in the phase, and the step that handed it in. */
async function bodyOf(
  { ctx, steps }: Pick<Subject, 'ctx' | 'steps'>,
  kind: string,
): Promise<{ body: Record<string, unknown> | null; owner: string | null }> {
  return bodyIn(ctx, steps.findLast((each) => each.accepted?.output?.kind === kind) ?? null);
}

async function bodyIn(
  ctx: RunContext,
  st: StepState | null,
): Promise<{ body: Record<string, unknown> | null; owner: string | null }> {
  const output = st?.accepted?.output;
  if (st === null || output == null) return { body: null, owner: null };
  const body = JSON.parse(await ctx.readText(output.artifact)) as Record<string, unknown>; // stored by the engine as an object
  return { body, owner: st.step.id };
}

/** The last accepted step of a tester that writes, else of whoever wrote last. */
function testerIn(ctx: RunContext, steps: StepState[]): StepState | undefined {
  const writers = writersOf(steps).filter((st) => st.status === 'accepted');
  const isTester = ({ step }: StepState): boolean =>
    step.work.kind === 'agent' && ctx.state.graph.agents[step.work.agent]?.role === 'tester';
  return writers.findLast(isTester) ?? writers.at(-1);
}

function writersOf(steps: StepState[]): StepState[] {
  return steps.filter(({ step }) => step.work.kind === 'agent' && step.work.changes !== 'forbidden');
}
