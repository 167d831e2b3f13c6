/** The seven criteria by which an implementation counts as complete, from what the engine recorded and measured. */
import { areGreen, gatesOnLast, lastRevision } from '../core/checks/final-gates.ts';
import type { GateResult } from '../core/records.ts';
import { stepOf, type RunState } from '../core/state.ts';
import type { StepState } from '../core/step-state.ts';
import { preparedFiles } from '../core/checks/preparation.ts';
import { ENVIRONMENTS, isEnginesOwn, WRITING_ROLES, type CheckOutcome } from '../core/words.ts';
import { REHEARSAL_LABEL } from '../drivers/driver.ts';
import { isDocumentation } from '../gates/change/detect-concerns.ts';
import { isTestCode } from '../gates/suites/test-files.ts';

export interface SuccessCriterion {
  title: string;
  /** `not_measured`: nothing that was recorded decides it. */
  status: 'met' | 'not_met' | 'not_measured';
  evidence: string;
}

type Judged = Omit<SuccessCriterion, 'title'>;

interface Subject {
  state: RunState;
  steps: StepState[];
  gates: GateResult[];
  revision: string;
}

/** `judged` is the step whose standard is measured, with the results of its gates; null: the run as it stands. */
export function evaluateSuccess(
  state: RunState,
  judged: { st: StepState; results: GateResult[] } | null,
): SuccessCriterion[] {
  const all = state.graph.steps.map(({ id }) => stepOf(state, id));
  const subject: Subject =
    judged === null
      ? { state, steps: all, gates: gatesOnLast(state), revision: lastRevision(state) }
      : {
          state,
          steps: all.slice(0, judged.st.index),
          gates: judged.results,
          revision: judged.st.output?.revision ?? judged.st.base,
        };
  return [
    { title: 'All implementation agents were coordinated and executed', ...agentsExecuted(subject) },
    { title: 'Infrastructure, features and commands are implemented', ...implemented(subject) },
    { title: 'Comprehensive testing was executed', ...tested(subject) },
    { title: 'Quality assurance validated all of the work', ...reviewed(subject) },
    { title: 'The implementation is ready for production and submission', ...ready(subject) },
    { title: 'The implementation is documented', ...documented(subject) },
    { title: 'All results were brought together for the submission', ...synthesised(subject) },
  ];
}

function agentsExecuted({ steps }: Subject): Judged {
  const agents = steps.filter((st) => st.step.work.kind === 'agent');
  const open = agents.filter((st) => st.status === 'pending' || st.status === 'open');
  if (open.length > 0) return { status: 'not_met', evidence: `not finished: ${idsOf(open)}` };
  const done = agents.filter((st) => st.status === 'accepted');
  if (done.length === 0) return { status: 'not_met', evidence: 'no agent has worked' };
  const givenUp = agents.filter((st) => st.skippedBy === 'given_up');
  const skipped = agents.length - done.length - givenUp.length;
  const parts = [
    `${done.length} steps of agents are accepted`,
    skipped > 0 ? `${skipped} were skipped with a reason` : '',
    givenUp.length > 0 ? `given up, as nobody waits for it: ${idsOf(givenUp)}` : '',
  ];
  return { status: 'met', evidence: joined(parts) };
}

function implemented({ state, steps }: Subject): Judged {
  const writers = writersIn(state, steps);
  const open = writers.filter((st) => st.status === 'pending' || st.status === 'open');
  const done = writers.filter((st) => st.accepted?.output?.revision != null);
  if (open.length > 0) return { status: 'not_met', evidence: `not finished: ${idsOf(open)}` };
  if (done.length === 0) return { status: 'not_met', evidence: 'no agent changed anything' };
  const paths = changedIn(done);
  if (paths.length > 0 && paths.every(isDocument))
    return {
      status: 'not_measured',
      evidence: `only documents were changed: ${paths.slice(0, 5).join(', ')}`,
    };
  const skipped = writers.filter((st) => st.status === 'skipped');
  const left = skipped.map((st) => `${st.step.id} (${st.skipReason ?? ''})`);
  return {
    status: 'met',
    evidence: joined([
      `accepted: ${idsOf(done)}`,
      left.length > 0 ? `not needed or left: ${left.join(', ')}` : '',
    ]),
  };
}

/** Tests that were green before the change show nothing of it: new or changed ones do, or a recorded word on how else it was seen. */
function tested({ gates, steps }: Subject): Judged {
  const suites = gates.filter((gate) => gate.kind === 'tests' && gate.status !== 'not_applicable');
  const evidence = suites.map((gate) => `${gate.repo} ${gate.gate}: ${gate.summary}`).join('; ');
  const status = wordOf(areGreen(suites));
  if (status !== 'met') return { status, evidence: evidence || 'no test gate ran on this tree' };
  const shown = newTests(suites) ?? changedTests(steps) ?? confirmations(steps);
  return shown === null
    ? {
        status: 'not_measured',
        evidence: `${evidence}; no test is new or changed, and no reviewer says how else the change was seen to work`,
      }
    : { status, evidence: `${evidence}; ${shown}` };
}

