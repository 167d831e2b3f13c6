/**
 * Who does a single kind of work in which of the workflows that come with Baton, and which of these suits what. Their names are
 * data here, and stand nowhere else in the rules; a test holds them against the workflows themselves.
 */
import type { Effort, Topic } from '../core/words.ts';
import type { Specialist, WorkflowName } from './detection.ts';
import type { WorkKind } from './reach.ts';

/** What is left out suits anything. */
export interface Seat {
  kind?: WorkKind;
  effort?: Effort;
  /** The only topic of the request. */
  topic?: Topic;
  words?: RegExp;
  agent: Specialist;
  workflow: WorkflowName;
}

/** The first one that suits. Who judges, tests or designs rather than changes the product sits in another workflow than the default. */
export const SEATS: readonly Seat[] = [
  { kind: 'design', agent: 'backend-architect', workflow: 'specialists' },
  {
    kind: 'tests',
    words: /\b(?:acceptance|e2e|end-to-end|smoke)\b/i,
    agent: 'acceptance-test-engineer',
    workflow: 'specialists',
  },
  {
    kind: 'tests',
    words: /\b(?:integration|contract)[ -]tests?\b/i,
    agent: 'backend-integration-test-engineer',
    workflow: 'specialists',
  },
  { kind: 'tests', agent: 'backend-unit-test-engineer', workflow: 'specialists' },
  {
    kind: 'review',
    words: /\b(?:security|secure|vulnerab\w+|owasp|secrets?|injections?)\b/i,
    agent: 'backend-security-reviewer',
    workflow: 'specialists',
  },
  { kind: 'review', agent: 'backend-reviewer', workflow: 'specialists' },
  { effort: 'trivial', agent: 'small-change-agent', workflow: 'baton' },
  { kind: 'infrastructure', agent: 'cloud-infrastructure-agent', workflow: 'baton' },
  { kind: 'documentation', agent: 'documentation-agent', workflow: 'baton' },
  { kind: 'code', topic: 'types', agent: 'datatypes-agent', workflow: 'baton' },
  {
    kind: 'code',
    words: /\b(?:clis?|command[- ]lines?|subcommands?)\b/i,
    agent: 'cli-implementation-agent',
    workflow: 'baton',
  },
];

/** Whatever no seat above suits. */
export const LAST_SEAT: Seat = { agent: 'feature-implementation-agent', workflow: 'baton' };

/** The workflow for what a request may want. */
export const SUITS = {
  anything: 'baton',
  plan_alone: 'planner',
  given_plan: 'implementer',
  review_after_each: 'review-gated',
} as const satisfies Record<string, WorkflowName>;
