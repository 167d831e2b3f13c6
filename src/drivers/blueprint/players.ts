/** Who is played by which rules. An agent that is not in this table is not played at all. */
import type { Order, Result } from './order.ts';
import { datatypeParts } from './parts/datatype-parts.ts';
import { testParts } from './parts/test-parts.ts';
import { plan } from './play/plan.ts';
import {
  research,
  researchExisting,
  researchNew,
  researchTechnology,
  researchTests,
} from './play/research.ts';
import { selectAgents } from './play/select-agents.ts';
import { submit } from './play/submit.ts';
import { summarize } from './play/summarize.ts';
import { validate } from './play/validate.ts';
import { featureParts, writeParts } from './play/write-parts.ts';
import { withCovers } from './play/cover-criteria.ts';
import { forgetInArtifact } from './play/forget-in-artifact.ts';
import { review } from './review/review.ts';

type Player = (order: Order) => Result | Promise<Result>;

/** Plays the agent of the order. `seed` is null for a careful one. A reviewer whose work no rule does is an error: a review is a verdict. */
export async function play(order: Order, seed: number | null): Promise<Result> {
  const player = playerOf(order.agent, seed);
  if (player === null && order.role === 'reviewer')
    throw new Error(`The rules do not review as ${order.agent}: choose another driver for it.`);
  if (player === null) {
    return {
      status: 'blocked',
      summary: `The rules do not do the work of ${order.agent}: choose another driver for it.`,
      blocked_reason: 'out_of_scope',
      attempted: [],
    };
  }
  return player(order);
}

function playerOf(agent: string, seed: number | null): Player | null {
  switch (agent) {
    case 'backend-task-summarizer':
      return careful(summarize, seed);
    case 'technology-research-agent':
      return research(researchTechnology);
    case 'existing-functionality-agent':
      return research(researchExisting);
    case 'new-functionality-agent':
      return research(researchNew);
    case 'unit-test-planner-agent':
      return research(researchTests);
    case 'backend-planner':
      return careful(plan, seed);
    case 'backend-implementer':
      return selectAgents;
    case 'datatypes-agent':
      return writeParts(datatypeParts, seed);
    case 'feature-implementation-agent':
      return writeParts(featureParts, seed);
    case 'unit-testing-agent':
      return withCovers(writeParts(testParts, seed));
    case 'validation-agent':
      return validate;
    case 'submission-agent':
      return careful(submit, seed);
    case 'documentation-agent':
      return () => ({ status: 'complete', summary: 'The documents of the resource came with the feature.' });
    case 'code-review':
      return review;
    case 'security-review':
      return (order) => review(order, 'security');
    case 'performance-review':
      return (order) => review(order, 'performance');
    default:
      return null;
  }
}

/** Artifacts are written whole; a careless author leaves things out of them in the first round. */
function careful(player: (order: Order) => Result, seed: number | null): Player {
  return (order) =>
    seed === null || order.findings.length > 0
      ? player(order)
      : forgetInArtifact(player(order), `${seed}/${order.agent}`);
}
