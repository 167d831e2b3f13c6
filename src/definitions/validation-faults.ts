/**
 * Whether validations of a graph are what they are for: by somebody who makes none of the change, and once more behind every
 * preparation of a deployment, before anything leaves the run. It goes by what steps hand in, not by what they are called.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Condition, Graph, Step, StepId } from '../core/graph.ts';
import { stepsBefore } from '../core/graph/ancestors.ts';
import type { GraphFault } from './graph-fault.ts';

export function validationFaults(graph: Graph): GraphFault[] {
  return [...authorFaults(graph), ...finalFaults(graph)];
}

function handsIn(step: Step, output: string): boolean {
  return step.work.kind === 'agent' && step.work.output === output;
}

/** A validation by an agent that writes code, tests or settings in the same run: it would judge its own work. */
function authorFaults(graph: Graph): GraphFault[] {
  const makers = new Set(graph.steps.flatMap(makersIn));
  return graph.steps.flatMap((step) =>
    step.work.kind === 'agent' && handsIn(step, 'validation') && makers.has(step.work.agent)
      ? [
          {
            step: step.id,
            code: 'E_REVIEWER_IS_AUTHOR',
            message: `${step.id} is a validation by ${step.work.agent}, which makes a part of the change in this workflow.`,
            fix: 'Name an agent that writes neither its code nor its tests.',
          },
        ]
      : [],
  );
}

function makersIn({ work }: Step): string[] {
  switch (work.kind) {
    case 'planned':
      return work.agents;
    case 'check':
      return work.debug === undefined ? [] : [work.debug.agent];
    case 'agent':
      return work.changes !== 'forbidden' && work.output !== 'validation' ? [work.agent] : [];
    default:
      return [];
  }
}

/** A prepared deployment that something leaves the run with, and no validation of the whole in between. */
function finalFaults(graph: Graph): GraphFault[] {
  const past = (step: Step): Set<StepId> => new Set(stepsBefore(graph, step).map(({ id }) => id));
  const validations = graph.steps
    .filter((step) => handsIn(step, 'validation'))
    .map((step) => ({ step, past: past(step) }));
  const outward = graph.steps
    .filter(({ work }) => work.kind === 'submit' || work.kind === 'deploy')
    .map((step) => ({ step, past: past(step) }));
  return graph.steps
    .filter((step) => handsIn(step, 'deployment'))
    .flatMap((prepared) => {
      const after = validations.filter(
        (each) => each.past.has(prepared.id) && runsWherever(prepared, each.step),
      );
      const leaving = outward.filter((each) => each.past.has(prepared.id));
      const isShown =
        leaving.length === 0
          ? after.length > 0
          : leaving.every((each) => after.some(({ step }) => each.past.has(step.id)));
      return isShown ? [] : [missing(prepared, leaving[0]?.step)];
    });
}

/** Whether nothing can leave the second step out that does not leave the first one out, too. */
function runsWherever(first: Step, second: Step): boolean {
  const asked = conditionsOf(first.when);
  return (
    second.blocking !== false &&
    conditionsOf(second.when).every((each) => asked.some((one) => isDeepStrictEqual(one, each)))
  );
}

/** What has to hold, all of it. */
function conditionsOf(condition: Condition | null): Condition[] {
  if (condition === null) return [];
  return condition.kind === 'all' ? condition.of.flatMap(conditionsOf) : [condition];
}

function missing(prepared: Step, leaving: Step | undefined): GraphFault {
  return {
    step: prepared.id,
    code: 'E_REVIEW_MISSING',
    message: `${prepared.id} prepares a deployment, and nobody validates the whole ${leaving === undefined ? 'after it' : `between it and ${leaving.id}`} in every case.`,
    fix: 'Put a step with `output: validation` behind it, under no condition that it does not have as well.',
  };
}
