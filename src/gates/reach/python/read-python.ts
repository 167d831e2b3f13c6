/** What a Python file declares, imports and mentions. Nothing is resolved here. Pure. */
import type { PythonDeclaration, PythonFacts, PythonImport, PythonMention } from './python-facts.ts';
import { scanPython, type LogicalLine, type PythonToken } from './scan-python.ts';

const KEYWORDS = new Set(
  'and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield None True False self cls'.split(
    ' ',
  ),
);
const NAMES = /^[A-Za-z_]\w*(?:[.:][A-Za-z_]\w*)*$/;
const ROUTER = /^(?:APIRouter|Blueprint|Router|RouteTableDef|Namespace|SimpleRouter|DefaultRouter)$/;
/** What servers and command lines look for in a file that they are told of. */
const APP =
  /^(?:Flask|FastAPI|Starlette|Quart|Sanic|Litestar|Celery|Typer|Bottle|Robyn|get_wsgi_application|get_asgi_application|create_app|make_app|lambda_handler)$/;
const LOOKS_UP = /^(?:getattr|hasattr|attrgetter|methodcaller|globals|locals|eval|exec)$/;
const GOES_OVER = /^(?:getmembers|vars|dir|globals|locals|Fire)$/;
const LOADS =
  /^(?:import_module|__import__|iter_modules|walk_packages|run_path|run_module|spec_from_file_location|find_modules|import_string|autodiscover_tasks|autodiscover_modules|load_extension|add_cog)$/;

interface Block {
  indent: number;
  /** Whose lines these are. */
  by: PythonDeclaration | null;
  /** What a `def` right below it is: a method of this class, or nothing of its own. */
  methodsOf: string | null;
}

export function readPython(source: string): PythonFacts {
  const facts = {
    declarations: [] as PythonDeclaration[],
    mentions: [] as PythonMention[],
    imports: [] as PythonImport[],
    texts: [] as PythonFacts['texts'],
    prefixes: [] as string[],
    routers: new Set<string>(),
    looksUp: false,
    goesOver: [] as string[],
    listsClasses: false,
    loads: null as string[] | null,
    isStarted: source.startsWith('#!'),
    acts: false,
  };
  const blocks: Block[] = [];
  let above: LogicalLine[] = [];
  for (const line of scanPython(source)) {
    while ((blocks.at(-1)?.indent ?? -1) >= line.indent) blocks.pop();
    const around = blocks.at(-1) ?? null;
    if (line.tokens[0]?.text === '@') {
      above.push(line);
      continue;
    }
    const declared = declarationIn(line, around, above);
    const by = declared ?? around?.by ?? null;
    if (declared !== null) {
      facts.declarations.push(declared);
      facts.isStarted ||= declared.of === null && APP.test(declared.name);
    }
    if (isHead(line))
      blocks.push({ indent: line.indent, by, methodsOf: declared?.isClass ? declared.name : null });
    for (const decorator of above) readLine(facts, decorator.tokens, by, true);
    above = [];
    if (readImport(facts.imports, line.tokens)) continue;
    if (by === null) readOutermost(facts, line.tokens);
    readLine(facts, line.tokens, by, false);
  }
  return facts;
}

/** Where a head begins: `async def` has its word one later. */
const headAt = ({ tokens }: LogicalLine): number => (tokens[0]?.text === 'async' ? 1 : 0);

const isHead = (line: LogicalLine): boolean => /^(?:def|class)$/.test(line.tokens[headAt(line)]?.text ?? '');

/** null: it declares nothing that others could name. */
function declarationIn(
  line: LogicalLine,
  around: Block | null,
  above: readonly LogicalLine[],
): PythonDeclaration | null {
  const at = headAt(line);
  const name = line.tokens[at + 1];
  if (!isHead(line) || name === undefined) return null;
  const isClass = line.tokens[at]?.text === 'class';
  if (around !== null && (around.methodsOf === null || isClass)) return null;
  return {
    of: around?.methodsOf ?? null,
    name: name.text,
    line: name.line,
    isClass,
    bases: isClass ? basesIn(line.tokens.slice(at + 2)) : [],
    decorators: above.map(({ tokens }) => dotted(tokens.slice(1))),
  };
}

