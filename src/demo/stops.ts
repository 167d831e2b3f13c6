/** What of an event stops somebody, in the words of the journal: no text of it is written beforehand. */
import type { RunEvent } from '../core/events.ts';
import type { GateResult } from '../core/records.ts';

export interface Stop {
  /** The error code, the gate, the reviewer's verdict, the question: what stopped it. */
  by: string;
  /** What it saw, in one line. */
  detail: string;
}

/** What stops the author of a step: its attempt, its claims, the gates, a reviewer. */
export function authorStops(event: RunEvent): Stop[] {
  switch (event.type) {
    case 'invocation_ended':
      return event.outcome.kind === 'failed'
        ? [{ by: `attempt void, ${event.outcome.reason}`, detail: shorten(event.outcome.detail) }]
        : [];
    case 'claim_mismatch':
      return [
        {
          by: `${event.mismatches.length} claims contradicted`,
          detail: shorten(event.mismatches[0]?.measured ?? ''),
        },
      ];
    case 'gates_ended':
      return event.outcome.kind === 'measured' ? event.outcome.results.flatMap(gateStop) : [];
    case 'review_ended':
      return event.outcome.kind === 'verdict' && event.outcome.review.verdict === 'fail'
        ? [{ by: 'review', detail: shorten(event.outcome.review.findings[0]?.problem ?? '') }]
        : [];
    default:
      return [];
  }
}

/** What stops anybody else or the whole run: a void verdict, gates that cannot run, a collision, a question, the end. */
export function otherStops(event: RunEvent): Stop[] {
  switch (event.type) {
    case 'review_ended':
      return event.outcome.kind === 'failed'
        ? [{ by: `verdict void, ${event.outcome.reason}`, detail: shorten(event.outcome.detail) }]
        : [];
    case 'gates_ended':
      return event.outcome.kind === 'failed'
        ? [{ by: `gates void, ${event.outcome.reason}`, detail: shorten(event.outcome.detail) }]
        : [];
    case 'merge_ended':
      if (event.outcome.kind === 'merged') return [];
      return event.outcome.kind === 'collided'
        ? [
            {
              by: 'merge collided',
              detail: shorten(event.outcome.left.flatMap((one) => one.paths).join(', ')),
            },
          ]
        : [{ by: `merge void, ${event.outcome.reason}`, detail: shorten(event.outcome.detail) }];
    case 'question_asked':
      return [{ by: `question ${event.question.kind}`, detail: shorten(event.question.text) }];
    case 'run_ended':
      return event.status === 'failed' ? [{ by: 'run failed', detail: shorten(event.reason) }] : [];
    default:
      return [];
  }
}

function gateStop(gate: GateResult): Stop[] {
  if (gate.status !== 'fail' && gate.status !== 'error') return [];
  const where = gate.repo === '*' ? '' : ` of ${gate.repo}`;
  return [{ by: `gate ${gate.gate}${where} red`, detail: shorten(gate.summary) }];
}

const MAX_CHARS = 110;

/** The first line, without long hashes, cut to what fits a line. */
export function shorten(text: string): string {
  const line = text.replaceAll(/\b[0-9a-f]{40,64}\b/g, (hash) => hash.slice(0, 8)).split('\n')[0] ?? '';
  return line.length <= MAX_CHARS ? line : `${line.slice(0, MAX_CHARS - 1)}…`;
}
