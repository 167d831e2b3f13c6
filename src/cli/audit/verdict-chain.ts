/**
 * The second opinion on a finished history: recomputes from the events alone, without the fold and without
 * `decide`, that nothing unreviewed was used. Every accepted output needs a passing verdict of each of its
 * reviewers for exactly its link, given by another definition than its authors', or a person's recorded override
 * for exactly that hash; and only what is reached so from the base may be built upon or submitted.
 */
import type { EventOf, JournalEvent } from '../../core/events.ts';
import type { Hash, Link, Output, Revision, RevisionId } from '../../core/results.ts';
import type { Step } from '../../core/graph.ts';
import { createDepths, onlyBehind } from './branches.ts';

export interface ChainProblem {
  /** Absent: E_INTEGRITY. */
  code?: 'E_AUDIT_ROLLBACK';
  seq: number;
  detail: string;
}

interface StepFacts {
  step: Step;
  /** What the last finished work of this step made. */
  output: Output | null;
  /** Everything it made so far: its own rework may start from it. */
  own: Set<RevisionId>;
  verdicts: EventOf<'review_ended'>[];
  /** Definitions of those who wrote it, and of the steps merged into it. */
  authors: Set<string>;
  /** Fingerprints of what blocks, as its gates said last. */
  blocking: Set<string>;
}

interface Facts {
  /** The id of what a person handed in at the start. */
  given: string | null;
  proven: Set<RevisionId>;
  /** What submissions found their base to be, by the step that submits. */
  bases: Map<string, EventOf<'effect_ended'>['outcome'][]>;
  /** The base that the change is on now. */
  base: Revision;
  steps: Map<string, StepFacts>;
  /** How far each step's tree is from the base, at least. */
  depth: (id: string) => number;
  reviewers: Map<string, string>;
  questions: Map<string, EventOf<'question_asked'>['question']>;
  answers: Map<string, EventOf<'question_answered'>>;
  /** What was accepted as it was: the tree, and what its gates had said. */
  putAside: Map<string, { revision: RevisionId; blocking: Set<string> }>;
}

/** The first event that the verdicts before it do not carry; null when all are carried. */
export function checkVerdictChain(events: JournalEvent[]): ChainProblem | null {
  const first = events[0]?.event;
  if (first?.type !== 'run_started') return { seq: 1, detail: 'the history does not begin with run_started' };
  const facts = createFacts(first);
  for (const line of events) {
    const detail = checkEvent(facts, line);
    if (detail !== null) return { seq: line.seq, detail };
  }
  return null;
}

function createFacts(started: EventOf<'run_started'>): Facts {
  const steps = new Map(started.graph.steps.map((step) => [step.id, createStepFacts(step)] as const));
  return {
    given: started.given?.output.id ?? null,
    proven: new Set([started.base.id]),
    bases: new Map(),
    base: started.base,
    steps,
    depth: createDepths((id) => treesBelow({ steps }, id)),
    reviewers: new Map(),
    questions: new Map(),
    answers: new Map(),
    putAside: new Map(),
  };
}

function checkEvent(facts: Facts, { event }: JournalEvent): string | null {
  switch (event.type) {
    case 'invocation_started':
      return startWork(facts, event);
    case 'invocation_ended':
      if (event.outcome.kind === 'submitted' && event.outcome.result.status === 'complete')
        takeOutput(facts, event.step, event.outcome.output);
      return null;
    case 'merge_started':
      return startMerge(facts, event);
    case 'merge_ended':
      if (event.outcome.kind !== 'failed') takeOutput(facts, event.step, event.outcome.output);
      return null;
    case 'gates_ended':
      return takeGates(facts, event);
    case 'review_started':
      facts.reviewers.set(event.key, event.identity.definition_hash);
      return null;
    case 'review_ended':
      facts.steps.get(event.step)?.verdicts.push(event);
      return null;
    case 'question_asked':
      facts.questions.set(event.question.id, event.question);
      return null;
    case 'question_answered':
      takeAnswer(facts, event);
      return null;
    case 'graph_extended':
      return extend(facts, event);
    case 'step_reopened':
      for (const id of event.stale) forget(facts, id);
      return null;
    case 'effort_raised':
      for (const id of [...event.reopened, ...event.stale]) forget(facts, id);
      return null;
    case 'step_accepted':
      return accept(facts, event);
    case 'effect_ended':
      if (event.outcome.kind === 'base_moved')
        facts.bases.set(event.step, [...(facts.bases.get(event.step) ?? []), event.outcome]);
      return null;
    case 'deploy_started':
      return facts.proven.has(event.head)
        ? null
        : `${event.environment} gets ${event.head.slice(0, 8)}, which no chain of verdicts reaches`;
    case 'effect_intended':
      return facts.proven.has(event.head)
        ? null
        : `${event.effect} of ${event.head.slice(0, 8)}, which no chain of verdicts reaches`;
    default:
      return null;
  }
}