/** `(Base, models.Model, Generic[T], metaclass=Meta)`: the last names before a comma, a bracket or the end. */
function basesIn(tokens: readonly PythonToken[]): string[] {
  if (tokens[0]?.text !== '(') return [];
  const bases: string[] = [];
  let depth = 0;
  for (const [at, { kind, text }] of tokens.entries()) {
    if (depth === 1 && kind === 'word' && /^[,)[(]$/.test(tokens[at + 1]?.text ?? '')) bases.push(text);
    if ('([{'.includes(text) && kind === 'sign') depth += 1;
    if (')]}'.includes(text) && kind === 'sign') depth -= 1;
    if (depth === 0) break;
  }
  return bases;
}

function dotted(tokens: readonly PythonToken[]): string {
  const end = tokens.findIndex(({ kind, text }) => kind !== 'word' && text !== '.');
  return (end === -1 ? tokens : tokens.slice(0, end)).map(({ text }) => text).join('');
}

/** Whether the line is an import. Several statements of one line are told apart. */
function readImport(imports: PythonImport[], tokens: readonly PythonToken[]): boolean {
  const first = tokens[0]?.text;
  const words = tokens.map(({ text }) => text);
  if (first === 'import') {
    for (const part of split(words.slice(1), ',')) {
      const [module = '', as] = part.join(' ').split(' as ');
      const path = module.replaceAll(' ', '');
      imports.push({ module: path, name: null, as: as ?? path.split('.')[0] ?? path });
    }
    return true;
  }
  const at = words.indexOf('import');
  if (first !== 'from' || at === -1) return false;
  const module = words.slice(1, at).join('');
  for (const part of split(
    words.slice(at + 1).filter((word) => !/^[()]$/.test(word)),
    ',',
  )) {
    const [name = '', , as] = part;
    if (name !== '') imports.push({ module, name, as: as ?? name });
  }
  return true;
}

function split(words: readonly string[], by: string): string[][] {
  const parts: string[][] = [[]];
  for (const word of words) {
    if (word === ';') break;
    if (word === by) parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts;
}

type Found = { -readonly [Key in keyof PythonFacts]: PythonFacts[Key] } & { routers: Set<string> };

/** What the outermost level says of the whole file. */
function readOutermost(facts: Found, tokens: readonly PythonToken[]): void {
  const words = tokens.map(({ text }) => text);
  facts.isStarted ||= words.includes('__name__') && words.includes('__main__');
  const value = words[1] === '=' ? dotted(tokens.slice(2)).split('.').at(-1) : undefined;
  if (value === undefined) {
    facts.acts ||=
      tokens[0]?.kind === 'word' && /^\($/.test(words[dotted(tokens).split('.').length * 2 - 1] ?? '');
    return;
  }
  if (APP.test(value)) facts.isStarted = true;
  if (ROUTER.test(value) && words[0] !== undefined) facts.routers.add(words[0]);
}

function readLine(
  facts: Found,
  tokens: readonly PythonToken[],
  by: PythonDeclaration | null,
  isDecorator: boolean,
): void {
  for (const [at, { kind, text }] of tokens.entries()) {
    if (kind === 'text' && NAMES.test(text)) facts.texts.push({ text, by });
    if (kind !== 'word' || KEYWORDS.has(text)) continue;
    const before = tokens[at - 1]?.text ?? '';
    const next = tokens[at + 1]?.text ?? '';
    // A head gives a name, and so does what is set: both use nothing.
    if (before === 'def' || before === 'class' || next === '=') continue;
    readLookUp(facts, tokens, at);
    const isAttribute = before === '.' && tokens[at - 1]?.kind === 'sign';
    const receiver = tokens[at - 2];
    const isPlain = receiver?.kind === 'word' && tokens[at - 3]?.text !== '.';
    facts.mentions.push({
      name: text,
      isAttribute,
      of: isAttribute && isPlain ? receiver.text : null,
      by,
      isDecorator,
      isReceiver: next === '.',
    });
  }
}

/** Names that are made while the program runs. */
function readLookUp(facts: Found, tokens: readonly PythonToken[], at: number): void {
  const { text = '' } = tokens[at] ?? {};
  if (/^__(?:init_)?subclass(?:es)?__$/.test(text)) facts.listsClasses = true;
  if (text === '__dict__') facts.goesOver.push(tokens[at - 2]?.text ?? '');
  const given = argumentsOf(tokens, at);
  if (given === null) return;
  const texts = given.filter(({ kind }) => kind === 'text');
  if (LOADS.test(text)) facts.loads = [...(facts.loads ?? []), ...texts.map((each) => each.text)];
  if (GOES_OVER.test(text)) {
    const names = given.map((each) => each.text);
    facts.goesOver.push(...(names.length === 0 ? ['__name__'] : names));
  }
  if (tokens[at - 1]?.text === '.' || !LOOKS_UP.test(text)) return;
  const comma = given.findIndex((each) => each.text === ',');
  const looked = /^(?:get|has)attr$/.test(text) ? given[comma + 1] : given[0];
  const beginning =
    looked?.kind === 'text' ? /^([A-Za-z_]\w+)(?:[{%].*|)$/s.exec(looked.text)?.[1] : undefined;
  if (beginning === undefined) facts.looksUp = true;
  else facts.prefixes.push(beginning);
}

/** What stands in the brackets behind a name; null: there are none. */
function argumentsOf(tokens: readonly PythonToken[], at: number): PythonToken[] | null {
  if (tokens[at + 1]?.text !== '(') return null;
  let depth = 0;
  for (let end = at + 1; end < tokens.length; end += 1) {
    const { kind, text } = tokens[end] ?? { kind: 'sign', text: '' };
    if (kind === 'sign' && '([{'.includes(text)) depth += 1;
    if (kind === 'sign' && ')]}'.includes(text)) depth -= 1;
    if (depth === 0) return tokens.slice(at + 2, end);
  }
  return tokens.slice(at + 2);
}
