/** The shortest part of an output that says what went wrong. Pure. */
import { clean, excerptTail, MAX_EXCERPT } from './findings.ts';

/** A line that says so, whoever wrote it. Looked for at the beginning of lines alone: some are a megabyte long. */
const MARK =
  /\b(?:error|errors|fatal|panic(?:ked)?|exception|traceback|failed|failure|cannot|could not|not found|undefined reference|unresolved|denied|segmentation fault|ELIFECYCLE|FAIL)\b|^\s*(?:✗|✖|×|E {2,}|not ok\b)|[A-Z]\w*(?:Error|Exception)\b/iu;
const NONE =
  /\b(?:0|no) (?:\w+ )?(?:errors?|failures?|failed|warnings?)\b|\b(?:errors?|failures?|failed)\b: ?0\b/iu;
const LOOKED_AT = 400;
const BEFORE = 1;
const AFTER = 6;
const GAP = '…';

/**
 * Up to 1,200 characters of it: all of a short output; else the lines around the first ones that name an error, as many as fit, with what was left out
 * between them marked; and the end where no line names one. `checkout`: where it lies; empty where that is taken out already.
 */
export function excerptErrors(text: string, checkout: string): string {
  const whole = clean(text, checkout);
  if (whole.length <= MAX_EXCERPT) return whole;
  const lines = whole.split('\n');
  const marked = lines.flatMap((line, at) => (isMarked(line) ? [at] : []));
  if (marked.length === 0) return excerptTail(whole, '');
  const taken = new Set<number>();
  let left = MAX_EXCERPT;
  for (const mark of marked)
    for (let at = Math.max(0, mark - BEFORE); at <= mark + AFTER && at < lines.length; at += 1) {
      if (taken.has(at)) continue;
      const length = (lines[at] ?? '').length + 1;
      // A line that is too long is shown by its beginning, and nothing after it.
      if (length > left) return together(lines, taken, { at, left });
      left -= length;
      taken.add(at);
    }
  return together(lines, taken, null);
}

function isMarked(line: string): boolean {
  const start = line.slice(0, LOOKED_AT);
  return MARK.test(start) && !NONE.test(start);
}

/** `cut`: the line that did not fit, and the room that was left for it. */
function together(
  lines: readonly string[],
  taken: ReadonlySet<number>,
  cut: { at: number; left: number } | null,
): string {
  const shown = [...taken].sort((a, b) => a - b);
  const parts = shown.flatMap((at, index) => {
    const previous = shown[index - 1] ?? -1;
    return previous === at - 1 ? [lines[at] ?? ''] : [GAP, lines[at] ?? ''];
  });
  const rest = cut === null || cut.left < 2 ? '' : (lines[cut.at] ?? '').slice(0, cut.left - 1);
  const last = Math.max(-1, ...shown, cut?.at ?? -1);
  const end = cut !== null ? [`${rest}${GAP}`] : last < lines.length - 1 ? [GAP] : [];
  return [...parts, ...end].join('\n');
}
