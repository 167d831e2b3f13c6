/** What a Rust file declares and which names its code mentions. Nothing is resolved: a name stands for all that have it. */
import { endOfItem, maskRust } from './mask-rust.ts';

export interface RustDeclaration {
  /** The type whose method it is; null: it stands for itself. */
  of: string | null;
  name: string;
  line: number;
  /** `pub` without bounds. */
  isPublic: boolean;
  /** Something that is not in this file calls it: a trait, a framework's attribute, another language. */
  isCalledOtherwise: boolean;
}

export interface RustFacts {
  declarations: RustDeclaration[];
  /** Names in use, each with the innermost declaration around it; null: none is. */
  mentions: { name: string; by: RustDeclaration | null }[];
}

interface Span {
  from: number;
  to: number;
}
interface Placed extends Span {
  declaration: RustDeclaration;
}
interface Block extends Span {
  of: string;
  isTrait: boolean;
}

const DECLARED =
  /(\bpub(?:\s*\([^)]*\))?\s+)?(?:\b(?:async|const|unsafe|extern|default)\s+)*\b(fn|struct|enum|union|trait|type|static|const)\s+(?:mut\s+)?([A-Za-z_]\w*)/g;
const IMPL = /\bimpl\b(?:\s*<[^{]*?>(?=\s*[\w&(:]))?([^{;]*)\{/g;
const TRAIT = /\btrait\s+(\w+)[^{;]*\{/g;
const WORD = /[A-Za-z_]\w*/g;
/** Says where a name is from and what a module is called; under another name it may be anywhere. */
const NAMES_ONLY = /\buse\b(?![^;]*\bas\b)[^;]*;|\bmod\s+\w+\s*[;{]/g;
/** Attributes that call nothing. */
const INERT =
  /^(?:derive|allow|warn|deny|expect|doc|cfg|cfg_attr|inline|must_use|cold|track_caller|deprecated|non_exhaustive|repr|default|serde|automatically_derived|instrument|tracing::instrument)$/;

export function readRust(text: string): RustFacts {
  const code = maskRust(text);
  const blocks = [...implBlocks(code), ...traitBlocks(code)];
  const placed = [...code.matchAll(DECLARED)].map((match) => place(code, match, blocks));
  return { declarations: placed.map(({ declaration }) => declaration), mentions: mentionsIn(code, placed) };
}

function implBlocks(code: string): Block[] {
  return [...code.matchAll(IMPL)].map((match) => {
    const [traits = '', forWhom] = (match[1] ?? '').split(/\bfor\b(?!\s*<)/);
    const type = forWhom ?? traits;
    // `Vec<Order>` is somebody else's; `crate::store::Store<T>` is `Store`.
    const of = /([A-Za-z_]\w*)\s*(?:<|where\b|$)/.exec(type.trim())?.[1] ?? '';
    return { of, isTrait: forWhom !== undefined, from: match.index, to: endOfItem(code, match.index) };
  });
}

function traitBlocks(code: string): Block[] {
  return [...code.matchAll(TRAIT)].map((match) => ({
    of: match[1] ?? '',
    isTrait: true,
    from: match.index + match[0].length - 1,
    to: endOfItem(code, match.index),
  }));
}

function place(code: string, match: RegExpExecArray, blocks: readonly Block[]): Placed {
  const [, visibility = '', kind = '', name = ''] = match;
  const from = match.index;
  const block = innermost(blocks, from);
  return {
    from,
    to: endOfItem(code, from),
    declaration: {
      of: block?.of ?? null,
      name,
      line: code.slice(0, from + match[0].length).split('\n').length,
      isPublic: /^pub\s*$/.test(visibility),
      isCalledOtherwise: block?.isTrait === true || isCalled(code.slice(0, from), kind),
    },
  };
}

/** `#[get("/orders")]`, `#[no_mangle]`: whoever reads the attribute calls what stands below it. */
function isCalled(before: string, kind: string): boolean {
  const attributes = /(?:#\s*\[[^\n]*\]\s*)+$/.exec(before)?.[0] ?? '';
  const names = [...attributes.matchAll(/#\s*\[\s*([\w:]+)/g)].map(([, name = '']) => name);
  return kind === 'fn' && names.some((name) => !INERT.test(name));
}

function mentionsIn(code: string, placed: readonly Placed[]): RustFacts['mentions'] {
  const used = code
    .replaceAll(NAMES_ONLY, (text) => ' '.repeat(text.length))
    // The head of an implementation names its type, and uses it for nothing.
    .replaceAll(IMPL, (text) => `${' '.repeat(text.length - 1)}{`);
  const declared = new Set([...code.matchAll(DECLARED)].map((match) => match.index + match[0].length));
  return [...used.matchAll(WORD)].flatMap((match) => {
    const [name] = match;
    const end = match.index + name.length;
    if (declared.has(end) || isPathOnly(used, end, name)) return [];
    return [{ name, by: innermost(placed, match.index)?.declaration ?? null }];
  });
}

/** `rent::price_of`: a module of this name, not a function. A type's name begins with a capital letter. */
function isPathOnly(code: string, end: number, name: string): boolean {
  return /^\s*::(?!\s*<)/.test(code.slice(end, end + 20)) && !/^[A-Z]/.test(name);
}

function innermost<T extends Span>(spans: readonly T[], at: number): T | null {
  let found: T | null = null;
  for (const span of spans)
    if (span.from <= at && at < span.to && (found === null || span.from >= found.from)) found = span;
  return found;
}