/** New steps, or new definitions for those that had not begun; what is not reviewed may not be added. */
function extend(facts: Facts, event: EventOf<'graph_extended'>): string | null {
  for (const step of event.steps) {
    if (step.reviewers.length === 0) return `${step.id} is added without a reviewer`;
    facts.steps.set(step.id, createStepFacts(step));
  }
  const before = facts.steps.get(event.before);
  if (before === undefined) return `${event.before} grows, which the graph does not have`;
  const problem = event.base === undefined ? null : moveBase(facts, event, event.base);
  if (problem !== null) return problem;
  before.step = { ...before.step, needs: event.needs, tree_from: event.tree_from };
  facts.depth = createDepths((id) => treesBelow(facts, id));
  return null;
}

/**
 * What the change is held against from now on is nobody's word: the submission found exactly that, the step that brings it in
 * starts from it, and it continues the base before.
 */
function moveBase(facts: Facts, event: EventOf<'graph_extended'>, base: Revision): string | null {
  const short = base.id.slice(0, 8);
  const seen = (facts.bases.get(event.before) ?? []).find(
    (outcome) => outcome.kind === 'base_moved' && outcome.base.id === base.id,
  );
  if (seen?.kind !== 'base_moved') return `the base becomes ${short}, which ${event.before} did not find`;
  const moved = new Map(seen.repos.map(({ repo, to }) => [repo, to]));
  const kept = facts.base.repos.every((before) => {
    const now = base.repos.find(({ name }) => name === before.name);
    return (
      now !== undefined &&
      (moved.has(before.name) ? now.commit === moved.get(before.name) : now.tree === before.tree)
    );
  });
  if (!kept || !seen.continues) return `the base becomes ${short}, which does not continue the one before`;
  const brings = event.steps.some(({ work }) => work.kind === 'merge' && work.onto?.to === base.id);
  if (!brings) return `the base becomes ${short}, which no step brings in`;
  facts.base = base;
  facts.proven.add(base.id);
  return null;
}

function createStepFacts(step: Step): StepFacts {
  return { step, output: null, own: new Set(), verdicts: [], authors: new Set(), blocking: new Set() };
}

function startWork(facts: Facts, event: EventOf<'invocation_started'>): string | null {
  const step = facts.steps.get(event.step);
  if (step === undefined) return `work at ${event.step}, which the graph does not have`;
  step.authors.add(event.identity.definition_hash);
  return facts.proven.has(event.base) || step.own.has(event.base)
    ? null
    : `${event.step} starts from ${event.base.slice(0, 8)}, which no chain of verdicts reaches`;
}

/** Whoever wrote a side, or what it was built on since the sides parted, wrote the merge. */
function startMerge(facts: Facts, event: EventOf<'merge_started'>): string | null {
  const step = facts.steps.get(event.step);
  if (step?.step.work.kind !== 'merge') return `${event.step} merges, which is no merge in the graph`;
  for (const side of step.step.work.sides) {
    for (const author of branchAuthors(facts, side, step.step.tree_from)) step.authors.add(author);
  }
  const unproven = event.sides.find((side) => !facts.proven.has(side));
  return unproven === undefined
    ? null
    : `${event.step} merges ${unproven.slice(0, 8)}, which no chain of verdicts reaches`;
}

function branchAuthors(facts: Facts, side: string, from: string | null): string[] {
  const behind = onlyBehind({ below: (id) => treesBelow(facts, id), depth: facts.depth }, side, from);
  return behind.flatMap((id) => [...(facts.steps.get(id)?.authors ?? [])]);
}

/** The steps whose trees are in this one's. */
function treesBelow({ steps }: Pick<Facts, 'steps'>, id: string): string[] {
  const step = steps.get(id)?.step;
  const from = step?.tree_from ?? null;
  return [...(from === null ? [] : [from]), ...(step?.work.kind === 'merge' ? step.work.sides : [])];
}

function takeGates(facts: Facts, event: EventOf<'gates_ended'>): null {
  const step = facts.steps.get(event.step);
  if (step === undefined || event.outcome.kind === 'failed') return null;
  const findings = event.outcome.results.flatMap((result) => result.findings);
  step.blocking = new Set(findings.flatMap((finding) => (finding.blocking ? [finding.fingerprint] : [])));
  return null;
}

function takeOutput(facts: Facts, id: string, output: Output): void {
  const step = facts.steps.get(id);
  if (step === undefined) return;
  step.output = output;
  step.verdicts = [];
  step.blocking = new Set();
  if (output.revision !== null) step.own.add(output.revision);
}

function forget(facts: Facts, id: string): void {
  const step = facts.steps.get(id);
  if (step === undefined) return;
  step.output = null;
  step.verdicts = [];
  step.blocking = new Set();
}

