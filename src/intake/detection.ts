/** What detection says of a text. The schema is the published one; a variant holds only what is true in it. */
import { z } from 'zod';
import { EFFORTS, REQUEST_PATTERNS, TOPICS, type Effort } from '../core/words.ts';

/** The workflows that come with Baton, the default first. */
export const WORKFLOW_NAMES = [
  'baton',
  'planner',
  'specialists',
  'implementer',
  'six-phase',
  'four-agent',
  'review-gated',
] as const;
export type WorkflowName = (typeof WORKFLOW_NAMES)[number];

/** Who can be given a single kind of work: of the workflow `baton` what builds, of `specialists` what does not. */
export const SPECIALISTS = [
  'small-change-agent',
  'feature-implementation-agent',
  'datatypes-agent',
  'cli-implementation-agent',
  'cloud-infrastructure-agent',
  'documentation-agent',
  'backend-architect',
  'backend-unit-test-engineer',
  'backend-integration-test-engineer',
  'acceptance-test-engineer',
  'backend-reviewer',
  'backend-security-reviewer',
] as const;
export type Specialist = (typeof SPECIALISTS)[number];

/** The efforts that one specialist may carry alone. */
export const DIRECT_EFFORTS = ['trivial', 'bugfix', 'small'] as const;

/** The effort at which direct work goes straight to its specialist; at the others the workflow has a phase for it. */
export const STRAIGHT_EFFORT: Effort = 'small';

export const MAX_QUESTIONS = 2;
/** Longest reason or question. */
export const MAX_SENTENCE = 600;
/** More reasons than the rules give; the rest is room for refinements. */
export const MAX_REASONS = 40;

const sentence = z.string().min(1).max(MAX_SENTENCE);
export const questionsSchema = z
  .array(sentence)
  .max(MAX_QUESTIONS)
  .meta({ description: 'What is worth asking before a run starts.' });
const reasons = z
  .array(sentence)
  .min(1)
  .max(MAX_REASONS)
  .meta({ description: 'What was seen, and which rule led to what; the policy at the start among them.' });
export const topicsSchema = z
  .array(z.enum(TOPICS))
  .max(TOPICS.length)
  .refine((topics) => new Set(topics).size === topics.length, { error: 'must name each topic once' })
  .meta({ uniqueItems: true });

const backend = {
  triggered: z.literal(true),
  pattern: z.enum(REQUEST_PATTERNS).nullable().meta({ description: 'null: it is a request in other words.' }),
  topics: topicsSchema,
  workflow: z.enum(WORKFLOW_NAMES),
  reasons,
  questions: questionsSchema,
};

const orchestrated = z.strictObject({
  ...backend,
  mode: z.literal('orchestrated'),
  effort: z.enum(EFFORTS),
  specialist: z.null(),
});

const direct = z.strictObject({
  ...backend,
  mode: z.literal('direct'),
  effort: z.enum(DIRECT_EFFORTS),
  specialist: z.enum(SPECIALISTS),
  agents: z.array(sentence).min(1).optional().meta({
    description:
      'Who works in the run that `baton run` would start, in order; reviewers, and agents as needed, come besides.',
  }),
});

const nothing = {
  triggered: z.literal(false),
  pattern: z.null(),
  topics: z.array(z.enum(TOPICS)).max(0),
  reasons,
  questions: questionsSchema,
};

/** Rules over words saw nothing: that says little, so it runs as anything else does. */
const unrecognised = z.strictObject({
  ...nothing,
  mode: z.literal('orchestrated'),
  workflow: z.enum(WORKFLOW_NAMES),
  effort: z.enum(EFFORTS),
  specialist: z.null(),
});

const elsewhere = z.strictObject({
  ...nothing,
  mode: z.literal('elsewhere'),
  workflow: z.null(),
  effort: z.null(),
  specialist: z.null(),
});

/** Orchestrated by a workflow, given to one specialist, not recognised, or nothing for Baton. */
export const detectionSchema = z.discriminatedUnion('triggered', [
  z.discriminatedUnion('mode', [orchestrated, direct]),
  z.discriminatedUnion('mode', [unrecognised, elsewhere]),
]);

export type Detection = z.output<typeof detectionSchema>;
export type NotTriggered = Extract<Detection, { triggered: false }>;

export function detectionJsonSchema(): object {
  return z.toJSONSchema(detectionSchema, { io: 'input' });
}

/** A sentence that fits its place, whatever it quotes. */
export function cutSentence(text: string): string {
  return text.length <= MAX_SENTENCE ? text : `${text.slice(0, MAX_SENTENCE - 1)}…`;
}

/** Words of a text, short enough to be quoted in a sentence. */
export function quote(words: string): string {
  const line = words.replaceAll(/\s+/g, ' ').trim();
  return `"${line.length <= 80 ? line : `${line.slice(0, 79).trimEnd()}…`}"`;
}
