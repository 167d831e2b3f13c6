/** Reads problems that linters draw over several lines, or write in one line of a form of its own (GitHub's, prettier's). */

export interface FoundProblem {
  /** As the program wrote it. */
  file: string;
  line: number | null;
  message: string;
  warning: boolean;
}

/** `  x eslint(no-debugger): …`, as oxlint begins one; lines that go on stand behind a bar. */
const SAID = /^\s{0,4}(?<mark>[x×✖!⚠iℹ])\s+(?<message>\S.*)$/u;
const GOES_ON = /^\s{1,4}[|│]\s+(?<message>\S.*)$/u;
/** `   ,-[src/a.ts:1:7]`, under what oxlint says. */
const CORNER = /^\s*(?:,-|╭─)\[(?<file>[^\]]+?):(?<line>\d+):\d+\]/u;
/** ` --> src/a.rs:3:5`, under what rustc and ruff say. */
const ARROW = /^\s*--> (?<file>.+?):(?<line>\d+):\d+$/u;
/** `src/a.ts:1:7 lint/suspicious/noDebugger  FIXABLE  ━━━`, over what Biome says. */
const RULER = /^(?<file>\S.*?)(?::(?<line>\d+):\d+)? (?<rule>[\w/-]+)(?:\s+[A-Z]+)*\s+━{3,}$/u;
/** `::error file=src/a.ts,line=3,title=…::…` */
const GITHUB = /^::(?<level>error|warning|notice) (?<fields>[^:]*(?::(?!:)[^:]*)*)::(?<message>.+)$/u;
/** `[warn] src/a.ts`, `[error] src/a.ts: SyntaxError: …` */
const PRETTIER = /^\[(?<level>warn|error)\] (?<file>[^\s:]+\.\w+)(?:: (?<message>.+))?$/u;

/** What was read so far and waits for its other half. */
type Open =
  | { kind: 'said'; message: string; warning: boolean }
  | { kind: 'ruler'; file: string; line: number | null; rule: string };

/** Given lines in their order: a problem where one is complete, `part` where the line belongs to one, null for any other. */
export function createFrameReader(): (line: string) => FoundProblem | 'part' | null {
  let open: Open | null = null;
  let before = '';
  return (line) => {
    const previous = before;
    before = line;
    const ruled = line.includes('━') ? openRuler(line) : undefined;
    if (ruled !== undefined) {
      open = ruled;
      return 'part';
    }
    const next = readPart(line, open);
    if (next === null) {
      const arrow = ARROW.exec(line)?.groups;
      return arrow === undefined ? null : underArrow(arrow, previous);
    }
    open = 'kind' in next ? next : null;
    return 'kind' in next ? 'part' : next;
  };
}

/** null: a ruler that names no file. */
function openRuler(line: string): Open | null {
  const ruler = RULER.exec(line)?.groups;
  if (ruler === undefined) return null;
  const at = ruler.line === undefined ? null : Number(ruler.line);
  return { kind: 'ruler', file: ruler.file ?? '', line: at, rule: ruler.rule ?? '' };
}

/** What is open behind this line, or the problem that it makes whole; null: the line changes nothing. */
function readPart(line: string, open: Open | null): Open | FoundProblem | null {
  const said = SAID.exec(line)?.groups;
  if (said !== undefined) {
    const message = tidy(said.message);
    const warning = said.mark !== 'x' && said.mark !== '×';
    return open?.kind === 'ruler'
      ? { file: open.file, line: open.line, message: `${message} (${open.rule})`, warning }
      : { kind: 'said', message, warning };
  }
  if (open?.kind !== 'said') return null;
  const corner = CORNER.exec(line)?.groups;
  if (corner !== undefined) {
    const { message, warning } = open;
    return { file: corner.file ?? '', line: Number(corner.line), message, warning };
  }
  const more = GOES_ON.exec(line)?.groups?.message;
  return more === undefined ? null : { ...open, message: `${open.message} ${tidy(more)}` };
}

/** The line over the arrow says what is wrong; notes point at other places. */
function underArrow(
  { file = '', line }: Record<string, string | undefined>,
  said: string,
): FoundProblem | 'part' {
  if (!/^\S/u.test(said) || /^(?:note|help)\b/u.test(said)) return 'part';
  return { file, line: Number(line), message: tidy(said), warning: /^warning\b/u.test(said) };
}

/** A problem in one line that is not written as `file:line: …`. */
export function inOneLine(line: string): FoundProblem | null {
  const github = GITHUB.exec(line)?.groups;
  if (github !== undefined) return fromGitHub(github);
  const prettier = PRETTIER.exec(line)?.groups;
  if (prettier === undefined) return null;
  const { file = '', message = 'is formatted otherwise', level } = prettier;
  return { file, line: null, message: tidy(message), warning: level === 'warn' };
}

function fromGitHub({
  level,
  fields = '',
  message,
}: Record<string, string | undefined>): FoundProblem | null {
  const values = new Map(
    fields.split(',').map((field): [string, string] => {
      const [name = '', ...value] = field.split('=');
      return [name.trim(), unescape(value.join('='))];
    }),
  );
  const file = values.get('file');
  if (file === undefined) return null;
  const line = Number.parseInt(values.get('line') ?? '', 10);
  const title = values.get('title');
  // Some repeat the place in front of what they say.
  const said = tidy(unescape(message ?? '').replace(/^\S+:\d+:\d+: /u, ''));
  return {
    file,
    line: Number.isNaN(line) ? null : line,
    message: title === undefined ? said : `${said} (${title})`,
    warning: level !== 'error',
  };
}

const ESCAPED: Record<string, string> = { '%25': '%', '%0D': ' ', '%0A': ' ', '%3A': ':', '%2C': ',' };
const unescape = (text: string): string =>
  text.replace(/%(?:25|0D|0A|3A|2C)/giu, (code) => ESCAPED[code.toUpperCase()] ?? code);

const tidy = (text = ''): string => text.replace(/\s+/g, ' ').trim();
