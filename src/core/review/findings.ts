/** Findings over rounds: each keeps its id until its own reviewer says that it holds no longer. */
import type { Finding, ReviewResult } from '../results.ts';

/** The open findings after a verdict. One that is named again keeps its first id, so that disputes and re-reviews find it. */
export function renewFindings(open: Finding[], reviewer: string, review: ReviewResult): Finding[] {
  const resolved = new Set(review.resolved);
  const own = open.filter((finding) => finding.source === reviewer);
  const named = review.findings.map((finding) => {
    const before = own.find((f) => f.id === finding.id || f.fingerprint === finding.fingerprint);
    return before === undefined ? finding : { ...finding, id: before.id };
  });
  const renewed = new Set(named.map((finding) => finding.id));
  const kept = open.filter((f) => !renewed.has(f.id) && !(f.source === reviewer && resolved.has(f.id)));
  return [...kept, ...named];
}

/** Whether a dispute is about this finding: agents may name it by id or by fingerprint. */
export function isDisputed(disputed: ReadonlySet<string>, finding: Finding): boolean {
  return disputed.has(finding.id) || disputed.has(finding.fingerprint);
}