/** Whether the run as it stands changed code and nothing shows it: no test is new or changed, and no reviewer says how else it was seen to work. */
export function cameWithoutTest(state: RunState, gates: readonly GateResult[] = gatesOnLast(state)): boolean {
  if (!changesCode(state)) return false;
  const steps = state.graph.steps.map(({ id }) => stepOf(state, id));
  const suites = gates.filter((gate) => gate.kind === 'tests');
  return (newTests(suites) ?? changedTests(steps) ?? confirmations(steps)) === null;
}

/** Whether accepted steps changed anything that is neither a document nor a test. */
export function changesCode(state: RunState): boolean {
  const steps = state.graph.steps.map(({ id }) => stepOf(state, id));
  return changedIn(steps).some((path) => !isDocument(path) && !isTestCode(inRepository(path)));
}

function newTests(suites: GateResult[]): string | null {
  const added = suites.reduce((sum, gate) => sum + (gate.tests?.added ?? 0), 0);
  return added === 0 ? null : `new tests: ${added}`;
}

function changedTests(steps: StepState[]): string | null {
  const files = changedIn(steps).filter((path) => isTestCode(inRepository(path)));
  return files.length === 0 ? null : `changed tests: ${files.slice(0, 5).join(', ')}`;
}

function confirmations(steps: StepState[]): string | null {
  const said = steps
    .filter((st) => st.status === 'accepted')
    .flatMap((st) => [...st.confirmed])
    .flatMap(([by, all]) => all.map(({ criterion, how }) => `${by} confirms ${criterion}: ${how}`));
  return said.length === 0 ? null : [...new Set(said)].slice(0, 5).join('; ');
}

function reviewed({ state, steps }: Subject): Judged {
  const works = steps.filter((st) => st.step.work.kind === 'agent' && st.status === 'accepted');
  const unseen = works.filter((st) => !state.reviewed.has(st.accepted?.revision ?? ''));
  if (works.length === 0 || unseen.length > 0)
    return { status: 'not_met', evidence: `without a verdict: ${idsOf(unseen) || 'everything'}` };
  const overridden = works.filter((st) => st.accepted?.override != null);
  return {
    status: 'met',
    evidence: joined([
      `every accepted result of ${works.length} is reached by verdicts`,
      overridden.length > 0 ? `accepted by a person in place of a verdict: ${idsOf(overridden)}` : '',
    ]),
  };
}

/**
 * Somebody tried exactly this tree and said of each thing what came of it, every environment and the scripts have files,
 * and gates are green. What speaks against it counts first, then what nobody showed.
 */
function ready(subject: Subject): Judged {
  const { steps, gates } = subject;
  const seen = [validated(subject), prepared(steps), gatesOf(gates)];
  const of = (status: Judged['status']): string =>
    joined(seen.filter((each) => each.status === status).map(({ evidence }) => evidence));
  if (of('not_met') !== '') return { status: 'not_met', evidence: of('not_met') };
  if (of('not_measured') !== '') return { status: 'not_measured', evidence: of('not_measured') };
  return { status: 'met', evidence: of('met') };
}

function gatesOf(gates: GateResult[]): Judged {
  const measured = gates.filter(({ kind }) => !isEnginesOwn(kind) && kind !== 'setup' && kind !== 'standard');
  const red = gates.filter((gate) => gate.status === 'fail' || gate.status === 'error');
  if (red.length > 0)
    return { status: 'not_met', evidence: `red: ${red.map((gate) => gate.gate).join(', ')}` };
  const green = measured.filter((gate) => gate.status === 'pass').length;
  return green === 0
    ? { status: 'not_measured', evidence: 'no gate of the repositories is green on this tree' }
    : { status: 'met', evidence: `${green} gates are green on this tree` };
}

