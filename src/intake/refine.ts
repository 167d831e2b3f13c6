/**
 * A second opinion on a detection. The rules speak first; an agent may propose changes, and this is the only
 * way in: what it says is data, checked against a schema, and bounded by what may change when.
 */
import { z } from 'zod';
import { EFFORTS, TOPICS } from '../core/words.ts';
import {
  cutSentence,
  DIRECT_EFFORTS,
  MAX_REASONS,
  MAX_SENTENCE,
  questionsSchema,
  SPECIALISTS,
  topicsSchema,
  WORKFLOW_NAMES,
  type Detection,
} from './detection.ts';
import { compareEfforts, lowestEffort } from './effort.ts';

/** What an agent may say. Everything but the reason may be left out, and what is left out stays as it is. */
const proposalSchema = z.strictObject({
  reason: z.string().trim().min(1).max(400),
  mode: z.enum(['orchestrated', 'direct', 'elsewhere']).optional(),
  topics: topicsSchema.optional(),
  workflow: z.enum(WORKFLOW_NAMES).optional(),
  effort: z.enum(EFFORTS).optional(),
  specialist: z.enum(SPECIALISTS).nullable().optional(),
  questions: questionsSchema.optional(),
});
type Proposal = z.output<typeof proposalSchema>;

/** `ok: false`: the proposal changes nothing, and every problem is named. */
export type Refined =
  /** `changes`: what differs now, in words like `effort small → medium`. */
  { ok: true; detection: Detection; changes: string[] } | { ok: false; problems: string[] };

/** What an agent is asked to fill in. */
export function proposalJsonSchema(): object {
  return z.toJSONSchema(proposalSchema, { io: 'input' });
}

/** The same detection with one sentence more among its reasons; beyond the limit it takes the place of the last. */
export function withNote(detection: Detection, note: string): Detection {
  return { ...detection, reasons: [...detection.reasons.slice(0, MAX_REASONS - 1), noteSentence(note)] };
}

/** The same detection for a reason that comes before all others, since it decides what happens to the request. */
function withFirst(detection: Detection, note: string): Detection {
  return { ...detection, reasons: [noteSentence(note), ...detection.reasons.slice(0, MAX_REASONS - 1)] };
}

function noteSentence(note: string): string {
  return cutSentence(note.replaceAll(/\s+/g, ' ').trim());
}

/**
 * Applies a proposal. Until the run started it may change everything but the pattern, which is what the rules
 * saw; topics are only added. Afterwards it may only add: a higher effort, orchestration instead of a single
 * specialist. The effort never goes below what the topics need, and only the rules say `trivial`.
 */
export function refine(
  detected: Detection,
  proposal: unknown,
  run: { started: boolean; /** Who proposes. */ by?: string },
): Refined {
  const parsed = proposalSchema.safeParse(proposal);
  if (!parsed.success) return { ok: false, problems: parsed.error.issues.map(sentenceOf) };
  const problems = run.started ? problemsOfStarted(detected, parsed.data) : [];
  if (problems.length > 0) return { ok: false, problems };
  const applied = apply(detected, parsed.data);
  if (!applied.ok) return applied;
  const { questions } = parsed.data;
  const refined = {
    ...applied.detection,
    ...(questions === undefined ? {} : { questions: asked(questions, run.by) }),
  };
  const changes = changesBetween(detected, refined);
  const said = `${run.by ?? 'An agent'} proposes: ${parsed.data.reason} (${changes.join('; ') || 'nothing changes'})`;
  const decides = refined.mode === 'elsewhere' && detected.mode !== 'elsewhere';
  return { ok: true, detection: decides ? withFirst(refined, said) : withNote(refined, said), changes };
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join('.');
  return `${path === '' ? 'the proposal' : path}: ${issue.message}`;
}

