/** How a step starts its next round. Budgets never go back: a restart, an answer or a reopening resets none of them. */
import { isDisputed } from './findings.ts';
import { isMeasured, type StepId } from '../graph.ts';
import { contentOf } from './rework.ts';
import { createDeploy, type Stage, type StepState } from '../state.ts';

/** Where a step of this kind begins. */
export function firstStage(st: StepState): Stage {
  switch (st.step.work.kind) {
    case 'agent':
    case 'merge':
      return 'work';
    case 'check':
      return isMeasured(st.step) ? 'gates' : 'review';
    case 'planned':
    case 'given':
      return 'judge';
    case 'submit':
    case 'deploy':
      return 'effects';
  }
}

/** A rework round by these authors: counted, and the refused output remembered. */
export function startRound(st: StepState, authors: StepId[]): void {
  const content = contentOf(st);
  if (content !== null) st.budget.refusedOutputs.add(content);
  st.budget.reworks += 1;
  st.collisions = [];
  resetRound(st, authors);
}

/** A new round that costs no rework budget: attempts and failures count afresh. */
export function resetRound(st: StepState, authors: StepId[]): void {
  st.round += 1;
  st.authors = [...authors];
  st.stage = authors.length === 0 ? firstStage(st) : 'work';
  st.attempts = new Map();
  st.failures = new Map();
  st.waited = new Map();
  st.lastFailure = null;
  st.verdicts = new Map();
  st.gates = [];
  st.disputes = [];
  st.blocked = null;
  if (authors.length === 0) st.collisions = [];
  st.needs = [];
  st.namedConcerns = [];
  st.namedEffort = null;
  st.recommendations = [];
  st.claimedTestsPassed = null;
  st.tooManyFiles = null;
  st.override = null;
  st.question = null;
  st.askedIn = null;
  st.deploy = createDeploy();
}

/** The round is complete: what it says is counted, so that `decide` can see whether the loop still moves. */
export function countRound(st: StepState, reviewers: string[]): void {
  // A finding that another step's reviewer sent here was answered; that reviewer looks again in its own step.
  const measured = new Set(st.gates.flatMap((gate) => gate.findings.map((f) => f.id)));
  st.findings = st.findings.filter((f) => reviewers.includes(f.source) || measured.has(f.id));
  const blocking = st.findings.filter((f) => f.blocking && !st.waived.has(f.fingerprint));
  const disputed = new Set(st.disputes.map((d) => d.finding));
  const { fingerprints, upheld, blockingCounts } = st.budget;
  blockingCounts.push(blocking.length);
  for (const finding of blocking) {
    addOne(fingerprints, finding.fingerprint);
    if (isDisputed(disputed, finding)) addOne(upheld, finding.fingerprint);
  }
}

function addOne(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** A person who says "go on" has seen the signs of a loop that stands still: they count again only from there on. */
export function forgetSigns(st: StepState): void {
  st.budget.fingerprints = new Map();
  st.budget.upheld = new Map();
  st.budget.blockingCounts = [];
  st.budget.refusedOutputs = new Set();
}