/** By the outcomes that the last validation handed in, on this very tree, after any deployment was prepared. Words that were written before the run are none. */
function validated({ steps, revision }: Subject): Judged {
  const validatedAt = steps.findLastIndex((each) => each.accepted?.output?.kind === 'validation');
  const preparedAt = steps.findLastIndex((each) => each.accepted?.output?.kind === 'deployment');
  if (preparedAt > validatedAt)
    return {
      status: 'not_met',
      evidence: `nobody validated the whole after ${steps[preparedAt]?.step.id ?? ''} prepared its deployment`,
    };
  const st = steps[validatedAt];
  if (st === undefined) return { status: 'not_measured', evidence: 'no step of this workflow validated it' };
  const { id } = st.step;
  if (st.accepted?.revision !== revision)
    return { status: 'not_met', evidence: `changed after its validation in ${id}` };
  if (isPrepared(st))
    return {
      status: 'not_measured',
      evidence: `what ${id} says of it was prepared before the run: it tried nothing`,
    };
  const named = (outcome: CheckOutcome): string[] =>
    st.checks.filter((check) => check.outcome === outcome).map(({ what }) => what);
  const [failed, untried, met] = [named('not_met'), named('not_tried'), named('met')];
  if (failed.length > 0)
    return { status: 'not_met', evidence: `${id} saw what is not met: ${failed.join('; ')}` };
  if (met.length === 0)
    return { status: 'not_measured', evidence: `${id} names nothing that it saw to be met` };
  if (untried.length > 0)
    return { status: 'not_measured', evidence: `${id} did not try: ${untried.join('; ')}` };
  return { status: 'met', evidence: `validated in ${id}: ${met.length} checks met` };
}

/** By the files that were seen in the tree of whoever prepared the deployment. */
function prepared(steps: StepState[]): Judged {
  const preparing = steps.filter(
    (st) => st.step.work.kind === 'agent' && st.step.work.output === 'deployment',
  );
  if (preparing.length === 0)
    return { status: 'not_measured', evidence: 'no step of this workflow prepares a deployment' };
  const done = preparedFiles(preparing);
  if (done === null)
    return {
      status: 'not_measured',
      evidence: `no deployment was prepared: ${preparing.map(({ step, skipReason }) => `${step.id} (${skipReason ?? 'not accepted'})`).join(', ')}`,
    };
  const missing = done.filter(({ files }) => files.length === 0).map(({ what }) => what);
  return missing.length > 0
    ? { status: 'not_met', evidence: `no file is there for ${missing.join(', ')}` }
    : { status: 'met', evidence: `deployment is prepared for ${ENVIRONMENTS.join(', ')}, with scripts` };
}

function documented({ steps }: Subject): Judged {
  const accepted = steps.filter((st) => st.status === 'accepted');
  const paths = changedIn(accepted).filter(isDocument);
  const results = accepted.filter((st) => (st.accepted?.output?.summary ?? '') !== '').length;
  const stored = `${results} results with summaries are stored`;
  return paths.length > 0
    ? { status: 'met', evidence: `${paths.slice(0, 5).join(', ')}; ${stored}` }
    : { status: 'not_measured', evidence: `no document of the repositories was changed; ${stored}` };
}

/** `repo/path`. */
function isDocument(path: string): boolean {
  return isDocumentation(inRepository(path));
}

function inRepository(path: string): string {
  return path.slice(path.indexOf('/') + 1);
}

/** `repo/path` of what accepted steps changed, each once. */
function changedIn(steps: StepState[]): string[] {
  const accepted = steps.filter((st) => st.status === 'accepted');
  return [...new Set(accepted.flatMap((st) => [...st.changedPaths]))];
}

function synthesised({ steps }: Subject): Judged {
  const all = steps.filter((st) => st.step.work.kind === 'agent' && st.step.work.output === 'synthesis');
  const last = all.at(-1);
  if (last === undefined) return { status: 'not_measured', evidence: 'this workflow has no synthesis' };
  if (last.status === 'accepted' && isPrepared(last))
    return { status: 'not_measured', evidence: `${last.step.id} handed in prepared text of a rehearsal` };
  return last.status === 'accepted'
    ? { status: 'met', evidence: `${last.step.id}: ${last.accepted?.output?.summary ?? ''}` }
    : { status: 'not_met', evidence: `${last.step.id} is not accepted` };
}

/** Whether any of this round's authors only said what had been written before the run. */
function isPrepared(st: StepState): boolean {
  return [...st.identities].some(
    ([slot, { label }]) => slot.startsWith('work.') && label === REHEARSAL_LABEL,
  );
}

function writersIn(state: RunState, steps: StepState[]): StepState[] {
  return steps.filter(({ step: { work } }) => {
    const agent = work.kind === 'agent' ? state.graph.agents[work.agent] : undefined;
    return agent !== undefined && agent.access === 'write' && WRITING_ROLES.includes(agent.role);
  });
}

function wordOf(green: boolean | null): SuccessCriterion['status'] {
  if (green === null) return 'not_measured';
  return green ? 'met' : 'not_met';
}

function idsOf(steps: StepState[]): string {
  return steps.map((st) => st.step.id).join(', ');
}

function joined(parts: string[]): string {
  return parts.filter((part) => part !== '').join('; ');
}
