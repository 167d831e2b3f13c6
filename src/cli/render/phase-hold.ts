/**
 * Keeps back what is said of a phase until something is done in it: of one that is skipped as a whole, one announcement
 * says all there is.
 */
import type { JournalEvent, RunEvent } from '../../core/events.ts';
import type { RunHistory } from './history.ts';

export interface PhaseHold {
  /** The lines to print now for an event with these lines of its own. */
  pass(history: RunHistory, line: JournalEvent, own: string[]): string[];
  /** What is still kept back. */
  rest(): string[];
}

export function createPhaseHold(): PhaseHold {
  const held = new Map<string, string[]>();
  const release = (phase: string): string[] => {
    const lines = held.get(phase) ?? [];
    held.delete(phase);
    return lines;
  };
  return {
    pass(history, { event }, own) {
      const phase = phaseOf(history, event);
      if (phase === null) return own;
      if (event.type === 'phase_started') held.set(phase, []);
      const kept = held.get(phase);
      if (kept !== undefined && doesNothing(history, event)) {
        kept.push(...own);
        return [];
      }
      const before = release(phase);
      return event.type === 'phase_completed' && event.skipped === true ? own : [...before, ...own];
    },
    rest: () => [...held.keys()].flatMap(release),
  };
}

/** Whether a step that these events are about was passed over, as far as they say. */
function doesNothing({ steps }: RunHistory, event: RunEvent): boolean {
  if (event.type === 'step_accepted') return steps.get(event.step)?.startedAt === null;
  return ['phase_started', 'step_skipped', 'deploy_skipped'].includes(event.type);
}

function phaseOf({ steps }: RunHistory, event: RunEvent): string | null {
  if ('phase' in event) return event.phase;
  return 'step' in event ? (steps.get(event.step)?.step.phase ?? null) : null;
}
