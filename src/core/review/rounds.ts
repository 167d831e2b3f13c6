/** How a step starts its next round. Budgets never go back: a restart, an answer or a reopening resets none of them. */
import { isDisputed } from './findings.ts';
import { isMeasured, type StepId } from '../graph.ts';
import { contentOf } from './rework.ts';
import { createDeploy, type Stage, type StepState } from '../step-state.ts';
import { counted, NO_ENTRIES, NO_MEMBERS, withMembers } from '../small.ts';

/** Where a step of this kind begins. */
export function firstStage(st: StepState): Stage {
  switch (st.step.work.kind) {
    case 'agent':
    case 'merge':
      return 'work';
    case 'check':
      // What it has to answer is there: whose it is comes first.
      if (st.step.work.answers === true && st.findings.length > 0) return 'judge';
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
  if (content !== null) st.budget.refusedOutputs = withMembers(st.budget.refusedOutputs, [content]);
  const tree = st.output?.revision ?? null;
  if (tree !== null) st.budget.refusedTrees = withMembers(st.budget.refusedTrees, [tree]);
  st.budget.asked = [...authors];
  st.budget.reworks += 1;
  st.collisions = [];
  resetRound(st, authors);
}

/** A new round that costs no rework budget: attempts and failures count afresh. */
export function resetRound(st: StepState, authors: StepId[]): void {
  st.round += 1;
  st.authors = [...authors];
  st.stage = authors.length === 0 ? firstStage(st) : 'work';
  st.attempts = NO_ENTRIES;
  st.failures = NO_ENTRIES;
  st.waited = NO_ENTRIES;
  st.quotas = NO_ENTRIES;
  st.lastFailure = null;
  st.verdicts = NO_ENTRIES;
  st.gates = [];
  st.disputes = [];
  st.blocked = null;
  if (authors.length === 0) st.collisions = [];
  st.needs = [];
  st.namedConcerns = [];
  st.namedEffort = null;
  st.recommendations = [];
  st.claimedTestsPassed = null;
  st.beside = NO_MEMBERS;
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
  const { budget } = st;
  budget.blockingCounts.push(blocking.length);
  for (const finding of blocking) {
    budget.fingerprints = counted(budget.fingerprints, finding.fingerprint);
    if (isDisputed(disputed, finding)) budget.upheld = counted(budget.upheld, finding.fingerprint);
  }
}

/** A person who says "go on" has seen the signs of a loop that stands still: they count again only from there on. */
export function forgetSigns(st: StepState): void {
  st.budget.fingerprints = NO_ENTRIES;
  st.budget.upheld = NO_ENTRIES;
  st.budget.blockingCounts = [];
  st.budget.refusedOutputs = NO_MEMBERS;
}
