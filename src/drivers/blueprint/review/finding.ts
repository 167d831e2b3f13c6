/** One deficiency, as the review hands it in. */
export interface ReviewFinding {
  id?: string;
  severity: 'critical' | 'major' | 'minor' | 'note';
  blocking: boolean;
  repo: string | null;
  file: string | null;
  line: number | null;
  problem: string;
  fix: string;
}

/** A deficiency that has to be mended before the work is used. */
export function deficiency(
  place: { repo: string; file: string; line?: number | null } | null,
  problem: string,
  fix: string,
): ReviewFinding {
  return {
    severity: 'major',
    blocking: true,
    repo: place?.repo ?? null,
    file: place?.file ?? null,
    line: place?.line ?? null,
    problem,
    fix,
  };
}
