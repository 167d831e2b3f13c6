/**
 * Whether a test asks for anything, as far as its text tells: for tests that cannot be run on other sources. Looks at words
 * that test libraries and people use in most languages, and at nothing that they mean. Pure.
 */
import { withoutWords } from './without-words.ts';

/** `asserts`: it holds something that is computed against something; `calls`: it runs something; `nothing`: neither. */
export type TestWeight = 'asserts' | 'calls' | 'nothing';

/** Names that ask for something; each part of a dotted name is looked at by itself. */
const ASKING =
  /^(?:assert|expect|should|must|check|verif|ensure|require|same|equal|match|throws|rejects|raises$|warns$|contain|include|deep|strict|ok$|is$|not$|is[A-Z_]|has[A-Z_]|truthy|falsy|refute|snapshot|compare)|(?:equals?|throws?|matches|rejects|same)$/iu;
const FAILING =
  /\b(?:throw|raise)\b|\bpanic!?\s*\(|\b\w+\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow|fail)\s*\(|\bfail\s*\(/u;
/** `assert x == y`, `assert_equal a, b`: what follows without a parenthesis. */
const STATEMENT = /(?:^|[\s;{])(?:assert|refute)\w*[ \t]+([^\n(][^\n]*)/gu;
/** `request(app).get('/x').expect(200)` */
const CHAINED = /[)\]]\s*\.\s*(?:expect|should|must)\b/u;
const CALL = /(?<!::|->|[\w$.])([A-Za-z_$][\w$]*!?(?:(?:\.|::|->)[A-Za-z_$][\w$]*)*!?)\s*\(/gu;
const NAMED = /\b(?:function|const|let|var|def|func|fn)\s+([\w$]+)/gu;
/** What stands around a body, and words of languages that look like calls. */
const FRAME =
  /^(?:test|it|describe|suite|context|specify|before|after|beforeEach|afterEach|function|func|fn|def|if|for|while|switch|catch|return|super|async|class)(?:\.|$)/u;
/** Objects that test libraries hand out: what is asked is in the arguments. */
const TOOLS =
  /^(?:\$?this|self|[a-z]|tap|chai|console|pytest|testing|sinon|jest|vi|cy|page|Math|Number|JSON|Object|Array|String)$/u;
const FIXED =
  /^(?:true|false|null|undefined|None|True|False|nil|NaN|Infinity|void|not|typeof|async|new|return|and|or|[rfbu])$/u;
const MAX_ARGUMENTS = 2_000;

/** One test of a file. `line` is where it begins, counted from 1; null: unknown. */
export interface PlacedTest {
  name: string;
  line: number | null;
}

/** `others`: all tests of the file. Where the text does not show where this one begins, the whole file is looked at. */
export function weighTest(text: string, test: PlacedTest, others: readonly PlacedTest[]): TestWeight {
  return weighTests(text, [test], others)[0] ?? 'nothing';
}

/** The same for several tests of one file. */
export function weighTests(
  text: string,
  tests: readonly PlacedTest[],
  others: readonly PlacedTest[],
): TestWeight[] {
  const lines = lineEnds(text);
  const helpers = once(() => askingHelpers(text));
  const placed = others.flatMap((other) => {
    const place = placeOf(text, lines, other);
    return place === null ? [] : [{ name: other.name, place }];
  });
  return tests.map((test) => {
    const begin = placeOf(text, lines, test);
    if (begin === null) return weigh(text, { helpers, own: ownName(test) });
    const inner = `${test.name} > `;
    let end = text.length;
    for (const { name, place } of placed)
      if (place > begin && place < end && !name.startsWith(inner)) end = place;
    return weigh(text.slice(begin, end), { helpers, own: ownName(test) });
  });
}

/** `helpers`: functions of the file that may do the asking. `own`: the test's name, where it is a function. */
function weigh(
  part: string,
  { helpers, own }: { helpers: () => ReadonlySet<string>; own: string },
): TestWeight {
  const code = withoutWords(part);
  const calls = callsIn(code);
  if (asks(code, calls)) return 'asserts';
  const named = calls.filter(({ name }) => name !== own && !FRAME.test(name) && !isAsking(name));
  if (named.length === 0) return 'nothing';
  return named.some(({ name }) => helpers().has(name)) ? 'asserts' : 'calls';
}

/** Names that a file gives to functions, if anything in it asks for something. */
function askingHelpers(text: string): Set<string> {
  const code = withoutWords(text);
  const named = asks(code, callsIn(code)) ? [...code.matchAll(NAMED)] : [];
  return new Set(named.map(([, name = '']) => name));
}

function once<T extends object>(make: () => T): () => T {
  let made: T | null = null;
  return () => (made ??= make());
}

interface Call {
  name: string;
  /** Where its arguments begin. */
  at: number;
}

function asks(code: string, calls: readonly Call[]): boolean {
  if (FAILING.test(code) || CHAINED.test(code)) return true;
  const isAsked = ({ name, at }: Call): boolean =>
    isAsking(name) && (asksOf(name) || isComputed(argumentsAt(code, at)));
  if (calls.some(isAsked)) return true;
  return [...code.matchAll(STATEMENT)].some(([, given = '']) => isComputed(given));
}

const isAsking = (name: string): boolean => name.split(/\.|::|->|!/u).some((part) => ASKING.test(part));

/** `sum.should.equal`: what is asked about stands in front. */
function asksOf(name: string): boolean {
  const [first = '', second = ''] = name.split(/\.|::|->/u);
  return second !== '' && !ASKING.test(first) && !TOOLS.test(first) && ASKING.test(second);
}

/** Whether anything in it is more than a literal. */
const isComputed = (given: string): boolean =>
  (given.match(/[A-Za-z_$][\w$]*/gu) ?? []).some((word) => !FIXED.test(word));

function callsIn(code: string): Call[] {
  return [...code.matchAll(CALL)].map((match) => ({
    name: match[1] ?? '',
    at: match.index + match[0].length,
  }));
}

/** From behind an opening parenthesis to the one that closes it. */
function argumentsAt(code: string, from: number): string {
  let depth = 1;
  const end = Math.min(code.length, from + MAX_ARGUMENTS);
  for (let at = from; at < end; at++) {
    if (code[at] === '(') depth += 1;
    if (code[at] === ')') depth -= 1;
    if (depth === 0) return code.slice(from, at);
  }
  return code.slice(from, end);
}

/** Without the suites around it, its number among namesakes, and its parameters. */
const ownName = ({ name }: Pick<PlacedTest, 'name'>): string =>
  (name.split(' > ').at(-1) ?? name).replace(/ \(\d+\)$|\[[^\]]*\]$|\(\)$/gu, '');

/** Where each line begins, at the end of the one before it. */
const lineEnds = (text: string): number[] => [0, ...[...text.matchAll(/\n/gu)].map(({ index }) => index)];

/** Where a test begins: at its line, or where its own name stands. */
function placeOf(text: string, lines: readonly number[], { name, line }: PlacedTest): number | null {
  if (line !== null) return lines[line - 1] ?? null;
  const own = ownName({ name });
  const at = own === '' ? -1 : text.indexOf(own);
  return at === -1 ? null : text.lastIndexOf('\n', at) + 1;
}
