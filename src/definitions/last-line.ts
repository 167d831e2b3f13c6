/** Where a program's result is: the last line that holds anything, as one strict JSON object. Nothing else counts. */

export type ExtractedResult = { ok: true; value: Record<string, unknown> } | { ok: false; problem: string };

/** Takes the result out of what a program printed. Prose, fences, several lines and cut JSON are no result. */
export function extractResult(stdout: string): ExtractedResult {
  const line = stdout.trimEnd().split(/\r?\n/).at(-1)?.trim() ?? '';
  if (line === '') return { ok: false, problem: 'nothing was printed' };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, problem: `the last line is not strict JSON: ${reason.slice(0, 200)}` };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, problem: 'the last line is JSON, but not an object' };
  }
  return { ok: true, value: value as Record<string, unknown> }; // an object that JSON.parse made
}
