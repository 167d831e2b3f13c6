/** One attempt of one reviewer at one link. The verdict is bound to the hash that was handed out, not to what the reviewer names. */
import type { EffectfulCommand } from '../../core/commands.ts';
import type { EventOf } from '../../core/events.ts';
import type { ReviewOutcome } from '../../core/records.ts';
import { concernsOf } from '../../core/conditions/conditions.ts';
import { callDriver } from './call-driver.ts';
import { findingPrefix } from '../../core/keys.ts';
import type { Finding, Revision, Usage } from '../../core/results.ts';
import { stepOf, type RunState } from '../../core/state.ts';
import type { StepState } from '../../core/step-state.ts';
import { parseReviewResult, resultJsonSchema, type ReviewParse } from '../../definitions/result-schema.ts';
import type { ContextItem, DriverOutcome, WorkOrder } from '../../drivers/driver.ts';
import type { Artifact } from '../../journal/journal.ts';
import { CHANGED_TESTS, gateLines } from '../gate-lines.ts';
import { hashBytes } from '../../journal/hash.ts';
import { definitionOf, identityOf, modelOf } from '../identity.ts';
import { namesOf, ownerCandidates, withOwners, type OwnerCandidate } from '../owners.ts';
import { cut, roomFor, type SentItem, type Source } from '../prompt-budget.ts';
import { composePrompt, type PromptFacts, type ReviewFacts } from '../prompt.ts';
import { reviewDiff } from '../review-diff.ts';
import { chooseReading, filesFor, planFor } from '../chosen-reading.ts';
import { toReading } from '../required-reading.ts';
import type { RunContext } from '../run-context.ts';
import { keepOrder } from '../sent-order.ts';
import {
  contextOf,
  decidedLines,
  disputeLines,
  fitPrompt,
  forAgent,
  named,
  noteSources,
  orderBase,
  phaseTitle,
  readSource,
  wordsOf,
} from '../work-order.ts';
import { drawFenceWord } from '../fence-word.ts';
import { wordsOnTests } from '../words-on-tests.ts';
import { closeWorkspace, fingerprint, openWorkspace } from '../workspace-use.ts';
import { failureOf, rawArtifact, type Outcome } from './outcome.ts';

type Review = Extract<EffectfulCommand, { kind: 'review' }>;

const MAX_DIFF_CHARS = 256 * 1024;
/** What is judged, and what gates said of it, has room beside it. */
const DIFF_SHARE = 2 / 3;

export function startReview(ctx: RunContext, command: Review): EventOf<'review_started'> {
  const { key, step, reviewer, round, attempt, link } = command;
  return {
    type: 'review_started',
    key,
    step,
    reviewer,
    round,
    attempt,
    identity: identityOf(ctx, reviewer),
    link,
  };
}

export async function executeReview(ctx: RunContext, command: Review, signal: AbortSignal): Promise<Outcome> {
  const since = ctx.engine.clock.monotonicMs();
  const subject = subjectOf(ctx, command);
  const workspace = await openWorkspace(ctx, command.key, subject.to);
  try {
    const { sent, ...asked } = await subject.order();
    const order: WorkOrder = {
      ...asked,
      ...orderBase(ctx, command, workspace),
      checkResult: (result) => {
        const parsed = parseVerdict(ctx, command, { result, ...subject });
        return Promise.resolve(parsed.ok ? [] : parsed.problems);
      },
    };
    const before = await fingerprint(ctx, workspace);
    const later: string[] = [];
    order.tellLater = (text) => later.push(text);
    const done = await callDriver(ctx, { order, key: command.key }, signal);
    const kept = keepOrder(ctx, order, { sent, later });
    const wrote = (await fingerprint(ctx, workspace)) !== before;
    const outcome = wrote
      ? voidReview(command.reviewer)
      : await judgeResult(ctx, command, { done, earlier: subject.earlier, owners: subject.owners });
    const raw = rawArtifact(done);
    return ended(command, {
      outcome,
      raw,
      kept,
      usage: done.usage,
      durationMs: ctx.engine.clock.monotonicMs() - since,
    });
  } finally {
    await closeWorkspace(ctx, workspace);
  }
}

