/**
 * Front matter as the world writes it. Strict YAML first; where that fails for its syntax, the text is split
 * at known keys at column 0 and each piece is read for itself, kept as raw text where even that fails.
 * What is refused for its size, depth, tags or keys is never read leniently.
 */
import type { Diagnostic, SourcePlace } from '../core/errors.ts';
import { errorAt, hasErrors, warningAt } from './diagnose.ts';
import { readYaml } from './yaml-source.ts';

/** Keys of ours, of Claude Code, opencode, Gemini and Copilot: where a broken text may be split. */
export const KNOWN_KEYS: readonly string[] = [
  'name',
  'title',
  'description',
  'role',
  'tools',
  'model',
  'type',
  'color',
  'skills',
  'optional_skills',
  'stacks',
  'reviews',
  'body',
  'permissionMode',
  'disallowedTools',
  'mcpServers',
  'hooks',
  'maxTurns',
  'memory',
  'background',
  'effort',
  'isolation',
  'initialPrompt',
  'mode',
  'temperature',
  'top_p',
  'permission',
  'disable',
  'hidden',
  'prompt',
  'steps',
  'kind',
  'max_turns',
  'timeout_mins',
  'display_name',
  'target',
  'handoffs',
  'argument-hint',
  'mcp-servers',
  'agents',
  'infer',
  'version',
  'author',
  'category',
  'tags',
  'license',
  'metadata',
];

/** The top-level fields of a front matter, each with its place. */
export interface FrontMatter {
  values: Map<string, unknown>;
  places: Map<string, SourcePlace>;
  /** Where the front matter starts. */
  start: SourcePlace;
  /** The text below it. */
  body: string;
  /** The line of the file where it begins. */
  bodyLine: number;
}

/** Reads the front matter of a Markdown file; null where there is none that could be read. */
export function readFrontMatter(
  text: string,
  file: string,
): { frontMatter: FrontMatter | null; diagnostics: Diagnostic[] } {
  const written = text.replaceAll('\r\n', '\n').split('\n');
  const opening = written.findIndex((line) => line.trim() !== '');
  const indent = /^[ \t]*(?=---[ \t]*$)/.exec(written[opening] ?? '')?.[0];
  if (indent === undefined)
    return { frontMatter: null, diagnostics: [missing(file, Math.max(opening, 0) + 1)] };
  const lines = written.map((line) =>
    line.startsWith(indent) ? line.slice(indent.length) : line.trimStart(),
  );
  const closing = lines.findIndex((line, index) => index > opening && /^---[ \t]*$/.test(line));
  if (closing === -1) return { frontMatter: null, diagnostics: [unclosed(file, opening + 1)] };

  const block: Block = { lines: lines.slice(opening + 1, closing), file, firstLine: opening + 2 };
  const { fields, diagnostics } = readFields(block, indent !== '');
  if (fields === null) return { frontMatter: null, diagnostics };
  const below = lines.slice(closing + 1);
  const body = below.join('\n').trim();
  const bodyLine =
    closing +
    2 +
    Math.max(
      below.findIndex((line) => line.trim() !== ''),
      0,
    );
  return { frontMatter: { ...fields, start: startOf(block), body, bodyLine }, diagnostics };
}

interface Block {
  lines: string[];
  file: string;
  firstLine: number;
}

type Fields = Pick<FrontMatter, 'values' | 'places'>;

function readFields(block: Block, indented: boolean): { fields: Fields | null; diagnostics: Diagnostic[] } {
  const strict = readPiece(block);
  if (strict.fields !== null) {
    return {
      fields: strict.fields,
      diagnostics: indented ? [lenient(block, 'the whole file is indented')] : [],
    };
  }
  const hard = strict.diagnostics.filter((d) => d.code !== 'E_CONFIG_SYNTAX');
  const [first] = strict.diagnostics;
  if (hard.length > 0 || first === undefined) return { fields: null, diagnostics: hard };
  return readLeniently(block, first);
}

