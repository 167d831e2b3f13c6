/** A verdict by a prepared list of things to look for: it depends on what lies in the reviewer's checkout alone. */
import type { WorkOrder } from '../driver.ts';
import type { Look, Prepared } from './prepared.ts';
import { readFile } from './put-parts.ts';

/** Looks at each file of the list that is there; an earlier finding is named again while it holds, and withdrawn after. */
export function reviewByList({ reviews }: Prepared, order: WorkOrder): unknown {
  const findings = reviews.looks
    .filter((look) => isMissing(look, order))
    .map((look) => findingOf(look, order));
  const upheld = new Set(findings.map((finding) => finding.id));
  const verdict = findings.length === 0 ? 'pass' : 'fail';
  const resolved = order.findings.map(({ id }) => id).filter((id) => !upheld.has(id));
  const asked = order.context.find((item) => item.name === 'review areas')?.text ?? '[]';
  const areas = (JSON.parse(asked) as string[]).map((area) => ({ area, said: reviews.summary })); // the engine's own list
  return { status: 'complete', summary: reviews.summary, verdict, findings, resolved, areas };
}

function isMissing(look: Look, order: WorkOrder): boolean {
  const text = readFile(order, look.file);
  return text !== null && !text.includes(look.for);
}

function findingOf(look: Look, order: WorkOrder) {
  const { problem, fix } = look;
  const slash = look.file.indexOf('/');
  const earlier = order.findings.find((finding) => finding.problem === problem);
  return {
    ...(earlier === undefined ? {} : { id: earlier.id }),
    severity: 'major',
    blocking: true,
    repo: look.file.slice(0, slash),
    file: look.file.slice(slash + 1),
    problem,
    fix,
  };
}