function voidReview(reviewer: string): ReviewOutcome {
  const detail = `E_ROLE_WROTE ${reviewer} may only read, and its checkout changed; the verdict is void`;
  return { kind: 'failed', reason: 'role_wrote', detail };
}

interface Subject {
  from: Revision;
  to: Revision;
  earlier: Finding[];
  owners: OwnerCandidate[];
  order(): Promise<Omit<WorkOrder, keyof ReturnType<typeof orderBase>> & { sent: SentItem[] }>;
}

function revisionById(ctx: RunContext, id: string): Revision {
  const revision = ctx.state.revisions.get(id);
  if (revision === undefined) throw new Error(`unknown revision ${id}`);
  return revision;
}

function subjectOf(ctx: RunContext, command: Review): Subject {
  const { state } = ctx;
  const st = stepOf(state, command.step);
  const agent = definitionOf(ctx, command.reviewer);
  const from = revisionById(ctx, command.link.from);
  const to = revisionById(ctx, st.output?.revision ?? st.base);
  const earlier = st.findings.filter((finding) => finding.source === command.reviewer);
  const { output } = st;
  const context = contextOf(state, st);
  const gates = gateLines(st.gates) + saidOfTests(state, st);
  const fenceWord = drawFenceWord();
  const promptFacts: PromptFacts = {
    fenceWord,
    title: agent.title,
    output: 'review',
    phase: phaseTitle(state, st),
    round: command.round,
    attempt: command.attempt,
    request: state.request,
    remarks: state.remarks,
    asked: state.askedFirst,
    notYours: state.spunOff,
    task: null,
    lane: [],
    guidance: st.guidance,
    collisions: [],
    marked: false,
    findings: earlier.map((finding) => forAgent(finding)),
    lastFailure: command.attempt > 1 ? st.lastFailure : null,
    context: context.map((item) => `${item.name} (${item.output.kind}): ${item.output.summary}`),
    skipped: [],
    conditionalAgents: [],
    modules: null,
    effort: null,
    decided: decidedLines(state),
    review: {
      of: subjectWords(st),
      concerns: concernsOf(state, st.step),
      disputes: disputeLines(st.disputes),
      areas: areasFor(ctx, command),
    },
    shortened: [],
  };
  return {
    from,
    to,
    earlier,
    owners: ownerCandidates(state, st),
    order: async () => {
      const chosen = chooseReading(ctx, agent, {
        files: await filesFor(ctx, agent.name, { from, to }),
        words: wordsOf(promptFacts, await planFor(ctx, agent.name, context)),
      });
      const { instructions } = chosen;
      const spent = instructions.length + composePrompt(promptFacts).length;
      const room = Math.min(MAX_DIFF_CHARS, Math.floor(roomFor(agent.role, spent) * DIFF_SHARE));
      const diff =
        from.id === to.id
          ? null
          : await reviewDiff(ctx.engine.workspaces, { runId: ctx.runId, from, to, room });
      const sources: Source[] = [
        ...noteSources(ctx),
        ...(await Promise.all(context.map((item) => readSource(ctx, item.name, item.output)))),
        ...(output === null ? [] : [{ ...(await readSource(ctx, 'judged', output)), first: true }]),
        ...named(diff === null ? [] : [{ name: 'diff', kind: 'diff', text: diff.text }]),
        ...named(areasItem(areasFor(ctx, command))),
        ...named(gates === '' ? [] : [{ name: 'gates', kind: 'gates', text: cut(gates) }]),
      ];
      const shortened = [
        ...chosen.shortened,
        ...(diff === null || diff.shortened === null ? [] : [diff.shortened]),
      ];
      const fitted = fitPrompt({ ...promptFacts, shortened }, sources, { role: agent.role, instructions });
      return {
        agent: agent.name,
        role: agent.role,
        access: 'read',
        instructions,
        readings: chosen.readings.map(toReading),
        ...modelOf(ctx, agent, 0),
        capabilities: agent.capabilities,
        prompt: fitted.prompt,
        fenceWord,
        findings: earlier.map((finding) => forAgent(finding)),
        output: 'review',
        resultSchema: () => resultJsonSchema('review', agent.role),
        context: fitted.items,
        sent: fitted.sent,
      };
    },
  };
}