/** One piece as strict YAML. A piece that is no mapping counts as a syntax error. */
function readPiece(block: Block): { fields: Fields | null; diagnostics: Diagnostic[] } {
  const { source, diagnostics } = readYaml(block.lines.join('\n'), block.file, block.firstLine);
  if (source === null) return { fields: null, diagnostics };
  if (typeof source.value !== 'object' || source.value === null || Array.isArray(source.value)) {
    return {
      fields: null,
      diagnostics: [errorAt(startOf(block), 'E_CONFIG_SYNTAX', 'no `key: value` lines', '')],
    };
  }
  const values = new Map(Object.entries(source.value));
  const places = new Map([...values.keys()].map((key) => [key, source.keyPlace([key])]));
  return { fields: { values, places }, diagnostics: [] };
}

function readLeniently(block: Block, why: Diagnostic): { fields: Fields | null; diagnostics: Diagnostic[] } {
  const fields: Fields = { values: new Map(), places: new Map() };
  const raw: string[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const piece of splitAtKnownKeys(block)) {
    const strict = readPiece(piece);
    const hard = strict.diagnostics.filter((d) => d.code !== 'E_CONFIG_SYNTAX');
    diagnostics.push(...hard);
    if (hard.length > 0) continue;
    if (strict.fields === null) raw.push(piece.key);
    diagnostics.push(...addFields(fields, strict.fields ?? rawField(piece)));
  }
  if (fields.values.size === 0 || hasErrors(diagnostics)) {
    return { fields: null, diagnostics: diagnostics.length > 0 ? diagnostics : [unreadable(block, why)] };
  }
  const kept = raw.length === 0 ? '' : `; ${raw.map((key) => `\`${key}\``).join(', ')} kept as written`;
  return {
    fields,
    diagnostics: [lenient(block, `line ${why.place?.line ?? block.firstLine} is not valid${kept}`)],
  };
}

interface Piece extends Block {
  key: string;
}

function splitAtKnownKeys(block: Block): Piece[] {
  const known = new Set(KNOWN_KEYS);
  const pieces: Piece[] = [];
  for (const [index, line] of block.lines.entries()) {
    const key = /^([A-Za-z][\w-]*)[ \t]*:(?=\s|$)/.exec(line)?.[1];
    const last = pieces.at(-1);
    if (key !== undefined && known.has(key)) {
      pieces.push({ key, lines: [line], file: block.file, firstLine: block.firstLine + index });
    } else last?.lines.push(line);
  }
  return pieces;
}

function rawField(piece: Piece): Fields {
  const text = piece.lines
    .join('\n')
    .replace(/^[^:]*:/, '')
    .trim();
  return { values: new Map([[piece.key, text]]), places: new Map([[piece.key, startOf(piece)]]) };
}

function addFields(fields: Fields, more: Fields): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  for (const [key, value] of more.values) {
    const place = more.places.get(key) ?? null;
    if (fields.values.has(key)) {
      diagnostics.push(
        errorAt(place, 'E_CONFIG_KEY', `The key \`${key}\` stands here twice.`, 'Keep one of the two.'),
      );
      continue;
    }
    fields.values.set(key, value);
    if (place !== null) fields.places.set(key, place);
  }
  return diagnostics;
}

function startOf(block: Block): SourcePlace {
  return { file: block.file, line: block.firstLine, col: 1 };
}

function lenient(block: Block, what: string): Diagnostic {
  const message = `The front matter is no strict YAML and was read key by key: ${what}.`;
  return warningAt(
    startOf(block),
    'W_FRONTMATTER_LENIENT',
    message,
    'Start at column 0 and quote values that hold `: ` or start with `*`.',
  );
}

function unreadable(block: Block, why: Diagnostic): Diagnostic {
  const message = `The front matter cannot be read: ${why.message.replace(/^This is not valid YAML: |\.$/g, '')}.`;
  return errorAt(
    why.place ?? startOf(block),
    'E_AGENT_FRONTMATTER',
    message,
    'Write `name:` and `description:` between the two `---` lines.',
  );
}

function missing(file: string, line: number): Diagnostic {
  const place = { file, line, col: 1 };
  return errorAt(
    place,
    'E_AGENT_FRONTMATTER',
    'There is no front matter.',
    'Begin the file with `---`, `name:`, `description:` and `---`.',
  );
}

function unclosed(file: string, line: number): Diagnostic {
  const place = { file, line, col: 1 };
  return errorAt(
    place,
    'E_AGENT_FRONTMATTER',
    'The front matter is not closed.',
    'End it with a line that holds only `---`.',
  );
}
