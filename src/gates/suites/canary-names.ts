/**
 * What canaries are called: as the tests around them, from those tests' own words, drawn anew from the secret of each
 * run. No pattern says which test is one; only who drew the name knows it. Pure.
 */
import { createHmac } from 'node:crypto';

/** A number below `below`, the next one that the secret gives. */
export type Draw = (below: number) => number;

/** What the tests around are called. */
export interface TestWords {
  /** Of tests, each with the suites around it. */
  titles: readonly (readonly string[])[];
  words: readonly string[];
}

/** For repositories with few words of their own. */
const ORDINARY = (
  'answers accepts rejects returns keeps gives takes finds shows reads writes counts orders items values names ' +
  'numbers texts lists dates empty single several missing unknown known given first last next equal larger smaller ' +
  'twice again once both only after before result input output error entry list total amount text state'
).split(' ');
/** In file names these choose a system or a runner, and in titles what is left out. */
const TELLING = new Set(
  (
    'linux windows darwin android unix solaris freebsd netbsd openbsd wasm arm ppc mips riscv loong sparc illumos ios aix ' +
    'plan hurd nacl zos amd only skip todo slow fast flaky integration unit smoke manual bench benchmark browser node ' +
    'test tests spec specs snap'
  ).split(' '),
);
const JOINTS = ['', '', 'and', 'when', 'with', 'for', 'after', 'but'];
const LONGEST_TITLE = 120;

/** The same secret gives the same names. */
export function drawFrom(secret: Uint8Array): Draw {
  let count = 0;
  return (below) => {
    const digest = createHmac('sha256', secret).update(String(count)).digest();
    count += 1;
    return digest.readUIntBE(0, 6) % below;
  };
}

/** `titles`: of tests that are known to run, else of those that a file shows. */
export function testWords(titles: readonly (readonly string[])[]): TestWords {
  const plain = titles.filter(
    (path) => path.length > 0 && path.every((part) => part !== '' && !/[\n\r\\`$]/u.test(part)),
  );
  const short = plain.filter((path) => path.join(' ').length <= LONGEST_TITLE);
  const own = plain.flatMap((path) => path.join(' ').match(/\b[a-z]{3,11}\b/gu) ?? []);
  const words = [...new Set([...own, ...ORDINARY])].filter((word) => !TELLING.has(word));
  return { titles: short, words };
}

/**
 * A title behind one that is there, in its suites: what a filter of the command lets through of those lets it through too.
 * Never one of the titles that are there.
 */
export function drawTitle(around: TestWords, draw: Draw): string[] {
  const taken = new Set(around.titles.map((path) => path.join(' ')));
  for (;;) {
    const like = around.titles[draw(Math.max(1, around.titles.length))] ?? [];
    const tail = drawWords(around, draw, 2 + draw(3));
    const joint = JOINTS[draw(JOINTS.length)] ?? '';
    const title = [like.at(-1) ?? '', joint, ...tail].filter((word) => word !== '').join(' ');
    const path = [...like.slice(0, -1), title];
    if (!taken.has(path.join(' '))) return path;
  }
}

/** Different ones, in the order in which they were drawn. */
export function drawWords({ words }: TestWords, draw: Draw, count: number): string[] {
  const drawn = new Set<string>();
  while (drawn.size < count) drawn.add(words[draw(words.length)] ?? '');
  return [...drawn];
}

/** `orders.test.ts` → `orders-empty.test.ts`, `orders_test.go` → `orders_empty_test.go`: the runner's pattern still fits. */
export function drawSibling(neighbour: string, around: TestWords, draw: Draw): string {
  const marker = /[._-](?:test|spec)s?\.[^.]+$/u.exec(neighbour)?.index ?? neighbour.lastIndexOf('.');
  const dot = neighbour.indexOf('.', 1);
  const at = dot === -1 ? marker : Math.min(marker, dot);
  const stem = neighbour.slice(0, at);
  const drawn = drawWords(around, draw, 1 + draw(2));
  const isSnake = neighbour.endsWith('.go') || stem.includes('_');
  const isCamel = /[a-z][A-Z]/u.test(stem) && !stem.includes('-');
  const tail =
    isCamel && !isSnake ? camel(drawn) : drawn.map((word) => `${isSnake ? '_' : '-'}${word}`).join('');
  return `${stem}${tail}${neighbour.slice(at)}`;
}

/** `['empty', 'list']` → `EmptyList`. */
export function camel(words: readonly string[]): string {
  return words.map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`).join('');
}

/** The titles that a test file shows. Who has seen them run knows better. */
export function titlesIn(text: string): string[][] {
  const found = [...text.matchAll(/\b(describe|suite|it|test)\(\s*(['"`])((?:(?!\2)[^\n\\$])+)\2/gu)];
  const suite = found.find(([, word]) => word === 'describe' || word === 'suite')?.[3];
  const tests = found
    .filter(([, word]) => word === 'it' || word === 'test')
    .map(([, , , title = '']) => title);
  return tests.map((title) => (suite === undefined ? [title] : [suite, title]));
}

/** The names of test functions of Go and Rust that a file shows. */
export function functionsIn(text: string): string[][] {
  const go = [...text.matchAll(/^func (Test[A-Z]\w*)\(/gmu)];
  const rust = [...text.matchAll(/#\[test\][^{]*?fn\s+([a-z]\w*)\s*\(/gu)];
  return [...go, ...rust].map(([, name = '']) => [name]);
}
