/**
 * The second opinion on approvals: recomputes from the events alone, without the fold and without `decide`, that no
 * accepted step holds a part that a rule names and no person approved, for exactly that hash.
 */
import type { EventOf, JournalEvent } from '../../core/events.ts';
import type { Question } from '../../core/records.ts';
import type { ApprovalPart, RevisionId } from '../../core/results.ts';
import type { ChainProblem } from './verdict-chain.ts';

interface Facts {
  parts: Map<RevisionId, ApprovalPart[]>;
  asked: Map<string, Question>;
  answered: Set<string>;
  approved: Set<string>;
  /** Step and head. */
  deploys: Set<string>;
}

/** The first acceptance that holds an unapproved part; null: there is none. */
export function checkApprovals(events: JournalEvent[]): ChainProblem | null {
  const facts: Facts = {
    parts: new Map(),
    asked: new Map(),
    answered: new Set(),
    approved: new Set(),
    deploys: new Set(),
  };
  for (const { seq, event } of events) {
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the other events approve and accept nothing
    switch (event.type) {
      case 'invocation_ended':
      case 'merge_ended':
        if (event.revision !== null) facts.parts.set(event.revision.id, event.parts ?? []);
        break;
      case 'question_asked':
        facts.asked.set(event.question.id, event.question);
        break;
      case 'question_answered':
        takeAnswer(facts, event);
        break;
      case 'deploy_started':
        if (!facts.deploys.has(`${event.step} ${event.head}`))
          return {
            seq,
            detail: `${event.step} deploys ${event.head.slice(0, 12)}, which nobody approved for it`,
          };
        break;
      case 'step_accepted': {
        const part = facts.parts.get(event.revision)?.find((each) => !isCovered(facts, each, event.override));
        if (part !== undefined) return { seq, detail: unapproved(event, part) };
        for (const each of facts.parts.get(event.revision) ?? []) facts.approved.add(each.hash);
        break;
      }
      default:
    }
  }
  return null;
}

/** The first answer counts, and only a person's. */
function takeAnswer(facts: Facts, event: EventOf<'question_answered'>): void {
  const question = facts.asked.get(event.question_id);
  if (question === undefined || facts.answered.has(question.id)) return;
  facts.answered.add(question.id);
  const approves = question.kind === 'approval' && event.option === 'approve' && event.actor.kind === 'human';
  if (!approves || question.binds === null) return;
  facts.approved.add(question.binds);
  facts.deploys.add(`${question.step} ${question.binds}`);
}

/** What a rule refuses is let through by an override of the whole content only. */
function isCovered(facts: Facts, part: ApprovalPart, override: string | null): boolean {
  return facts.approved.has(part.hash) || (part.refused && override !== null);
}

function unapproved(event: EventOf<'step_accepted'>, part: ApprovalPart): string {
  const paths = part.paths.slice(0, 3).join(', ');
  return `${event.step} is accepted although nobody approved this part of it (${part.rule}, ${part.hash.slice(0, 12)}): ${paths}`;
}
