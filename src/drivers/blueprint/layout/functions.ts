/** The source of one exported function, from its line to the closing brace at the start of a line. */
export function functionSource(text: string, name: string): { source: string; line: number } | null {
  const match = new RegExp(`^export (?:async )?function ${name}\\([\\s\\S]*?^\\}`, 'm').exec(text);
  if (match === null) return null;
  return { source: match[0], line: text.slice(0, match.index).split('\n').length };
}
