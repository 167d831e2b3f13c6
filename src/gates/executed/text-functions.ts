/** The functions of Go and Python that a change adds or enters, by how formatted code looks. Pure. */

export interface TextFunction {
  path: string;
  name: string;
  /** From 1; a decorator does not belong to it. */
  line: number;
  lastLine: number;
}

const GO = /^func (?:\([^)]*\) )?(\w+)/;
const PYTHON = /^(\s*)(?:async )?def (\w+)/;

/** Each changed line belongs to the innermost function around it. */
export function changedTextFunctions(file: {
  path: string;
  text: string;
  lines: ReadonlySet<number>;
}): TextFunction[] {
  const all = textFunctions(file.path, file.text);
  const entered = [...file.lines].flatMap((line) => {
    const around = all.filter((each) => each.line <= line && line <= each.lastLine);
    return around.toSorted((a, b) => b.line - a.line).slice(0, 1);
  });
  return [...new Set(entered)].toSorted((a, b) => a.line - b.line);
}

/** In the order of the file. */
export function textFunctions(path: string, text: string): TextFunction[] {
  const lines = text.split('\n');
  return lines.flatMap((line, at): TextFunction[] => {
    const name = path.endsWith('.go') ? GO.exec(line)?.[1] : PYTHON.exec(line)?.[2];
    if (name === undefined) return [];
    const last = path.endsWith('.go') ? endOfGo(lines, at) : endOfPython(lines, at);
    return last < at ? [] : [{ path, name, line: at + 1, lastLine: last + 1 }];
  });
}

const endOfGo = (lines: readonly string[], at: number): number =>
  lines[at]?.trimEnd().endsWith('}') === true ? at : lines.indexOf('}', at);

/** The head may have several lines; the body ends before what stands no deeper. */
function endOfPython(lines: readonly string[], at: number): number {
  const indent = PYTHON.exec(lines[at] ?? '')?.[1] ?? '';
  const head = lines
    .slice(at)
    .findIndex((line) => /:\s*(?:#.*)?$|:\s\S/.test(line) && !/^\s*\w+\s*:.*,\s*$/.test(line));
  const from = at + Math.max(0, head) + 1;
  const after = lines.slice(from).findIndex((line) => line.trim() !== '' && !line.startsWith(`${indent} `));
  const inside = lines.slice(from, after === -1 ? lines.length : from + after);
  return from + inside.findLastIndex((line) => line.trim() !== '');
}
