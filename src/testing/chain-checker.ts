/**
 * Checks from a history alone, without the rules' own code, that nothing unreviewed was used: whatever an agent
 * started from, a merge brought together or an effect submitted is reached from the base by accepted links, each
 * passed by every required reviewer, by other definitions than its authors', or accepted by a person for exactly
 * that hash.
 */
import type { EventOf, RunEvent } from '../core/events.ts';
import type { Question } from '../core/records.ts';
import type { Step } from '../core/graph.ts';
import type { ApprovalPart, Link } from '../core/results.ts';

/** One sentence per break of the chain; empty: the history is sound. */
export function checkChains(events: RunEvent[]): string[] {
  const [first, ...rest] = events;
  if (first?.type !== 'run_started') return ['the history does not begin with run_started'];
  const checker = new ChainChecker(first);
  for (const event of rest) checker.see(event);
  return checker.problems;
}

interface Made {
  id: string;
  revision: string | null;
  /** The reviewed revision that it was made from, over all rounds. */
  root: string;
}

interface Verdict {
  link: Link;
  passed: boolean;
  definition: string;
}

/** What one step stands for, since it last began afresh. */
interface Track {
  step: Step;
  made: Made | null;
  authors: Set<string>;
  authorSteps: Set<string>;
  verdicts: Map<string, Verdict>;
  /** What its gates said last that blocks, by fingerprint; a red gate that names nothing by its own name. */
  red: Set<string>;
  settled: boolean;
  accepted: boolean;
  begun: boolean;
}

interface Asked {
  question: Question;
  accepted: boolean;
  answered: boolean;
  /** What a person saw who said `accept`: the tree, and what blocked it. */
  saw: { revision: string | null; red: Set<string> } | null;
}

type Start = EventOf<'invocation_started'> | EventOf<'review_started'> | EventOf<'merge_started'>;

class ChainChecker {
  readonly problems: string[] = [];
  readonly #base: string;
  readonly #given: string | null;
  /** What submissions found their base to be. */
  readonly #seen = new Set<string>();
  readonly #reviewed: Set<string>;
  readonly #tracks: Map<string, Track>;
  readonly #starts = new Map<string, Start>();
  readonly #parts = new Map<string, ApprovalPart[]>();
  readonly #approved = new Set<string>();
  readonly #questions = new Map<string, Asked>();

  constructor(started: EventOf<'run_started'>) {
    this.#base = started.base.id;
    this.#given = started.given?.output.id ?? null;
    this.#reviewed = new Set([started.base.id]);
    this.#tracks = new Map(started.graph.steps.map((step) => [step.id, createTrack(step)]));
  }

