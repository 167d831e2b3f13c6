/** Everything that reviewers and gates found, in the order in which it was found; each once, however often it was repeated. */
import type { RunEvent } from '../../../core/events.ts';
import type { Finding } from '../../../core/results.ts';
import type { RunHistory } from '../history.ts';

export interface ReportFinding {
  step: string;
  source: string;
  severity: Finding['severity'];
  blocking: boolean;
  /** `repo/file:line`, as far as it is known. */
  where: string;
  problem: string;
}

export function findingsOf({ events }: RunHistory): ReportFinding[] {
  const found = new Map<string, ReportFinding>();
  for (const { event } of events)
    for (const finding of findingsIn(event)) {
      const step = 'step' in event ? event.step : '';
      const key = `${step} ${finding.fingerprint}`;
      const { source, severity, blocking, problem } = finding;
      if (!found.has(key))
        found.set(key, { step, source, severity, blocking, where: whereOf(finding), problem });
    }
  return [...found.values()];
}

function findingsIn(event: RunEvent): Finding[] {
  if (event.type === 'review_ended' && event.outcome.kind === 'verdict') return event.outcome.review.findings;
  if (event.type === 'gates_ended' && event.outcome.kind === 'measured')
    return event.outcome.results.flatMap(({ findings }) => findings);
  if (event.type === 'effect_ended' && event.outcome.kind === 'confirmed')
    return event.outcome.followed?.findings ?? [];
  return [];
}

function whereOf({ repo, file, line }: Finding): string {
  const path = [repo, file].filter((part) => part !== null).join('/');
  return line === null || file === null ? path : `${path}:${line}`;
}
