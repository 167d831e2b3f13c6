/**
 * The canary: failing tests of the engine's that every test run has to report as red. A runner that was replaced, told to
 * stop early or made deaf does not, nor do assertions that were. Their names are those of the tests around them, put
 * together anew for each run, so that nothing can be prepared for them.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { lstat, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { CANARY_NAME, type CanaryFile, type TestReporter } from '../../definitions/config.ts';
import { liesWithin } from '../gate-scratch.ts';
import type { GatePlace } from '../run-gate-command.ts';
import {
  drawFrom,
  drawSibling,
  drawTitle,
  drawWords,
  functionsIn,
  testWords,
  titlesIn,
  type Draw,
  type TestWords,
} from './canary-names.ts';
import {
  appendedCanary,
  goCanary,
  goCount,
  goName,
  hasSuites,
  javaScriptCanary,
  RUST_COUNT,
  rustCanary,
  rustName,
  type Neighbour,
  type Pair,
} from './canary-source.ts';
import type { NamedTest } from './test-report.ts';

/** A test that ran before, by which canaries are named. */
export type KnownTest = Pick<NamedTest, 'file' | 'name'>;

export interface Canary {
  /** The files that it has for itself, relative to the repository. */
  files: string[];
  /** How many tests of it have to be red, beside those within files. */
  count: number;
  /** Whether this is one of the tests that have to be red. */
  isNamed(test: NamedTest): boolean;
  /** What a line of output about one of them holds: its title, its file. */
  words: readonly string[];
  /** What its tests are called, where they are one file's. */
  names?: readonly string[];
  /** Those that have to be red where the tests of an existing file run whole, by name. */
  within?: ReadonlyMap<string, string>;
  /** Leaves every file as it was before. */
  remove(): Promise<void>;
}

/** A checkout, and where what is written to it comes to lie. */
type CanaryPlace = Pick<GatePlace, 'root' | 'written'>;

/** The same place for writing, with its folder. */
async function placeIn({ root, written }: CanaryPlace, file: string): Promise<string> {
  // A folder may be a link to another one in there; in a folder of the same name it would be hidden.
  const folder = join(written, relative(root, await realpath(dirname(join(root, file)))));
  await mkdir(folder, { recursive: true });
  return join(folder, basename(file));
}

/** How many files are tried for a name that nothing has. */
const MAX_TRIES = 20;
/** A canary within each of these at most. */
const MAX_WITHIN = 100;

const newDraw = (): Draw => drawFrom(randomBytes(16));

function newPair(): Pair {
  const one = randomInt(2, 90);
  return [one, one + randomInt(1, 9)];
}

/** A plain test file as it lies there; null: it does not, or is a link. */
async function readNeighbour({ root }: CanaryPlace, file: string): Promise<Neighbour | null> {
  const path = join(root, file);
  const text = await readPlain(root, path);
  if (text === null) return null;
  return { name: basename(file), text, isModule: await isInModulePackage(root, dirname(path)) };
}

async function readPlain(root: string, path: string): Promise<string | null> {
  const info = await lstat(path).catch(() => null);
  if (info === null || !info.isFile() || !(await liesWithin(root, path))) return null;
  return readFile(path, 'utf8');
}

/** Whether the nearest `package.json`, from `folder` up to `root`, says `"type": "module"`. */
async function isInModulePackage(root: string, folder: string): Promise<boolean> {
  const text = await readPlain(root, join(folder, 'package.json'));
  if (text !== null) return /"type"\s*:\s*"module"/u.test(text);
  return folder !== root && folder !== dirname(folder) && (await isInModulePackage(root, dirname(folder)));
}

/** What the names are drawn from: tests that ran, else those that the file shows. */
function wordsAround(known: readonly KnownTest[], file: string, shown: string[][]): TestWords {
  const beside = known.filter((test) => test.file === file);
  const ran = (beside.length > 0 ? beside : known).map(({ name }) => name.split(' > '));
  return testWords(ran.length > 0 ? ran : shown);
}

/** Different names, none of which `text` has. */
function freeNames(count: number, text: string, draw: () => string): string[] {
  const names = new Set<string>();
  while (names.size < count) {
    const name = draw();
    if (!text.includes(name)) names.add(name);
  }
  return [...names];
}

