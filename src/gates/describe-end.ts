/** Ends that decide by themselves: time-out, too much output, a signal, a program that could not start. */
import { excerptTail } from './findings.ts';
import type { Judgement } from './suites/judge-tests.ts';
import type { CommandEnd } from './run-command.ts';

export type EndFacts = Omit<CommandEnd, 'stdout' | 'stderr' | 'bytes'>;

/** Whether the command came to no end of its own. */
export function hasBrokenEnd(end: EndFacts): boolean {
  return end.exit === null || end.timedOut || end.tooMuchOutput || end.notStarted !== null;
}

/** Not started is an error of the surroundings; everything else is the command's own doing. */
export function describeBrokenEnd(
  end: EndFacts,
  log: string,
  about: { repo: string; root: string; gate: string },
): Judgement {
  const what = nameEnd(end);
  const words = excerptTail(log, about.root);
  return {
    status: end.notStarted === null ? 'fail' : 'error',
    summary: what,
    tests: null,
    drafts: [
      {
        severity: 'major',
        blocking: true,
        repo: about.repo,
        file: null,
        line: null,
        identity: 'broken_end',
        problem: `${about.gate}: ${what}.${words === '' ? '' : ` Its last words:\n${words}`}`,
        fix: mendOf(end),
      },
    ],
  };
}

function mendOf(end: EndFacts): string {
  if (end.notStarted !== null)
    return 'Make the command available to gates, or mend its line in `baton.yaml`.';
  if (end.timedOut)
    return 'Find what runs for ever, or what is still open (a server, a connection, a timer): a test that fails before it closes them keeps its program alive.';
  return 'Find what prints without end or kills it.';
}

/** A broken end in words. */
export function nameEnd(end: EndFacts): string {
  if (end.notStarted !== null) return `it could not be run: ${end.notStarted.replace(/\.$/, '')}`;
  if (end.timedOut) return 'it did not end within its time limit';
  if (end.tooMuchOutput) return 'it wrote more output than it may';
  return `it was ended by ${end.signal ?? 'a signal'}`;
}