function subjectWords({ step: { work, title } }: StepState): ReviewFacts['of'] {
  return work.kind === 'agent' ? { agent: work.agent } : { step: title };
}

interface Judged {
  done: DriverOutcome;
  earlier: Finding[];
  owners: Subject['owners'];
}

/** Of the whole change: parts of it may be tested by others. */
function saidOfTests(state: RunState, { step: { work }, gates }: StepState): string {
  const isWhole = work.kind === 'check' && work.from === 'base';
  const words = isWhole && gates.length > 0 ? wordsOnTests(state, gates) : null;
  return words === null ? '' : `\n${words}`;
}

/** What this workflow asks the reviewer to say something about, and what the gates saw that asks for a word. */
function areasFor({ state }: RunContext, { reviewer, step }: Review): string[] {
  const areas = state.graph.review_areas ?? {};
  const { gates } = stepOf(state, step);
  return [
    ...(Object.hasOwn(areas, reviewer) ? (areas[reviewer] ?? []) : []),
    ...(gates.some(({ contradicted = [] }) => contradicted.length > 0) ? [CHANGED_TESTS] : []),
  ];
}

function areasItem(areas: string[]): ContextItem[] {
  return areas.length === 0 ? [] : [{ name: 'review areas', kind: 'names', text: JSON.stringify(areas) }];
}

/** Fails closed: anything but a clear, consistent verdict on what was handed out is no verdict. */
async function judgeResult(ctx: RunContext, command: Review, judged: Judged): Promise<ReviewOutcome> {
  const { done, earlier, owners } = judged;
  if (done.kind === 'failed')
    return { kind: 'failed', ...failureOf(done), detail: done.detail.slice(0, 4_000) };
  const parsed = parseVerdict(ctx, command, { result: done.result, earlier, owners });
  if (!parsed.ok)
    return { kind: 'failed', reason: 'invalid_output', detail: parsed.problems.join('; ').slice(0, 4_000) };
  const findings = await withOwners(ctx, parsed.review.findings, owners);
  return { kind: 'verdict', review: { ...parsed.review, findings } };
}

/** Says all that keeps it from being a verdict; the agent may hear it while it is still at work. */
function parseVerdict(
  ctx: RunContext,
  command: Review,
  given: { result: unknown; earlier: Finding[]; owners: Subject['owners'] },
): ReviewParse {
  const { earlier, owners } = given;
  const parsed = parseReviewResult(given.result, {
    idPrefix: findingPrefix(stepOf(ctx.state, command.step), command.reviewer),
    reviewer: command.reviewer,
    knownFindings: earlier.map((finding) => finding.id),
    authors: namesOf(owners),
    repos: ctx.state.repos.map((repo) => repo.name),
    areas: areasFor(ctx, command),
    to: command.link.to,
    hash: (text: string) => hashBytes(text),
  });
  if (!parsed.ok) return parsed;
  const open = unanswered(earlier, parsed.review.resolved, parsed.review.findings);
  if (parsed.review.verdict === 'fail' || open.length === 0) return parsed;
  const problem = `${parsed.review.verdict}, but earlier findings are neither resolved nor named again: ${open.join(', ')}`;
  return { ok: false, problems: [problem] };
}

function unanswered(earlier: Finding[], resolved: string[], renewed: Finding[]): string[] {
  const answered = new Set([...resolved, ...renewed.map((finding) => finding.id)]);
  return earlier
    .filter((finding) => finding.blocking && !answered.has(finding.id))
    .map((finding) => finding.id);
}

interface Ended {
  outcome: ReviewOutcome;
  raw: Artifact | null;
  kept: Artifact;
  usage: Usage;
  durationMs: number;
}

function ended(command: Review, facts: Ended): Outcome {
  const { key, step, reviewer, link } = command;
  const event: EventOf<'review_ended'> = {
    type: 'review_ended',
    key,
    step,
    reviewer,
    link,
    outcome: facts.outcome,
    raw: facts.raw?.hash ?? null,
    usage: facts.usage,
    duration_ms: Math.round(facts.durationMs),
    sent: facts.kept.hash,
  };
  return { key, events: [event], artifacts: [facts.kept, ...(facts.raw === null ? [] : [facts.raw])] };
}
