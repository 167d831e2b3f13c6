/**
 * What people and models get wrong in a change, as edits of one line (or of one block) that the change added. The rules
 * are those of decision 144: they were written down before any gate was measured with them.
 */

export const FAULT_KINDS = [
  'dropped_validation',
  'forgotten_error_path',
  'boundary',
  'wrong_status',
  'swapped_arguments',
  'missing_await',
  'missing_persistence',
  'wrong_unit',
  'inverted_condition',
  'unwired',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** Lines that are another one now, or gone. */
export interface LineEdit {
  kind: FaultKind;
  /** From 1. */
  line: number;
  /** How many there were. */
  count: number;
  /** What stands there now; null: nothing. */
  text: string | null;
}

const STATUS: Record<string, string> = {
  '200': '201',
  '201': '200',
  '202': '200',
  '204': '200',
  '400': '422',
  '401': '403',
  '403': '401',
  '404': '400',
  '409': '400',
  '422': '400',
};
const GO_STATUS: Record<string, string> = {
  StatusOK: 'StatusCreated',
  StatusCreated: 'StatusOK',
  StatusNotFound: 'StatusBadRequest',
  StatusBadRequest: 'StatusUnprocessableEntity',
  StatusConflict: 'StatusBadRequest',
  StatusUnprocessableEntity: 'StatusBadRequest',
};
const COMPARE: Record<string, string> = { '<': '<=', '<=': '<', '>': '>=', '>=': '>' };

type Edit = (line: string) => string | null;

/** A guard in one line: `if (…) throw …;`, `if (…) return …;`; and how one of several lines begins. */
const GUARD = /^\s*if \(.+\) (?:throw|return)\b.*;$/;
const GUARD_HEAD = /^(\s*)if .*\{$/;
const PYTHON_HEAD = /^(\s*)if .*:$/;
const MAX_GUARD = 6;
const MISSING = /40[49]|NotFound|Conflict|no_such|not found|already/i;
const SAVES = /\.(?:save|insert|update|put|set|push|append|delete|remove)\(|^\s*s\.\w+\[[^\]]+\] = /i;

const IN_LINE: Partial<Record<FaultKind, Edit>> = {
  boundary: (line) =>
    changed(line, / (<=|>=|<|>) (?=[-\w.(])/, (whole, sign: string) =>
      whole.replace(sign, COMPARE[sign] ?? sign),
    ),
  wrong_status: (line) =>
    changed(
      line,
      /(?<=HttpError\(|Problem\(|status: |[sS]tatus\(|[cC]ode\()(?:20[0124]|40[01349]|422)\b/,
      (code) => STATUS[code] ?? code,
    ) ??
    changed(
      line,
      /\bStatus(?:OK|Created|NotFound|BadRequest|Conflict|UnprocessableEntity)\b/,
      (code) => GO_STATUS[code] ?? code,
    ),
  swapped_arguments: (line) =>
    /\bfunction\b|^func |^\s*(?:test|it)\(|^\s*def |^\s*(?:pub )?fn /.test(line)
      ? null
      : changed(
          line,
          /\b(\w+)\(([a-z][\w.]*), ([a-z][\w.]*)\)/i,
          (_, name: string, a: string, b: string) => `${name}(${b}, ${a})`,
        ),
  missing_await: (line) => changed(line, /\bawait /, () => ''),
  wrong_unit: (line) =>
    changed(line, / \* (?:100|1000|60)\b/, (unit) => (unit === ' * 100' ? '' : `${unit}0`)) ??
    changed(line, / \/ (?:2|10|100|1000)\b/, (unit) => `${unit}0`),
  inverted_condition: (line) =>
    changed(
      line,
      /\bif \((?!!\()(.+)\) (?=\{|throw|return)/,
      (_, condition: string) => `if (!(${condition})) `,
    ) ??
    changed(
      line,
      /^(\s*)if (?!\()(\S.*[^;]) \{$/,
      (_, indent: string, condition: string) => `${indent}if !(${condition}) {`,
    ) ??
    changed(
      line,
      /^(\s*)if (\S.*):$/,
      (_, indent: string, condition: string) => `${indent}if not (${condition}):`,
    ),
};

/** Every edit that the rules allow in the lines that the change added, in the order of the file. */
export function lineEdits(gold: string, before: string | null): LineEdit[] {
  const old = new Set((before ?? '').split('\n'));
  const lines = gold.split('\n');
  return lines.flatMap((line, at) => {
    if (old.has(line) || /^\s*(?:\/\/|\*|\/\*)/.test(line)) return [];
    const inLine = Object.entries(IN_LINE).flatMap(([kind, edit]): LineEdit[] => {
      const text = edit(line);
      return text === null || text === line
        ? []
        : [{ kind: kind as FaultKind, line: at + 1, count: 1, text }]; // the keys are kinds
    });
    return [...droppedGuard(lines, at), ...droppedSave(line, at), ...inLine];
  });
}

function droppedGuard(lines: readonly string[], at: number): LineEdit[] {
  const count = guardLength(lines, at);
  if (count === 0) return [];
  const asksWhatIsThere = MISSING.test(lines.slice(at, at + count).join('\n'));
  const kind = asksWhatIsThere ? 'forgotten_error_path' : 'dropped_validation';
  return [{ kind, line: at + 1, count, text: null }];
}

/** How many lines the guard has that begins here; 0: none does. */
function guardLength(lines: readonly string[], at: number): number {
  const line = lines[at] ?? '';
  if (GUARD.test(line)) return 1;
  const python = PYTHON_HEAD.exec(line)?.[1];
  if (python !== undefined) return pythonGuardLength(lines.slice(at + 1), python);
  const indent = GUARD_HEAD.exec(line)?.[1];
  if (indent === undefined) return 0;
  const end = lines.indexOf(`${indent}}`, at);
  const body = lines.slice(at + 1, end);
  const leaves = /^\s*(?:return|throw)\b/.test(body.at(-1) ?? '') || /^\s*\}\);$/.test(body.at(-1) ?? '');
  return end > at && end - at <= MAX_GUARD && leaves ? end - at + 1 : 0;
}

/** In Python it ends before the first line that stands no deeper than its head. */
function pythonGuardLength(after: readonly string[], indent: string): number {
  const end = after.findIndex((line) => line.trim() !== '' && !line.startsWith(`${indent} `));
  const body = after.slice(0, end === -1 ? after.length : end).filter((line) => line.trim() !== '');
  const leaves = /^\s*(?:return|raise)\b/.test(body.at(-1) ?? '');
  const goesOn = /^\s*(?:elif|else)\b/.test(after[end] ?? '');
  return leaves && !goesOn && body.length < MAX_GUARD ? body.length + 1 : 0;
}

function droppedSave(line: string, at: number): LineEdit[] {
  const isStatement =
    /^\s*(?:await )?[\w.]+[.[(]/.test(line) && !/^\s*(?:if|return|for|while)\b|=>/.test(line);
  return SAVES.test(line) && isStatement
    ? [{ kind: 'missing_persistence', line: at + 1, count: 1, text: null }]
    : [];
}

/** The text with these lines edited. */
export function applyEdit(text: string, { line, count, text: now }: LineEdit): string {
  const lines = text.split('\n');
  lines.splice(line - 1, count, ...(now === null ? [] : [now]));
  return lines.join('\n');
}

/** null: the pattern is not in there. */
function changed(line: string, pattern: RegExp, to: (...found: string[]) => string): string | null {
  return pattern.test(line) ? line.replace(pattern, to) : null;
}