  see(event: RunEvent): void {
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the other events use nothing
    switch (event.type) {
      case 'invocation_started':
        this.#begin(event);
        return this.#expect(this.#mayUse(event.step, event.base), `${event.key} starts from ${event.base}`);
      case 'merge_started':
        this.#begin(event);
        for (const used of [event.base, ...event.sides])
          this.#expect(this.#reviewed.has(used), `${event.key} merges ${used}`);
        return;
      case 'deploy_started':
        return this.#expect(this.#reviewed.has(event.head), `${event.key} deploys ${event.head}`);
      case 'effect_intended':
        return this.#expect(this.#reviewed.has(event.head), `${event.key} submits ${event.head}`);
      case 'review_started':
        return this.#begin(event);
      case 'invocation_ended':
        return this.#endWork(event);
      case 'merge_ended':
        return this.#endMerge(event);
      case 'gates_ended':
        return this.#endGates(event);
      case 'review_ended':
        return this.#endReview(event);
      case 'interrupted':
        for (const key of event.keys) this.#starts.delete(key);
        return;
      case 'rework_requested':
        this.#track(event.step).verdicts.clear();
        return;
      case 'step_reopened':
        return this.#reopen(event);
      case 'effort_raised':
        return this.#dropAll([...event.reopened, ...event.stale]);
      case 'step_skipped':
        this.#track(event.step).settled = true;
        return;
      case 'effect_ended':
        if (event.outcome.kind === 'base_moved') this.#seen.add(event.outcome.base.id);
        return;
      case 'graph_extended':
        return this.#extend(event);
      case 'step_given_up':
        this.#track(event.step).settled = true;
        return;
      case 'step_accepted':
        return this.#accept(event);
      case 'question_asked':
        this.#questions.set(event.question.id, {
          question: event.question,
          accepted: false,
          answered: false,
          saw: null,
        });
        return;
      case 'question_answered':
        return this.#answer(event);
      default:
    }
  }

  #expect(holds: boolean, sentence: string): void {
    if (!holds) this.problems.push(sentence);
  }

  #track(step: string): Track {
    const track = this.#tracks.get(step);
    if (track === undefined) throw new Error(`no step ${step}`);
    return track;
  }

  #begin(event: Start): void {
    this.#starts.set(event.key, event);
    const track = this.#track(event.step);
    // A task that has begun goes on while its plan is revised.
    const goesOn = track.begun && track.step.planned_by !== undefined;
    const waiting = goesOn ? [] : track.step.needs.filter((need) => !this.#track(need).settled);
    track.begun = true;
    this.#expect(waiting.length === 0, `${event.key} starts before ${waiting.join(', ')}`);
  }

  #mayUse(step: string, revision: string): boolean {
    return this.#reviewed.has(revision) || this.#track(step).made?.revision === revision;
  }

  /** The start of this key, if somebody still waits for its outcome. */
  #take<T extends Start['type']>(key: string, type: T): Extract<Start, { type: T }> | null {
    const start = this.#starts.get(key);
    this.#starts.delete(key);
    return start?.type === type ? (start as Extract<Start, { type: T }>) : null;
  }

  #endWork(event: EventOf<'invocation_ended'>): void {
    const start = this.#take(event.key, 'invocation_started');
    if (start === null || event.outcome.kind !== 'submitted' || event.outcome.result.status !== 'complete')
      return;
    const track = this.#track(event.step);
    const { id, revision } = event.outcome.output;
    this.#parts.set(revision ?? '', event.parts ?? []);
    track.made = { id, revision, root: track.made?.root ?? start.base };
    track.authors.add(start.identity.definition_hash);
    track.authorSteps.add(start.author);
    track.verdicts.clear();
    track.red = new Set();
  }

  #endMerge(event: EventOf<'merge_ended'>): void {
    const start = this.#take(event.key, 'merge_started');
    if (start === null || event.outcome.kind === 'failed') return;
    const track = this.#track(event.step);
    const { id, revision } = event.outcome.output;
    this.#parts.set(revision ?? '', event.parts ?? []);
    track.made = { id, revision, root: start.base };
    const left = event.outcome.kind === 'collided' ? event.outcome.left.map(({ side }) => side) : [];
    for (const side of track.step.work.kind === 'merge' ? track.step.work.sides : []) {
      if (left.includes(side)) continue;
      for (const { authors, authorSteps } of this.#branch(side, track.step.tree_from)) {
        for (const author of authors) track.authors.add(author);
        for (const step of authorSteps) track.authorSteps.add(step);
      }
    }
    track.verdicts.clear();
    track.red = new Set();
  }

  /** The side and everything that its tree came from, since the tree that all sides share. */
  #branch(side: string, from: string | null): Track[] {
    const shared = this.#behind(from);
    return [...this.#behind(side)].filter((id) => !shared.has(id)).map((id) => this.#track(id));
  }

  #behind(start: string | null, found = new Set<string>()): Set<string> {
    if (start === null || found.has(start)) return found;
    found.add(start);
    const { step } = this.#track(start);
    for (const id of [step.tree_from, ...(step.work.kind === 'merge' ? step.work.sides : [])])
      this.#behind(id, found);
    return found;
  }

  #endGates(event: EventOf<'gates_ended'>): void {
    if (event.outcome.kind !== 'measured') return;
    const { results } = event.outcome;
    const red = results.flatMap(({ gate, status, findings }) => {
      const blocking = findings.filter((finding) => finding.blocking).map((finding) => finding.fingerprint);
      return blocking.length === 0 && (status === 'fail' || status === 'error') ? [`gate ${gate}`] : blocking;
    });
    this.#track(event.step).red = new Set(red);
  }

  #endReview(event: EventOf<'review_ended'>): void {
    const start = this.#take(event.key, 'review_started');
    if (start === null || event.outcome.kind !== 'verdict') return;
    const { verdict, findings } = event.outcome.review;
    this.#track(event.step).verdicts.set(event.reviewer, {
      link: event.link,
      passed: verdict !== 'fail' && !findings.some((finding) => finding.blocking),
      definition: start.identity.definition_hash,
    });
  }

  #dropAll(ids: string[]): void {
    for (const id of ids) {
      this.#tracks.set(id, createTrack(this.#track(id).step));
      for (const [key, start] of this.#starts) if (start.step === id) this.#starts.delete(key);
    }
  }

  #reopen(event: EventOf<'step_reopened'>): void {
    this.#dropAll(event.stale);
    const track = this.#track(event.step);
    track.settled = false;
    track.accepted = false;
    track.verdicts.clear();
  }

  #extend(event: EventOf<'graph_extended'>): void {
    for (const id of event.dropped) this.#track(id).settled = true;
    for (const step of event.steps) {
      this.#expect(step.reviewers.length > 0, `${step.id} is added without a reviewer`);
      const known = this.#tracks.get(step.id);
      this.#expect(known?.accepted !== true, `${step.id} is planned anew although it is accepted`);
      this.#tracks.set(step.id, createTrack(step));
    }
    const before = this.#track(event.before);
    if (event.base !== undefined) {
      this.#expect(this.#seen.has(event.base.id), `the base becomes ${event.base.id}, which nobody saw`);
      this.#reviewed.add(event.base.id);
    }
    const step = { ...before.step, needs: event.needs, tree_from: event.tree_from };
    this.#tracks.set(event.before, createTrack(step));
  }

  #answer(event: EventOf<'question_answered'>): void {
    const asked = this.#questions.get(event.question_id);
    if (asked === undefined || asked.answered) return;
    asked.answered = true;
    const offered = asked.question.options.some((option) => option.id === event.option);
    if (offered && event.option === 'approve' && event.actor.kind === 'human')
      this.#approved.add(asked.question.binds ?? '');
    if (offered && event.option === 'accept' && asked.question.step !== null) {
      const { made, red } = this.#track(asked.question.step);
      asked.saw = { revision: made?.revision ?? asked.question.binds, red };
    }
    asked.accepted = offered && event.actor.kind === 'human' && ['accept', 'withdraw'].includes(event.option);
  }

  #accept(event: EventOf<'step_accepted'>): void {
    const track = this.#track(event.step);
    const what = `${event.step} is accepted`;
    this.#expect(!track.settled, `${what} twice`);
    if (track.step.work.kind !== 'given')
      this.#expect(
        (event.output?.id ?? null) === (track.made?.id ?? null),
        `${what} with an output of its own`,
      );
    if (track.step.work.kind === 'agent') this.#expect(event.output !== null, `${what} without an output`);
    const overridden = this.#isOverridden(event, event.link?.to ?? event.revision);
    this.#expect(track.red.size === 0 || overridden, `${what} with a red gate`);
    for (const part of this.#parts.get(event.revision) ?? []) {
      const covered = this.#approved.has(part.hash) || (part.refused && overridden);
      this.#expect(covered, `${what} with the unapproved part ${part.hash}`);
      if (covered) this.#approved.add(part.hash);
    }
    if (track.step.work.kind === 'given') {
      this.#expect(event.output?.id === this.#given, `${what} with what nobody gave`);
    } else if (event.link === null) {
      this.#expect(track.made === null && this.#reviewed.has(event.revision), `${what} unreviewed`);
    } else {
      this.#checkLink(event, track, event.link);
      if (!overridden || this.#isOfOther(event)) this.#checkVerdicts(track, event.link, what);
    }
    this.#reviewed.add(event.revision);
    track.settled = true;
    track.accepted = true;
  }

  #checkLink(event: EventOf<'step_accepted'>, track: Track, link: Link): void {
    const { work } = track.step;
    const what = `${event.step} is accepted`;
    const start = work.kind === 'check' && work.from === 'base' ? this.#base : track.made?.root;
    this.#expect(link.from === start && this.#reviewed.has(link.from), `${what} by a link from ${link.from}`);
    this.#expect(link.to === (track.made?.id ?? event.revision), `${what} by a link to ${link.to}`);
    const root = track.made?.root ?? event.revision;
    this.#expect(this.#reviewed.has(root), `${what} on the unreviewed ${root}`);
    this.#expect(event.revision === (track.made?.revision ?? root), `${what} as ${event.revision}`);
  }

  #checkVerdicts(track: Track, link: Link, what: string): void {
    const own = track.step.reviewers;
    const others = [...track.authorSteps].flatMap((id) => this.#track(id).step.reviewers);
    const required = own.length > 0 ? own : others;
    this.#expect(required.length > 0, `${what} without a reviewer`);
    for (const reviewer of required) {
      const verdict = track.verdicts.get(reviewer);
      const same = verdict?.link.from === link.from && verdict.link.to === link.to;
      this.#expect(same && verdict.passed, `${what} without a verdict of ${reviewer} on this link`);
      this.#expect(!track.authors.has(verdict?.definition ?? ''), `${what} by its author ${reviewer}`);
    }
  }

  #isOverridden(event: EventOf<'step_accepted'>, content: string): boolean {
    if (event.override === null) return false;
    const asked = this.#questions.get(event.override);
    const holds =
      asked?.accepted === true &&
      (this.#isOfOther(event)
        ? asked.saw?.revision === event.revision &&
          [...this.#track(event.step).red].every((each) => asked.saw?.red.has(each))
        : asked.question.binds === content);
    this.#expect(holds, `${event.step} is accepted by ${event.override}, which nobody said of ${content}`);
    return holds;
  }

  /** Accepted because a person accepted the same tree at another step. */
  #isOfOther({ override, step }: EventOf<'step_accepted'>): boolean {
    return this.#questions.get(override ?? '')?.question.step !== step;
  }
}

function createTrack(step: Step): Track {
  return {
    step,
    made: null,
    authors: new Set(),
    authorSteps: new Set(),
    verdicts: new Map(),
    red: new Set(),
    settled: false,
    accepted: false,
    begun: false,
  };
}
