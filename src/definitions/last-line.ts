/** Where a program's result is: the last line that holds anything, as one strict JSON object. Nothing else counts. */
import { depthProblem } from './result-depth.ts';

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
  const tooDeep = depthProblem(value);
  if (tooDeep !== null) return { ok: false, problem: tooDeep.replace(/\.$/, '') };
  const twice = findRepeatedKey(line);
  if (twice !== null) {
    return {
      ok: false,
      problem: `the key ${twice.slice(0, 100)} stands twice in one object of the last line`,
    };
  }
  return { ok: true, value: value as Record<string, unknown> }; // an object that JSON.parse made
}

/** `JSON.parse` lets the last one win, and other readers the first: a result that means two things means none. */
function findRepeatedKey(json: string): string | null {
  const open: Set<string>[] = [];
  // Of valid JSON these are all strings and brackets; a string before a colon is a key.
  for (const [token, text, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    if (text === undefined || colon === undefined) continue;
    const keys = open.at(-1);
    const key = JSON.parse(text) as string; // a string of valid JSON
    if (keys?.has(key) === true) return text;
    keys?.add(key);
  }
  return null;
}
