/** Every decision of a run with its recorded source, in the order of the journal. */
import type { JournalEvent } from '../../../core/events.ts';
import type { ReviewResult } from '../../../core/results.ts';
import { firstLine } from '../escape.ts';
import { actorName, wholeWords } from '../event-line.ts';
import type { RunHistory } from '../history.ts';
import { countOf } from '../numbers.ts';

export interface Decision {
  /** `reviewer`: an agent's verdict; `rule`: the workflow's own, applied by the engine to what agents and people said. */
  source: 'agent' | 'reviewer' | 'person' | 'rule';
  by: string;
  /** Empty for what concerns the whole run. */
  step: string;
  decision: string;
}

export function decisionsOf(history: RunHistory): Decision[] {
  return history.events.flatMap((line) => decisionsIn(history, line));
}

function decisionsIn(history: RunHistory, { event }: JournalEvent): Decision[] {
  switch (event.type) {
    case 'invocation_ended': {
      if (event.outcome.kind !== 'submitted') return [];
      const pieces = history.steps.get(event.step)?.invocations ?? [];
      const by = pieces.find((p) => p.start.event.key === event.key)?.start.event.identity.agent ?? 'unknown';
      return event.outcome.result.decisions.map((decision) => ({
        source: 'agent',
        by,
        step: event.step,
        decision,
      }));
    }
    case 'review_ended': {
      if (event.outcome.kind !== 'verdict') return [];
      const { review } = event.outcome;
      return [
        { source: 'reviewer', by: event.reviewer, step: event.step, decision: verdictSentence(review) },
      ];
    }
    case 'question_answered': {
      const question = history.state.questions.get(event.question_id)?.question;
      const said = event.text === '' ? '' : `: ${event.text}`;
      const what = question?.kind.replaceAll('_', ' ') ?? event.question_id;
      const decision = `${what} → ${event.option}${said}`;
      return [{ source: 'person', by: actorName(event.actor), step: question?.step ?? '', decision }];
    }
    case 'cancel_requested':
      return [
        { source: 'person', by: actorName(event.actor), step: '', decision: `cancelled: ${event.reason}` },
      ];
    case 'effort_requested':
      return [
        { source: 'person', by: actorName(event.actor), step: '', decision: `effort ${event.tier} or more` },
      ];
    case 'step_selected':
      return [rule(event.step, `runs: ${event.reason}`)];
    case 'step_skipped':
      return [rule(event.step, `skipped: ${event.reason}`)];
    case 'step_given_up':
      return [rule(event.step, `given up: ${event.reason}`)];
    case 'step_reopened':
      return [rule(event.step, `opened again: ${event.reason}`)];
    case 'effort_raised':
      return [rule('', `effort ${event.from} becomes ${event.to}: ${event.reason}${wholeWords(event)}`)];
    case 'graph_extended':
      return [rule(event.before, event.reason)];
    case 'deploy_skipped':
      return [rule(event.step, `not deployed to ${event.environment}: ${event.reason}`)];
    default:
      return [];
  }
}

/** What the reviewer decided and why, in its own words. */
function verdictSentence({ verdict, summary, findings }: ReviewResult): string {
  const blocking = findings.filter((finding) => finding.blocking).length;
  const found =
    findings.length === 0 ? '' : ` (${countOf(findings.length, 'finding')}, ${blocking} blocking)`;
  return `${verdict.replaceAll('_', ' ')}${found}: ${firstLine(summary)}`;
}

function rule(step: string, decision: string): Decision {
  return { source: 'rule', by: 'the workflow', step, decision };
}
