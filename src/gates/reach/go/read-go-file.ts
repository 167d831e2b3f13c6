/** Reads the declarations of a file of Go, and what each of them names. No types: what cannot be told apart counts as named. Pure. */
import type { GoArity, GoDeclaration, GoFileFacts, GoMentions, GoSelected } from './go-facts.ts';
import {
  behindBracket,
  nesting,
  listIn,
  scanGo,
  statementsOf,
  type GoText,
  type GoToken,
} from './scan-go.ts';

/** A name that texts and templates hold; longer texts are prose. */
const NAME = /^[\p{L}_][\p{L}\p{N}_]*$/u;
const IN_TEMPLATE = /\{\{/;
const TEMPLATE_NAME = /\.([\p{Lu}][\p{L}\p{N}_]*)/gu;

const SYSTEMS =
  /^(?:aix|android|darwin|dragonfly|freebsd|illumos|ios|js|linux|netbsd|openbsd|plan9|solaris|wasip1|windows|unix|386|amd64|arm|arm64|loong64|mips|mipsle|mips64|mips64le|ppc64|ppc64le|riscv64|s390x|wasm|cgo|gc|gccgo|race|purego|go1\.\d+)$/;

/** The parameters of handlers, as web frameworks have them. */
const HANDLES =
  /^(?:[\w]+ )?(?:http\.ResponseWriter,(?:[\w]+ )?\*http\.Request\b|\*gin\.Context$|echo\.Context$|\*echo\.Context$|\*fiber\.Ctx$|fiber\.Ctx$|\*fasthttp\.RequestCtx$|iris\.Context$)/;

export function readGoFile(source: string): GoFileFacts {
  const text = scanGo(source);
  const statements = statementsOf(text.tokens);
  const imports = statements.filter(([first]) => isWord(first, 'import')).flatMap(readImports);
  const outside = namesFromOutside(text);
  const declarations = statements.flatMap((statement) => readStatement(statement, outside));
  return {
    package: statements.find(([first]) => isWord(first, 'package'))?.[1]?.text ?? '',
    imports,
    declarations,
    interfaces: readInterfaces(text.tokens),
    texts: namesInTexts(text.tokens),
    generated: text.directives.some((each) => /Code generated .* DO NOT EDIT/.test(each.text)),
    tagged: text.directives.some((each) => hasOtherTags(each.text)),
  };
}

/** What a file that is no Go but may call methods names: a template. */
export function namesInTemplate(text: string): string[] {
  return IN_TEMPLATE.test(text) ? [...text.matchAll(TEMPLATE_NAME)].map(([, name = '']) => name) : [];
}

/** The name by which a package is used where its import gives none: the last part of its path that is no version. */
export function nameOfPath(path: string): string {
  const parts = path.split('/').filter((part) => !/^v\d+$/.test(part));
  return (parts.at(-1) ?? path).replace(/^go-|\.v\d+$|[.-]go$/g, '').replace(/[^\p{L}\p{N}_]/gu, '');
}

const isWord = (token: GoToken | undefined, text: string): boolean =>
  token?.kind === 'word' && token.text === text;
const isSign = (token: GoToken | undefined, text: string): boolean =>
  token?.kind === 'sign' && token.text === text;

function hasOtherTags(directive: string): boolean {
  const tags = /^\/\/(?:go:build|\s*\+build)\s(.*)$/s.exec(directive)?.[1];
  return tags !== undefined && (tags.match(/[\w.]+/g) ?? []).some((tag) => !SYSTEMS.test(tag));
}

/** The inside of a group in brackets as statements, or the statement itself. */
function specsOf(statement: readonly GoToken[]): GoToken[][] {
  const rest = statement.slice(1);
  if (!isSign(rest[0], '(')) return [rest];
  return statementsOf(rest.slice(1, behindBracket(rest, 0) - 1));
}

function readImports(statement: GoToken[]): { alias: string | null; path: string }[] {
  return specsOf(statement).flatMap((spec) => {
    const path = spec.find(({ kind }) => kind === 'text')?.text;
    const first = spec[0];
    const alias = first === undefined || first.kind === 'text' ? null : first.text;
    return path === undefined ? [] : [{ alias, path }];
  });
}

function readStatement(statement: GoToken[], outside: ReadonlySet<string>): GoDeclaration[] {
  const [first] = statement;
  if (isWord(first, 'func')) return readFunction(statement, outside);
  if (isWord(first, 'type')) return specsOf(statement).flatMap((spec) => readType(spec));
  if (isWord(first, 'var') || isWord(first, 'const'))
    return specsOf(statement).flatMap((spec) => readValue(spec));
  return [];
}

function readFunction(statement: GoToken[], outside: ReadonlySet<string>): GoDeclaration[] {
  let at = 1;
  let of: string | null = null;
  if (isSign(statement[at], '(')) {
    const end = behindBracket(statement, at);
    of = receiverOf(statement.slice(at + 1, end - 1));
    if (of === null) return [];
    at = end;
  }
  const name = statement[at];
  if (name?.kind !== 'word') return [];
  const open = isSign(statement[at + 1], '[') ? behindBracket(statement, at + 1) : at + 1;
  const params = statement.slice(open + 1, behindBracket(statement, open) - 1);
  return [
    {
      kind: of === null ? 'func' : 'method',
      name: name.text,
      of,
      line: name.line,
      ...arityOf(statement, open),
      mentions: mentionsIn(statement.slice(at + 1)),
      signature: mentionsIn(statement.slice(open, bodyOf(statement, open))),
      runs: of === null && name.text === 'init',
      outside: outside.has(name.text),
      handles: name.text !== 'ServeHTTP' && HANDLES.test(textOf(params)),
    },
  ];
}

/** Where the body begins: the first brace that belongs to no type. */
function bodyOf(statement: readonly GoToken[], from: number): number {
  for (let at = from; at < statement.length; at += 1) {
    const before = statement[at - 1];
    const isType = isWord(before, 'interface') || isWord(before, 'struct');
    if (isSign(statement[at], '{') && !isType) return at;
    if (nesting(statement[at]) === 1) at = behindBracket(statement, at) - 1;
  }
  return statement.length;
}

const textOf = (tokens: readonly GoToken[]): string =>
  tokens
    .map((token, at) => {
      const isApart = tokens[at - 1]?.kind === 'word' && (token.kind === 'word' || token.text === '*');
      return isApart ? ` ${token.text}` : token.text;
    })
    .join('');

/** The last name before type parameters: `(s *Server)`, `(Server)`, `(l *List[T])`. */
function receiverOf(tokens: readonly GoToken[]): string | null {
  const open = tokens.findIndex((token) => isSign(token, '['));
  const words = (open === -1 ? tokens : tokens.slice(0, open)).filter(({ kind }) => kind === 'word');
  return words.at(-1)?.text ?? null;
}

/** Names that are exported to C, or to whoever runs WebAssembly, or linked under another name. */
function namesFromOutside({ directives }: GoText): Set<string> {
  const names = directives
    .filter(({ text }) => /^\/\/(?:export|go:wasmexport|go:linkname) /.test(text))
    .flatMap(({ text }) => text.split(/\s+/).slice(1))
    .map((part) => part.split('.').at(-1) ?? part);
  return new Set(names);
}

function arityOf(tokens: readonly GoToken[], open: number): GoArity {
  const { parts, isOpen } = listIn(tokens, open);
  return { takes: parts, open: isOpen };
}

const NOTHING: GoMentions = { names: new Set(), selected: [] };
const PLAIN = {
  of: null,
  takes: 0,
  open: false,
  outside: false,
  handles: false,
  signature: NOTHING,
} as const;

function readType(spec: GoToken[]): GoDeclaration[] {
  const [name] = spec;
  if (name?.kind !== 'word') return [];
  const mentions = mentionsIn(spec.slice(1));
  return [{ ...PLAIN, kind: 'type', name: name.text, line: name.line, mentions, runs: false }];
}

/** Says of a type what it is able to do, and uses it for nothing: `var _ http.Handler = (*Server)(nil)`. */
const ASSERTS = /^(?:\(\*?[\w.[\]]+\)\(nil\)|&?[\w.[\]]+\{\}|new\([\w.[\]]+\))$/;

function readValue(spec: GoToken[]): GoDeclaration[] {
  const equals = spec.findIndex((token) => isSign(token, '='));
  const head = equals === -1 ? spec : spec.slice(0, equals);
  const value = equals === -1 ? [] : spec.slice(equals + 1);
  const names: GoToken[] = [];
  for (let at = 0; head[at]?.kind === 'word'; at += 2) {
    names.push(head[at] as GoToken);
    if (!isSign(head[at + 1], ',')) break;
  }
  const isBlank = names.every(({ text }) => text === '_');
  const asserts = ASSERTS.test(value.map(({ text }) => text).join(''));
  const runs = hasCall(value) && !asserts;
  if (isBlank && !runs) return [];
  const mentions = mentionsIn(spec.slice(1));
  return names.map(({ text, line }) => ({ ...PLAIN, kind: 'value', name: text, line, mentions, runs }));
}

/** A call outside of functions that are only written down. */
function hasCall(value: readonly GoToken[]): boolean {
  for (let at = 0; at < value.length; at += 1) {
    if (isWord(value[at], 'func')) {
      while (at < value.length && !isSign(value[at], '{')) at += 1;
      at = behindBracket(value, at) - 1;
    }
    const called = value[at];
    const isCallable =
      called?.kind === 'word' || isSign(called, ')') || isSign(called, ']') || isSign(called, '}');
    if (isCallable && isSign(value[at + 1], '(')) return true;
  }
  return false;
}

function mentionsIn(tokens: readonly GoToken[]): GoMentions {
  const names = new Set<string>();
  const selected: GoSelected[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'word' || isThrownAway(tokens, at)) continue;
    if (isSign(tokens[at - 1], '.')) {
      const before = tokens[at - 2];
      const isPlain = before?.kind === 'word' && !isSign(tokens[at - 3], '.');
      selected.push({
        name: token.text,
        from: isPlain ? before.text : null,
        given: argumentsAt(tokens, at + 1),
      });
    } else if (!isSign(tokens[at + 1], '.')) names.add(token.text);
  }
  return { names, selected };
}

/** `_ = name` and `_ = x.name`, alone on their line: they use nothing. */
function isThrownAway(tokens: readonly GoToken[], at: number): boolean {
  if (tokens[at]?.ends !== true) return false;
  const start = isSign(tokens[at - 1], '.') ? at - 2 : at;
  return isSign(tokens[start - 1], '=') && isWord(tokens[start - 2], '_') && !isSign(tokens[start - 3], ',');
}

/** null: it is no call, or a call hands on what another one returns. */
function argumentsAt(tokens: readonly GoToken[], at: number): number | null {
  const open = isSign(tokens[at], '[') ? behindBracket(tokens, at) : at;
  if (!isSign(tokens[open], '(') || isMethodOfType(tokens, at)) return null;
  const { parts, isPlain, isOpen } = listIn(tokens, open);
  return isOpen || (parts === 1 && !isPlain) ? null : parts;
}

/** `(*Server).Name(server, …)`: the receiver is one of the arguments. */
const isMethodOfType = (tokens: readonly GoToken[], at: number): boolean =>
  isSign(tokens[at - 3], ')') && isSign(tokens[at - 5], '*') && isSign(tokens[at - 6], '(');

function readInterfaces(tokens: readonly GoToken[]): (GoArity & { name: string })[] {
  return tokens.flatMap((token, at) =>
    isWord(token, 'interface') && isSign(tokens[at + 1], '{') ? methodsIn(tokens, at + 1) : [],
  );
}

/** Names before a bracket are methods, whatever stands around them. */
function methodsIn(tokens: readonly GoToken[], open: number): (GoArity & { name: string })[] {
  const methods: (GoArity & { name: string })[] = [];
  const end = behindBracket(tokens, open) - 1;
  for (let at = open + 1; at < end; at = behindBracket(tokens, at)) {
    const name = tokens[at];
    if (name?.kind === 'word' && isSign(tokens[at + 1], '('))
      methods.push({ name: name.text, ...arityOf(tokens, at + 1) });
  }
  return methods;
}

function namesInTexts(tokens: readonly GoToken[]): Set<string> {
  const texts = tokens.filter(({ kind }) => kind === 'text').map(({ text }) => text);
  return new Set(texts.flatMap((text) => (NAME.test(text) ? [text] : namesInTemplate(text))));
}