/** A started run has its graph in event 1: only more process can be asked for. */
function problemsOfStarted(detected: Detection, proposal: Proposal): string[] {
  const { mode, effort, workflow, specialist } = proposal;
  if (!detected.triggered) return ['the run has started, but nothing was detected that could be refined'];
  return [
    ...(mode === 'elsewhere' ? ['mode: a started run cannot be sent elsewhere'] : []),
    ...(mode === 'direct' && detected.mode === 'orchestrated'
      ? ['mode: a started run keeps its orchestration']
      : []),
    ...(effort !== undefined && compareEfforts(effort, detected.effort) < 0
      ? [`effort: a started run does not go from ${detected.effort} down to ${effort}`]
      : []),
    ...(workflow !== undefined && workflow !== detected.workflow
      ? [`workflow: a started run keeps ${detected.workflow}`]
      : []),
    ...(typeof specialist === 'string' && specialist !== detected.specialist
      ? ['specialist: a started run keeps its own']
      : []),
  ];
}

type Applied = { ok: true; detection: Detection } | { ok: false; problems: string[] };

function apply(detected: Detection, proposal: Proposal): Applied {
  const { mode = detected.mode, effort = detected.effort } = proposal;
  if (mode === 'elsewhere') return asElsewhere(detected, proposal);
  if (effort === null || (!detected.triggered && proposal.effort === undefined))
    return { ok: false, problems: ['effort: it is needed to make a request of what was none'] };
  const named = [...detected.topics, ...(proposal.topics ?? [])];
  const topics = TOPICS.filter((topic) => named.includes(topic));
  const lowest = lowestEffort(topics, detected.effort);
  if (compareEfforts(effort, lowest) < 0)
    return { ok: false, problems: [`effort: here it is ${lowest} at least`] };
  const { pattern, reasons, questions } = detected;
  const workflow = proposal.workflow ?? detected.workflow ?? WORKFLOW_NAMES[0];
  const common = { triggered: true as const, pattern, topics, workflow, reasons, questions };
  const alone = DIRECT_EFFORTS.find((each) => each === effort);
  // More than one specialist may carry is orchestrated, whoever asked for the effort.
  if (mode === 'orchestrated' || alone === undefined)
    return typeof proposal.specialist === 'string'
      ? { ok: false, problems: ['specialist: orchestrated work names none'] }
      : { ok: true, detection: { ...common, mode: 'orchestrated', effort, specialist: null } };
  const specialist = proposal.specialist ?? detected.specialist;
  return specialist === null
    ? { ok: false, problems: ['specialist: direct work needs one'] }
    : { ok: true, detection: { ...common, mode: 'direct', effort: alone, specialist } };
}

function asElsewhere({ reasons, questions }: Detection, proposal: Proposal): Applied {
  const { topics = [], workflow, effort, specialist } = proposal;
  if (topics.length > 0 || workflow !== undefined || effort !== undefined || typeof specialist === 'string')
    return { ok: false, problems: ['mode: what is elsewhere has no topics, workflow, effort or specialist'] };
  const nothing = { pattern: null, topics: [], workflow: null, effort: null, specialist: null };
  return { ok: true, detection: { triggered: false, mode: 'elsewhere', ...nothing, reasons, questions } };
}

/** On one line each, and named as an agent's: they stand where people confirm the start. */
function asked(questions: readonly string[], by: string | undefined): string[] {
  const from = by === undefined ? '' : ` – asked by ${by}`;
  return questions.map((question) => {
    const line = question.replaceAll(/\s+/g, ' ').trim();
    return line.slice(0, MAX_SENTENCE - from.length) + from;
  });
}

/** In words, in a fixed order. */
function changesBetween(detected: Detection, refined: Detection): string[] {
  const changed = (['mode', 'workflow', 'effort', 'specialist'] as const).flatMap((key) =>
    refined[key] === detected[key] ? [] : [`${key} ${detected[key] ?? 'none'} → ${refined[key] ?? 'none'}`],
  );
  const added = refined.topics.filter((topic) => !detected.topics.includes(topic));
  const asks = refined.questions.join('\n') === detected.questions.join('\n') ? [] : ['other questions'];
  return [...changed, ...(added.length === 0 ? [] : [`topics + ${added.join(', ')}`]), ...asks];
}