/** Writes the canary beside an existing test file of the repository, in its naming and module system. */
export async function writeCanary(
  reporter: TestReporter,
  place: CanaryPlace,
  file: string,
  known: readonly KnownTest[] = [],
): Promise<Canary | null> {
  if (!['node', 'vitest', 'jest', 'mocha', 'go'].includes(reporter)) return null;
  const neighbour = await readNeighbour(place, file);
  if (neighbour === null) return null;
  const draw = newDraw();
  const isGo = reporter === 'go';
  const shown = isGo ? functionsIn(neighbour.text) : titlesIn(neighbour.text);
  const around = wordsAround(known, file, shown);
  const own = await freeSibling(place, file, () => drawSibling(neighbour.name, around, draw));
  if (own === null) return null;
  const { names, text } = isGo
    ? goTests(neighbour, around, draw)
    : javaScriptTests(reporter, neighbour, around, draw);
  const path = await placeIn(place, own);
  // 'wx' follows no link that somebody may have put there.
  await writeFile(path, text, { flag: 'wx' });
  return {
    files: [own],
    count: names.length,
    names,
    isNamed: (test) => names.includes(test.name),
    words: [...names.map(titleOf), basename(own)],
    remove: () => rm(path, { force: true }),
  };
}

interface DrawnTests {
  names: string[];
  text: string;
}

function goTests(neighbour: Neighbour, around: TestWords, draw: Draw): DrawnTests {
  const names = freeNames(goCount(neighbour), neighbour.text, () => {
    const like = around.titles[draw(Math.max(1, around.titles.length))]?.[0]?.split('/')[0] ?? '';
    return goName(like, drawWords(around, draw, 3));
  });
  return { names, text: goCanary(names, neighbour, newPair()) };
}

function javaScriptTests(
  reporter: TestReporter,
  neighbour: Neighbour,
  around: TestWords,
  draw: Draw,
): DrawnTests {
  const plain = drawPath(neighbour, around, draw);
  let asserting = drawPath(neighbour, around, draw);
  while (asserting.join() === plain.join()) asserting = drawPath(neighbour, around, draw);
  return {
    names: [plain, asserting].map((path) => path.join(' > ')),
    text: javaScriptCanary(reporter, [plain, asserting], neighbour, newPair()),
  };
}

/** Without the suites around it, as runners print it. */
const titleOf = (name: string): string => name.split(' > ').at(-1) ?? name;

/** Without suites around it one title says it all: to a filter it is the same. */
function drawPath(neighbour: Neighbour, around: TestWords, draw: Draw): string[] {
  const path = drawTitle(around, draw);
  return hasSuites(neighbour) ? path : [path.join(' ')];
}

async function freeSibling(
  { root, written }: CanaryPlace,
  file: string,
  draw: () => string,
): Promise<string | null> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const sibling = join(dirname(file), draw());
    const there = await Promise.all(
      [root, written].map((dir) => lstat(join(dir, sibling)).catch(() => null)),
    );
    if (there.every((info) => info === null)) return sibling;
  }
  return null;
}

/**
 * One at the end of each of these test files: what replaces assertions in the code under test does it in the programs
 * that load it. null: there is none, or this runner runs all files in one program.
 */
export async function appendCanaries(
  reporter: TestReporter,
  place: CanaryPlace,
  files: readonly string[],
  known: readonly KnownTest[],
): Promise<Canary | null> {
  if (!['node', 'vitest', 'jest'].includes(reporter)) return null;
  const within = new Map<string, string>();
  const removals: (() => Promise<void>)[] = [];
  const draw = newDraw();
  for (const file of files.slice(0, MAX_WITHIN)) {
    const neighbour = await readNeighbour(place, file);
    if (neighbour === null) continue;
    const around = wordsAround(known, file, titlesIn(neighbour.text));
    const path = drawPath(neighbour, around, draw);
    if (within.has(path.join(' > '))) continue;
    const [group = '', check = ''] = freeNames(2, neighbour.text, () => drawWords(around, draw, 2).join('_'));
    const target = await placeIn(place, file);
    const text = appendedCanary(reporter, path, neighbour, { pair: newPair(), words: [group, check] });
    await writeFile(target, text);
    within.set(path.join(' > '), file);
    removals.push(() => writeFile(target, neighbour.text));
  }
  if (within.size === 0) return null;
  return {
    files: [],
    count: 0,
    within,
    isNamed: ({ name }) => within.has(name),
    words: [...within.keys()].map(titleOf),
    remove: async () => {
      for (const remove of removals) await remove();
    },
  };
}

