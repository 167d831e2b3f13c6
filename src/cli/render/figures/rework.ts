/** What was done again, for which causes and by whose agents, and what was found in work that was accepted before. */
import type { EventOf, JournalEvent, RunEvent } from '../../../core/events.ts';
import type { Step, StepId } from '../../../core/graph.ts';
import type { Finding } from '../../../core/results.ts';
import type { RunHistory } from '../history.ts';

/** One time that work was sent back. */
export interface Rework {
  step: StepId;
  /** `review code-review`, `gate tests`, `collision`, `blocked`, …; never empty. */
  causes: string[];
  /** Of the steps that did it again. */
  agents: string[];
}

/** A finding in a step's work that was accepted before. */
export interface Escape {
  /** The step that owns it, with its agent and those whose verdict let it pass. */
  step: StepId;
  agent: string;
  passed_by: string[];
  /** Who found it: a cause, as above. */
  found_by: string;
  problem: string;
}

/** One line, for people. */
export function escapeWords({ step, agent, passed_by, found_by, problem }: Escape): string {
  return `${step} (${agent}): ${problem}; found by ${found_by}, passed by ${passed_by.join(', ') || 'nobody'}`;
}

export interface ReworkFigures {
  rounds: Rework[];
  escapes: Escape[];
  /** Steps of agents that were ever accepted: what escapes are held against. */
  accepted_steps: number;
}

interface Known {
  finding: Finding;
  cause: string;
}

/** Where the reading of the events stands. */
interface Reading {
  history: RunHistory;
  findings: Map<string, Known>;
  /** By accepted step: whose verdicts let its output pass. What is done again is not accepted. */
  accepted: Map<StepId, string[]>;
  /** Steps of agents that were ever accepted. */
  ever: Set<StepId>;
  /** The same finding in the same step is one escape, however often it comes back. */
  seen: Set<string>;
  rounds: Rework[];
  escapes: Escape[];
}

export function reworkFigures(history: RunHistory): ReworkFigures {
  const reading: Reading = {
    history,
    findings: new Map(),
    accepted: new Map(),
    ever: new Set(),
    seen: new Set(),
    rounds: [],
    escapes: [],
  };
  for (const line of history.events) read(reading, line);
  return { rounds: reading.rounds, escapes: reading.escapes, accepted_steps: reading.ever.size };
}

function read(reading: Reading, { event, seq }: JournalEvent): void {
  learnFindings(reading, event);
  switch (event.type) {
    case 'step_accepted':
      reading.accepted.set(event.step, reviewersUntil(reading.history, event.step, seq));
      if (agentOf(reading.history, event.step) !== null) reading.ever.add(event.step);
      return;
    case 'rework_requested':
      return readRound(reading, event);
    case 'step_reopened':
      readReopening(reading, event);
      for (const id of [event.step, ...event.stale]) reading.accepted.delete(id);
      return;
    case 'effort_raised':
      for (const id of [...event.reopened, ...event.stale]) reading.accepted.delete(id);
      return;
    case 'graph_extended':
      return readSearch(reading, event);
    case 'merge_ended':
      if (event.outcome.kind === 'collided')
        addRound(
          reading,
          event.step,
          ['collision'],
          event.outcome.left.map(({ side }) => side),
        );
      return;
    default:
      return;
  }
}

function readRound(reading: Reading, event: EventOf<'rework_requested'>): void {
  const blocking = event.findings
    .map((id) => reading.findings.get(id))
    .filter((known) => known?.finding.blocking === true);
  const found = blocking.filter((known) => known !== undefined);
  addRound(
    reading,
    event.step,
    found.map(({ cause }) => cause),
    event.authors,
  );
  for (const known of found) addEscape(reading, known, answerer(known.finding, event));
}

/** Whose work a finding is about: its owner where that one has to answer, else the only one who has to. */
function answerer({ owner }: Finding, { authors, step }: EventOf<'rework_requested'>): StepId {
  if (owner !== null && authors.includes(owner)) return owner;
  return authors.length === 1 ? (authors[0] ?? step) : step;
}

