/** Which added lines somebody has to run: not those that only say something else to whoever reads the code or its log. Pure. */
import type { ChangedLine, ChangedLines } from '../change/changed-lines.ts';

const JS_OR_GO = /\.(?:[cm]?[jt]sx?|go)$/;
/** Nothing but comments, or empty. */
const COMMENT_C = /^\s*(?:\/\/.*|(?:\/\*|\*(?=\s|\/|$))(?:(?!\*\/).)*(?:\*\/\s*)?|\*\/\s*)?$/;
const COMMENT_PY = /^\s*(?:#.*)?$/;
/** One call that logs, or makes an error, and begins the line. */
const SAYS =
  /^\s*(?:await\s+|return\s+|throw\s+new\s+|raise\s+)?(?:(?:console|log|logger|logging|slog|winston|pino|debug)(?:\.\w+)?|(?:this|self)\.(?:log|logger)\.\w+|print|println|fmt\.(?:Print|Fprint|Errorf)\w*|errors\.New|\w*(?:Error|Exception))\(/;
/** Texts without code in them. */
const TEXTS = /(?<![fF\w])(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`$\\]*`)/g;

/** The added lines without comments, empty lines, and other words in what is logged or said by an error. */
export function askedLines({ added, removed }: ChangedLines): ChangedLine[] {
  const said = new Set(removed.filter(({ text }) => SAYS.test(text)).map(wordless));
  return added.filter((line) => !isComment(line) && !(SAYS.test(line.text) && said.has(wordless(line))));
}

function isComment({ path, text }: ChangedLine): boolean {
  return (JS_OR_GO.test(path) ? COMMENT_C : COMMENT_PY).test(text);
}

const wordless = ({ repo, path, text }: ChangedLine): string =>
  `${repo}\0${path}\0${text.trim().replaceAll(TEXTS, "''")}`;