/** For runners that build a program of its own for each folder or file: whoever ends one of them ends no other's canary. */
export async function writeCanaries(
  reporter: TestReporter,
  place: CanaryPlace,
  neighbours: readonly string[],
  known: readonly KnownTest[] = [],
): Promise<Canary | null> {
  const canaries: Canary[] = [];
  for (const neighbour of neighbours) {
    const canary =
      reporter === 'cargo'
        ? await appendRustCanary(place, neighbour, known)
        : await writeCanary(reporter, place, neighbour, known);
    if (canary !== null) canaries.push(canary);
  }
  return joinCanaries(canaries);
}

/** The same for files that nobody knows to be run: where its tests run, the canary has to be red. */
export async function writeFreshCanaries(
  reporter: TestReporter,
  place: CanaryPlace,
  files: readonly string[],
  known: readonly KnownTest[],
): Promise<Canary | null> {
  const canaries: Canary[] = [];
  for (const file of files.slice(0, MAX_WITHIN)) {
    const canary = await writeCanaries(reporter, place, [file], known);
    if (canary === null) continue;
    const within = new Map((canary.names ?? []).map((name) => [name, file]));
    canaries.push({ ...canary, count: 0, within });
  }
  return joinCanaries(canaries);
}

/** null: there is none. */
export function joinCanaries(canaries: readonly Canary[]): Canary | null {
  const [first] = canaries;
  if (first === undefined || canaries.length === 1) return first ?? null;
  return {
    files: canaries.flatMap(({ files }) => files),
    count: canaries.reduce((sum, { count }) => sum + count, 0),
    within: new Map(canaries.flatMap(({ within }) => [...(within ?? [])])),
    isNamed: (test) => canaries.some((canary) => canary.isNamed(test)),
    words: canaries.flatMap(({ words }) => words),
    remove: async () => {
      for (const canary of canaries) await canary.remove();
    },
  };
}

/** A crate's tests are compiled into the file that they stand in, so its canary is put at that file's end for the run. */
async function appendRustCanary(
  place: CanaryPlace,
  file: string,
  known: readonly KnownTest[],
): Promise<Canary | null> {
  const neighbour = await readNeighbour(place, file);
  if (neighbour === null) return null;
  const draw = newDraw();
  const around = wordsAround(known, file, functionsIn(neighbour.text));
  const names = freeNames(RUST_COUNT, neighbour.text, () => {
    const like = around.titles[draw(Math.max(1, around.titles.length))]?.[0]?.split('::').at(-1) ?? '';
    return rustName(like, drawWords(around, draw, 3));
  });
  const path = await placeIn(place, file);
  await writeFile(path, rustCanary(names, neighbour, newPair()));
  return {
    files: [],
    count: names.length,
    names,
    isNamed: (test) => names.some((name) => test.name === name || test.name.endsWith(`::${name}`)),
    words: names,
    remove: () => writeFile(path, neighbour.text),
  };
}

/**
 * Writes the canary that the configuration has for this gate. Its test is known by the word that stands for
 * `{name}`, whether a report has that in the test's name, its class or its file. null: its folder is not there, or
 * something lies in its place.
 */
export async function writeConfiguredCanary(
  given: CanaryFile,
  place: CanaryPlace & { module: string },
  known: readonly KnownTest[] = [],
): Promise<Canary | null> {
  const word = drawWords(testWords(known.map(({ name }) => [name])), newDraw(), 4).join('');
  const file = join(place.module, given.file.replaceAll(CANARY_NAME, word));
  const there = join(place.root, file);
  if (!(await liesWithin(place.root, there)) || (await lstat(there).catch(() => null)) !== null) return null;
  const path = await placeIn(place, file);
  await writeFile(path, given.text.replaceAll(CANARY_NAME, word), { flag: 'wx' });
  return {
    files: [file],
    count: 1,
    isNamed: (test) => test.name.includes(word) || test.file.includes(word),
    words: [word],
    remove: () => rm(path, { force: true }),
  };
}