function accept(facts: Facts, event: EventOf<'step_accepted'>): string | null {
  const step = facts.steps.get(event.step);
  if (step === undefined) return `${event.step} is accepted, which the graph does not have`;
  if (step.step.work.kind === 'given') {
    return event.output?.id === facts.given && event.override === null
      ? null
      : `${event.step} is accepted with something that nobody gave at the start`;
  }
  const problem =
    event.link === null ? checkWithoutLink(facts, step, event) : checkLink(facts, step, event, event.link);
  if (problem !== null) return `${event.step} is accepted although ${problem}`;
  facts.proven.add(event.revision);
  step.verdicts = [];
  return null;
}

/** Nothing new to judge: then nothing new may be handed on either. */
function checkWithoutLink(facts: Facts, step: StepFacts, event: EventOf<'step_accepted'>): string | null {
  if (event.output !== null || step.output !== null) return 'its output was never judged';
  if (!facts.proven.has(event.revision)) return 'no chain of verdicts reaches the revision it hands on';
  if (step.blocking.size === 0) return null;
  // A person may accept an unchanged tree over a red gate: the question was about exactly that revision.
  return event.override === null
    ? 'its gates found something that blocks'
    : checkOverride(facts, step, event, event.revision);
}

function checkLink(
  facts: Facts,
  step: StepFacts,
  event: EventOf<'step_accepted'>,
  link: Link,
): string | null {
  if (!facts.proven.has(link.from)) return 'its link starts from something unproven';
  const handedOn = step.output?.id ?? event.revision;
  if (link.to !== handedOn || (event.output?.id ?? null) !== (step.output?.id ?? null))
    return 'the link does not name what its agent handed in';
  if (event.output?.revision != null && event.output.revision !== event.revision)
    return 'it hands on another revision than its output';
  if (event.output?.revision == null && !facts.proven.has(event.revision) && event.revision !== link.to)
    return 'no chain of verdicts reaches the revision it hands on';
  if (event.override !== null) {
    const problem = checkOverride(facts, step, event, link.to);
    // A person who accepted this very content of this step answers for its reviewers too; elsewhere they judge.
    if (problem !== null || isOfStep(facts, step, event.override)) return problem;
  } else if (step.blocking.size > 0) return 'its gates found something that blocks';
  if (step.step.reviewers.length === 0) return 'nobody was asked to review it';
  for (const reviewer of step.step.reviewers) {
    const problem = checkReviewer(facts, step, reviewer, link);
    if (problem !== null) return problem;
  }
  return null;
}

function checkOverride(
  facts: Facts,
  step: StepFacts,
  event: EventOf<'step_accepted'>,
  content: Hash,
): string | null {
  const question = event.override ?? '';
  const answer = facts.answers.get(question);
  if (answer === undefined) return `nobody answered ${question}, which is named as the override`;
  if (answer.actor.kind !== 'human') return `${question} was not answered by a person`;
  if (answer.option !== 'accept' && answer.option !== 'withdraw')
    return `${question} was not answered with accept`;
  if (isOfStep(facts, step, question))
    return facts.questions.get(question)?.binds === content ? null : `${question} was about other content`;
  const before = facts.putAside.get(question);
  if (before?.revision !== event.revision) return `${question} was about other content`;
  const unseen = [...step.blocking].some((fingerprint) => !before.blocking.has(fingerprint));
  return unseen ? `its gates found something that ${question} did not show` : null;
}

function isOfStep(facts: Facts, { step }: StepFacts, question: string): boolean {
  return facts.questions.get(question)?.step === step.id;
}

/** The first answer counts; "accept as it is" holds for the tree and for what blocked it then. */
function takeAnswer(facts: Facts, event: EventOf<'question_answered'>): void {
  if (facts.answers.has(event.question_id)) return;
  facts.answers.set(event.question_id, event);
  const asked = facts.questions.get(event.question_id);
  const step = facts.steps.get(asked?.step ?? '');
  if (asked === undefined || step === undefined || event.option !== 'accept') return;
  const revision = step.output?.revision ?? asked.binds;
  if (revision !== null)
    facts.putAside.set(event.question_id, { revision, blocking: new Set(step.blocking) });
}

function checkReviewer(facts: Facts, step: StepFacts, reviewer: string, link: Link): string | null {
  const verdict = step.verdicts.findLast(
    (each) => each.reviewer === reviewer && each.outcome.kind === 'verdict',
  );
  if (verdict === undefined || verdict.outcome.kind !== 'verdict') return `${reviewer} gave no verdict on it`;
  if (verdict.link.from !== link.from || verdict.link.to !== link.to)
    return `${reviewer} judged other content`;
  const { review } = verdict.outcome;
  if (review.verdict === 'fail') return `${reviewer} said fail`;
  if (review.findings.some((finding) => finding.blocking))
    return `${reviewer} passed it with a blocking finding`;
  const definition = facts.reviewers.get(verdict.key);
  if (definition === undefined) return `the verdict of ${reviewer} belongs to no review that was started`;
  return step.authors.has(definition) ? `${reviewer} is also its author` : null;
}
