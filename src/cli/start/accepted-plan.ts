/** The accepted plan of a run, as the document that `run --plan` takes. */
import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { criteriaStep, numberedCriteria, type Criterion } from '../../core/checks/criteria.ts';
import { endpointsIn, type Endpoint } from '../../core/checks/endpoints.ts';
import type { EventOf } from '../../core/events.ts';
import { fold } from '../../core/fold.ts';
import type { RunState } from '../../core/state.ts';
import type { StepState } from '../../core/step-state.ts';
import { statusOf } from '../../core/status.ts';
import { planText, type PlanDocument } from '../../definitions/load-plan.ts';
import type { RunSnapshot } from '../../engine/engine.ts';
import { contextOf } from '../../engine/work-order.ts';
import type { Journal } from '../../journal/journal.ts';
import type { DriverSpec } from '../../drivers/spec.ts';
import { usageError } from '../command.ts';

/** What is known of a run's plan. */
export interface PlanOfRun {
  state: RunState;
  started: EventOf<'run_started'>;
  /** null: no plan is accepted now. */
  document: PlanDocument | null;
}

/** Reads the whole journal of the run, checked against its chain. */
export async function readPlanOf(journal: Journal, runId: string): Promise<PlanOfRun | null> {
  const events = (await journal.read(runId, 1)).map((line) => line.event);
  const started = events.find((event) => event.type === 'run_started');
  if (started === undefined) return null;
  const state = fold(events);
  const st = [...state.steps.values()].find((each) => each.accepted?.output?.kind === 'plan');
  return {
    state,
    started,
    document: st === undefined ? null : await readDocument(journal, { state, st, runId }),
  };
}

async function readDocument(
  journal: Journal,
  { state, st, runId }: { state: RunState; st: StepState; runId: string },
): Promise<PlanDocument | null> {
  const output = st.accepted?.output;
  const body = output == null ? null : await readJson<PlanDocument>(journal, runId, output.artifact);
  if (output == null || body === null) return null;
  const criteria = await criteriaOfRun(journal, state, runId);
  const endpoints = await endpointsOfRun(journal, state, { runId, body });
  const made = contextOf(state, st).map(({ name, output: { kind, summary } }) => ({ name, kind, summary }));
  return {
    request: state.request,
    workflow: state.graph.workflow,
    summary: output.summary,
    ...(criteria.length === 0 ? {} : { acceptance_criteria: criteria }),
    inputs: body.inputs ?? made,
    ...(endpoints.length === 0 ? {} : { endpoints }),
    plan: body.plan, // checked when it was handed in
  };
}

async function criteriaOfRun(journal: Journal, state: RunState, runId: string): Promise<Criterion[]> {
  const output = criteriaStep([...state.steps.values()])?.accepted?.output;
  return output == null ? [] : numberedCriteria(await readJson(journal, runId, output.artifact));
}

/** Of the requirements that the plan answers, and its own. */
async function endpointsOfRun(
  journal: Journal,
  state: RunState,
  { runId, body }: { runId: string; body: PlanDocument },
): Promise<Endpoint[]> {
  const output = criteriaStep([...state.steps.values()])?.accepted?.output;
  const requirements =
    output == null ? null : await readJson<Record<string, unknown>>(journal, runId, output.artifact);
  return endpointsIn([requirements, { ...body }]);
}

/** What the run was started with; null: it is not there any more. */
export async function readDriver(
  journal: Journal,
  started: EventOf<'run_started'>,
): Promise<DriverSpec | null> {
  const snapshot = await readJson<RunSnapshot>(journal, started.run_id, started.snapshot);
  return snapshot?.driver ?? null;
}

async function readJson<T>(journal: Journal, runId: string, hash: string): Promise<T | null> {
  const artifact = await journal.getArtifact(runId, hash);
  // Stored by the engine and bound by its hash.
  return artifact === null ? null : (JSON.parse(Buffer.from(artifact.body).toString('utf8')) as T);
}

/** Whether the run can still come to a plan. */
export function hasEnded(state: RunState): boolean {
  return ['done', 'failed', 'cancelled'].includes(statusOf(state).status);
}

/** Throws E_USAGE where the file cannot be written: better before the plan is made than after. */
export function requireWritable(file: string): void {
  try {
    const there = statSync(file, { throwIfNoEntry: false });
    if (there?.isDirectory() === true) throw new Error('it is a folder');
    accessSync(there === undefined ? dirname(file) : file, constants.W_OK);
  } catch (error) {
    throw notWritten(file, error, 'Name a file in a folder that is there and that you may write to.');
  }
}

/** Writes the document for `run --plan`. Throws E_USAGE with the command that tries again. */
export function writePlan(document: PlanDocument, file: string, runId: string): void {
  try {
    writeFileSync(file, planText(document));
  } catch (error) {
    throw notWritten(file, error, `The plan is stored: \`baton plan --of ${runId} --out FILE\` writes it.`);
  }
}

function notWritten(file: string, error: unknown, fix: string): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return usageError(`${file} cannot be written: ${reason}.`, fix);
}
