/** What the words of a request mean for a run that is about to start. Flags say otherwise. */
import type { Detected, Refinement } from '../../core/records.ts';
import { canRunAt } from '../../core/conditions/left-out.ts';
import type { Graph } from '../../core/graph.ts';
import { planStepMade } from '../../core/graph/plan-graphs.ts';
import { EFFORTS, type Effort } from '../../core/words.ts';
import type { StartOptions } from '../../engine/engine.ts';
import { spunOffParts } from '../../intake/detect-request.ts';
import { cutSentence, STRAIGHT_EFFORT, WORKFLOW_NAMES, type Detection } from '../../intake/detection.ts';
import { agentsOf, whoWorks } from '../../intake/policy.ts';
import { usageError } from '../command.ts';
import type { RefinedHere } from './refine-here.ts';

export interface Intake {
  detection: Detection;
  /** Who refined it; null: nobody. */
  refined: Refinement | null;
  /** What the request asks for and the run does not do. */
  spunOff: string[];
  /** Who does it alone; null: a workflow does it. */
  specialist: string | null;
  /** The workflow that the words lead to; null: somebody chose, or the words lead to the usual one. */
  workflow: string | null;
  effort: Pick<StartOptions, 'effort'>;
}

export interface Said {
  effort: Effort | undefined;
  /** Somebody named a workflow or handed in a plan, and the words do not change that. */
  chosen: boolean;
  /** There is a plan: what needs none does not do for it. */
  planned: boolean;
}

export function readIntake(request: string, { detection, refined }: RefinedHere, said: Said): Intake {
  const tier = said.effort ?? detection.effort;
  // The default workflow gives what is trivial to one specialist already, and mends a bug by its recipe.
  const alone = !said.chosen && tier === STRAIGHT_EFFORT;
  return {
    detection,
    refined,
    spunOff: spunOffParts(request),
    specialist: alone ? detection.specialist : null,
    workflow: said.chosen ? null : workflowOf(detection),
    effort: effortOf(said, detection.triggered ? detection.effort : null, refined),
  };
}

/** Of direct work it is where the specialist has a seat, which says nothing of who does the rest. */
function workflowOf({ mode, workflow }: Detection): string | null {
  return mode === 'orchestrated' && workflow !== WORKFLOW_NAMES[0] ? workflow : null;
}

/** What a flag says, else that there is a plan, else what the words of the request say, else the usual. */
function effortOf(
  { effort, planned }: Said,
  words: Effort | null,
  refined: Refinement | null,
): Pick<StartOptions, 'effort'> {
  if (effort !== undefined) return { effort: { tier: effort, reason: '--effort says so' } };
  if (planned) return { effort: { tier: 'medium', reason: 'it comes with a plan' } };
  if (words === null) return {};
  const changed = refined?.changes.some((change) => change.startsWith('effort ')) === true;
  const reason = changed
    ? `${refined.by.agent} says so, who read the request`
    : 'the words of the request say so';
  return { effort: { tier: words, reason } };
}

/** A plan is made also where the words are worth none to the workflow; a flag that says so is refused. */
export function effortForPlan(
  graph: Graph,
  { effort }: Pick<StartOptions, 'effort'>,
  said: Effort | undefined,
): Pick<StartOptions, 'effort'> {
  const step = planStepMade(graph);
  const planned = EFFORTS.filter((tier) => step !== null && canRunAt(step, tier));
  if (effort === undefined) return {};
  if (planned.includes(effort.tier)) return { effort };
  if (said !== undefined)
    throw usageError(
      `${graph.workflow} makes no plan for the effort ${said}.`,
      `Leave --effort out, or take ${planned.join(', ') || 'another workflow'}.`,
    );
  const tier = planned.find((each) => each === 'medium') ?? planned[0] ?? effort.tier;
  return { effort: { tier, reason: 'a plan is asked for' } };
}

/**
 * Also where the workflow would launch at once, a person confirms a request that is for somebody else, and what an agent
 * made of it: text of a model takes no confirmation away.
 */
export function policyOf(
  { detection, refined }: Pick<Intake, 'detection' | 'refined'>,
  graph: Graph,
): Graph['start'] {
  const isOpen = detection.mode === 'elsewhere' || (refined?.changes.length ?? 0) > 0;
  return isOpen ? 'confirm' : graph.start;
}

export interface Taken {
  policy: Graph['start'];
  /** Who works in the run whatever is found out on the way. */
  agents: readonly string[];
  /** The workflow that was taken for the sake of the words. */
  byWords: string | null;
  /** Why it was not. */
  whyNot: string | null;
}

/** What the run keeps of it. */
export function toDetected(
  { detection, refined, spunOff }: Intake,
  { policy, agents, byWords, whyNot }: Taken,
): Detected {
  const { triggered, mode, pattern, topics, effort, specialist, questions } = detection;
  const besides = [...whoWorks(detection, agents), ...(whyNot === null ? [] : [whyNot])];
  const reasons = [...detection.reasons, ...besides.map(cutSentence)];
  return {
    triggered,
    mode,
    pattern,
    topics,
    effort,
    specialist,
    ...(mode === 'direct' ? agentsOf(agents) : {}),
    reasons,
    policy,
    ...(refined === null ? {} : { refined }),
    ...(byWords === null ? {} : { workflow: byWords }),
    ...(questions.length === 0 ? {} : { questions }),
    ...(spunOff.length === 0 ? {} : { spun_off: spunOff }),
  };
}