/** What a blocked agent lacks is no finding in the work that it stands on. */
function readReopening(reading: Reading, event: EventOf<'step_reopened'>): void {
  const known = event.findings.map((finding) => reading.findings.get(finding.id) ?? unknown(finding));
  const causes = event.blocked === undefined ? known.map(({ cause }) => cause) : ['blocked'];
  addRound(reading, event.step, causes, [event.step]);
  if (event.blocked === undefined) for (const each of known) addEscape(reading, each, event.step);
}

/** The steps of a search for several faults at once, which stands in place of a round: they answer the findings. */
export function searchesIn({ steps, findings }: EventOf<'graph_extended'>): Step[] {
  return steps.filter(({ id, work }) => work.kind === 'agent' && (findings[id] ?? []).length > 0);
}

function readSearch(reading: Reading, event: EventOf<'graph_extended'>): void {
  const searching = searchesIn(event);
  if (searching.length === 0) return;
  const found = searching.flatMap(({ id }) => event.findings[id] ?? []);
  addRound(
    reading,
    event.before,
    found.map((finding) => (reading.findings.get(finding.id) ?? unknown(finding)).cause),
    searching.map(({ id }) => id),
  );
}

function addRound({ history, rounds }: Reading, step: StepId, causes: string[], authors: StepId[]): void {
  const unique = [...new Set(causes)].sort();
  const agents = [...new Set(authors.map((id) => agentOf(history, id) ?? id))].sort();
  rounds.push({ step, causes: unique.length === 0 ? ['no blocking finding'] : unique, agents });
}

/** What is found in the work of a step that is still being judged escaped nobody. */
function addEscape(reading: Reading, { finding, cause }: Known, owner: StepId): void {
  const passedBy = reading.accepted.get(owner);
  const key = `${owner} ${finding.fingerprint}`;
  if (passedBy === undefined || reading.seen.has(key)) return;
  reading.seen.add(key);
  reading.escapes.push({
    step: owner,
    agent: agentOf(reading.history, owner) ?? owner,
    passed_by: passedBy,
    found_by: cause,
    problem: finding.problem,
  });
}

function learnFindings({ findings }: Reading, event: RunEvent): void {
  for (const known of findingsIn(event))
    if (!findings.has(known.finding.id)) findings.set(known.finding.id, known);
}

function findingsIn(event: RunEvent): Known[] {
  switch (event.type) {
    case 'review_ended':
      if (event.outcome.kind !== 'verdict') return [];
      return event.outcome.review.findings.map((finding) => ({ finding, cause: `review ${event.reviewer}` }));
    case 'gates_ended':
      if (event.outcome.kind !== 'measured') return [];
      return event.outcome.results.flatMap(({ kind, findings }) =>
        findings.map((finding) => ({ finding, cause: `gate ${kind}` })),
      );
    case 'effect_ended':
      if (event.outcome.kind !== 'confirmed') return [];
      return (event.outcome.followed?.findings ?? []).map((finding) => ({ finding, cause: FORGE }));
    default:
      return [];
  }
}

const FORGE = 'checks and reviews at the forge';

function unknown(finding: Finding): Known {
  return { finding, cause: `found by ${finding.source}` };
}

/** Those whose last verdict on it passed. */
function reviewersUntil({ steps }: RunHistory, id: StepId, seq: number): string[] {
  const last = new Map<string, boolean>();
  for (const { end } of steps.get(id)?.reviews ?? []) {
    if (end === null || end.seq >= seq || end.event.outcome.kind !== 'verdict') continue;
    last.set(end.event.reviewer, end.event.outcome.review.verdict !== 'fail');
  }
  return [...last].flatMap(([reviewer, passed]) => (passed ? [reviewer] : [])).sort();
}

function agentOf({ steps }: RunHistory, id: StepId): string | null {
  const work = steps.get(id)?.step.work;
  return work?.kind === 'agent' ? work.agent : null;
}
