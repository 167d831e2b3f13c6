/** Short ways to write one line of a lint. */
import type { Diagnostic, ErrorCode, SourcePlace } from '../core/errors.ts';

/** Codes of what is shown and stops nothing. */
export type WarningCode =
  | 'W_FRONTMATTER_LENIENT'
  | 'W_MOJIBAKE'
  | 'W_AGENT_NAME_SLUGGED'
  | 'W_AGENT_DESCRIPTION_MISSING'
  | 'W_AGENT_ROLE_DERIVED'
  | 'W_AGENT_TOOL_UNKNOWN'
  | 'W_AGENT_VALUE_IGNORED'
  | 'W_AGENT_KEY_SIMILAR'
  | 'W_WHEN_PLANNED'
  | 'W_PROMPT_ENGINE_STEP'
  | 'W_PROMPT_TOOL'
  | 'W_PROMPT_READER_WRITES'
  | 'W_PROMPT_NAME'
  | 'W_PROMPT_BEGS'
  | 'W_PROMPT_PATH'
  | 'W_PROMPT_WORD'
  | 'W_PROMPT_LONG'
  | 'W_PROMPT_FIELD';

/** A line that stops whatever needs the file. */
export function errorAt(
  place: SourcePlace | null,
  code: ErrorCode,
  message: string,
  fix: string,
): Diagnostic {
  return { level: 'error', code, message, fix, place };
}

/** A line that is shown and stops nothing. */
export function warningAt(place: SourcePlace, code: WarningCode, message: string, fix: string): Diagnostic {
  return { level: 'warning', code, message, fix, place };
}

/** Whether any line stops. */
export function hasErrors(diagnostics: Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.level === 'error');
}

/** A value from a file as a message shows it: bounded, on one line, without control characters. */
export function showValue(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  const safe = text.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return safe.length > 80 ? `${safe.slice(0, 77)}…` : safe;
}

/** In the order of the file; what has no place comes first. */
export function inFileOrder(diagnostics: Diagnostic[]): Diagnostic[] {
  return diagnostics.toSorted(
    (a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.col ?? 0) - (b.place?.col ?? 0),
  );
}
