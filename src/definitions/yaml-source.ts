/**
 * YAML to plain values with a place for each of them. Built for files that strangers wrote: size, depth,
 * number of values and expanded aliases are bounded, tags are refused, and no key can reach a prototype.
 */
import {
  CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Diagnostic, ErrorCode, SourcePlace } from '../core/errors.ts';
import { errorAt, showValue } from './diagnose.ts';

const MAX_DEPTH = 100;
/** Both far above any definition, and far below what takes 200 ms. */
const MAX_TOKENS = 60_000;
const MAX_VALUES = 20_000;
const MAX_SHOWN_SYNTAX_ERRORS = 20;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
const CORE_TAGS = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((t) => `tag:yaml.org,2002:${t}`),
);

export type YamlPath = readonly (string | number)[];

/** A document as plain values, and where each of them stands. */
export interface YamlSource {
  readonly file: string;
  readonly value: unknown;
  /** Where the value at `path` stands; for one that is not there, the nearest that holds it. */
  place(path: YamlPath): SourcePlace;
  /** Where its key stands; for list items, the item. */
  keyPlace(path: YamlPath): SourcePlace;
}

/** Reads one document. `source` is null when there is an error. `firstLine` is where the text starts in its file. */
export function readYaml(
  text: string,
  file: string,
  firstLine = 1,
): { source: YamlSource | null; diagnostics: Diagnostic[] } {
  const lines = new LineCounter();
  const placeAt = (offset: number): SourcePlace => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1) + firstLine - 1, col: Math.max(col, 1) };
  };
  const limit = exceededLimit(text);
  if (limit !== null) {
    // Too large or too deep to be parsed at all: lines are counted by hand.
    lines.lineStarts.push(
      0,
      ...Array.from(text.slice(0, limit.offset).matchAll(/\n/g), (match) => match.index + 1),
    );
    return { source: null, diagnostics: [limitError(placeAt(limit.offset), limit.problem)] };
  }
  // `uniqueKeys` compares every key with every other: the reader below does it with a set.
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    prettyErrors: false,
    schema: 'core',
    logLevel: 'error',
  });
  if (document.errors.length > 0) {
    const shown = document.errors.slice(0, MAX_SHOWN_SYNTAX_ERRORS);
    return { source: null, diagnostics: shown.map((error) => syntaxError(placeAt(error.pos[0]), error)) };
  }
  const reader = new TreeReader(document, file, placeAt);
  const source = reader.read();
  return { source: reader.diagnostics.length > 0 ? null : source, diagnostics: reader.diagnostics };
}

/** Looks at tokens only, so that a hostile file is refused before anything recursive sees it. */
function exceededLimit(text: string): { offset: number; problem: string } | null {
  let [offset, tokens, flow, compact] = [0, 0, 0, 0];
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    if (++tokens > MAX_TOKENS) return { offset, problem: `more than ${MAX_TOKENS} YAML tokens` };
    if (type === 'flow-seq-start' || type === 'flow-map-start') flow++;
    else if (type === 'flow-seq-end' || type === 'flow-map-end') flow--;
    else if (type === 'newline') compact = 0;
    else if (type === 'seq-item-ind' || type === 'explicit-key-ind') compact++;
    if (flow > MAX_DEPTH || compact > MAX_DEPTH) return { offset, problem: tooDeep };
    // Control tokens stand for no text.
    if (type !== 'doc-mode' && type !== 'scalar' && type !== 'flow-error-end') offset += token.length;
  }
  return null;
}

const tooDeep = `nested deeper than ${MAX_DEPTH} levels`;

function limitError(place: SourcePlace, problem: string): Diagnostic {
  return errorAt(
    place,
    'E_CONFIG_LIMIT',
    `Refused: ${problem}.`,
    'Write it flatter and shorter; no definition needs this.',
  );
}

function syntaxError(place: SourcePlace, error: { code: string; message: string }): Diagnostic {
  if (error.code === 'RESOURCE_EXHAUSTION') return limitError(place, tooDeep);
  const message = error.message.split('\n')[0] ?? error.code;
  return errorAt(
    place,
    'E_CONFIG_SYNTAX',
    `This is not valid YAML: ${message}.`,
    'Mend the line; quote a value that holds `: ` or starts with a sign.',
  );
}

interface Offsets {
  value: number;
  key: number;
}

class TooMuch extends Error {
  readonly offset: number;
  constructor(offset: number, problem: string) {
    super(problem);
    this.offset = offset;
  }
}

class TreeReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly #document: Document;
  readonly #file: string;
  readonly #placeAt: (offset: number) => SourcePlace;
  readonly #offsets = new Map<string, Offsets>();
  #values = 0;

  constructor(document: Document, file: string, placeAt: (offset: number) => SourcePlace) {
    this.#document = document;
    this.#file = file;
    this.#placeAt = placeAt;
  }

  read(): YamlSource {
    let value: unknown = null;
    try {
      value = this.#plain(this.#document.contents, '', 0, 0, 0);
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      this.diagnostics.push(limitError(this.#placeAt(error.offset), error.message));
    }
    return {
      file: this.#file,
      value,
      place: (path) => this.#placeAt(this.#nearestOffsets(path).value),
      keyPlace: (path) => this.#placeAt(this.#nearestOffsets(path).key),
    };
  }

  #nearestOffsets(path: YamlPath): Offsets {
    for (let length = path.length; length >= 0; length--) {
      const found = this.#offsets.get(path.slice(0, length).map(segment).join(''));
      if (found !== undefined) return found;
    }
    return { value: 0, key: 0 };
  }

  /** `at` is the offset to show where the node has none of its own. Aliases are expanded, and counted like values. */
  #plain(node: Node | null, path: string, depth: number, at: number, key: number): unknown {
    const offset = node?.range?.[0] ?? at;
    if (++this.#values > MAX_VALUES) throw new TooMuch(offset, `more than ${MAX_VALUES} values`);
    if (depth > MAX_DEPTH) throw new TooMuch(offset, tooDeep);
    if (!this.#offsets.has(path)) this.#offsets.set(path, { value: offset, key });
    if (node === null) return null;
    if (isAlias(node)) return this.#alias(node, path, depth, offset, key);
    this.#checkTag(node.tag, offset);
    if (isScalar(node)) return node.value;
    if (isSeq(node)) return this.#list(node, path, depth, offset);
    if (isMap(node)) return this.#mapping(node, path, depth);
    return null;
  }

  #alias(
    node: Node & { resolve(doc: Document): Node | undefined },
    path: string,
    depth: number,
    offset: number,
    key: number,
  ): unknown {
    const target = node.resolve(this.#document);
    if (target !== undefined) return this.#plain(target, path, depth + 1, offset, key);
    this.#refuse(offset, 'E_CONFIG_SYNTAX', 'This alias points to nothing.', 'Write the value itself.');
    return null;
  }

  #list(node: YAMLSeq, path: string, depth: number, offset: number): unknown[] {
    return node.items.map((item, index) => {
      const child = item as Node | null; // a parsed list holds nodes
      const itemOffset = child?.range?.[0] ?? offset;
      return this.#plain(child, path + segment(index), depth + 1, itemOffset, itemOffset);
    });
  }

  #mapping(node: YAMLMap, path: string, depth: number): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    const seen = new Set<string>();
    for (const pair of node.items as Pair<Node | null, Node | null>[]) {
      const offset = pair.key?.range?.[0] ?? node.range?.[0] ?? 0;
      const key = this.#key(pair.key, seen, offset);
      if (key === null) continue;
      result[key] = this.#plain(pair.value, path + segment(key), depth + 1, offset, offset);
    }
    return result;
  }

  /** The key as text, or null where it was refused. */
  #key(node: Node | null, seen: Set<string>, offset: number): string | null {
    if (!isScalar(node)) {
      this.#refuse(offset, 'E_CONFIG_KEY', 'A key has to be plain text.', 'Write `key: value`.');
      return null;
    }
    this.#checkTag(node.tag, offset);
    const key = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
    if (FORBIDDEN_KEYS.has(key)) {
      this.#refuse(offset, 'E_CONFIG_KEY', `The key \`${key}\` is not allowed.`, 'Take it out.');
      return null;
    }
    if (seen.has(key)) {
      this.#refuse(
        offset,
        'E_CONFIG_KEY',
        `The key ${showValue(key)} stands here twice.`,
        'Keep one of the two.',
      );
      return null;
    }
    seen.add(key);
    return key;
  }

  #checkTag(tag: string | undefined, offset: number): void {
    if (tag === undefined || CORE_TAGS.has(tag)) return;
    this.#refuse(
      offset,
      'E_CONFIG_LIMIT',
      `Refused: the tag ${showValue(tag)}.`,
      'Take the tag out; definitions are plain values.',
    );
  }

  #refuse(offset: number, code: ErrorCode, message: string, fix: string): void {
    this.diagnostics.push(errorAt(this.#placeAt(offset), code, message, fix));
  }
}

/** One step of a path, escaped so that no key can look like two steps. */
function segment(part: string | number): string {
  return `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
