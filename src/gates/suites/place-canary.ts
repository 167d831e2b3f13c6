/** Where the canary of a run is put: beside what is known to run, and within what the change brings. */
import { existsSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import type { GateCommand } from '../../definitions/config.ts';
import {
  appendCanaries,
  joinCanaries,
  writeCanaries,
  writeCanary,
  writeConfiguredCanary,
  writeFreshCanaries,
  type Canary,
  type KnownTest,
} from './canary.ts';
import type { GatePlace } from '../run-gate-command.ts';
import { isPytestFile, pytestCanary } from './pytest-canary.ts';
import { startsOnce } from './starts-once.ts';
import { findTestFiles } from './test-files.ts';

/** What a gate is known to run, to put the canary beside. */
export interface KnownSuite {
  tests: readonly KnownTest[];
  /** Test files within which a canary has to be red; `first`: all that are named as tests, to see where it is. */
  watch: readonly string[] | 'first';
  /** Files that the change filled: tests among them that nobody ran are watched, too. */
  filled: readonly string[];
}

export const NOTHING_KNOWN: KnownSuite = { tests: [], watch: [], filled: [] };
/** `orders.test.ts`: nobody else loads such a file. */
const ENTRY = /[._-](?:test|spec)s?\.[cm]?[jt]sx?$/u;

/** null: nothing of the kind can be put there. */
export async function placeCanary(
  gate: GateCommand,
  place: GatePlace,
  { tests, watch, filled }: KnownSuite,
): Promise<Canary | null> {
  if (gate.canary !== undefined) return writeConfiguredCanary(gate.canary, place, tests);
  const { reporter } = gate;
  const known = [...new Set(tests.map(({ file }) => file))];
  const prefix = place.module === '.' ? '' : `${place.module}/`;
  const fresh = filled.filter((file) => file.startsWith(prefix) && !known.includes(file));
  const inPrograms = async (run: readonly string[], brought: readonly string[]): Promise<Canary | null> => {
    const certain = await writeCanaries(reporter, place, run, tests);
    const more = await writeFreshCanaries(reporter, place, brought, tests);
    return joinCanaries([certain, more].filter((each) => each !== null));
  };
  if (reporter === 'go') {
    const neighbours = await goNeighbours(place, known);
    return inPrograms(neighbours, freshPackages(fresh, [...known, ...neighbours]));
  }
  if (reporter === 'cargo') {
    const roots = await cargoRoots(place, known);
    return inPrograms(
      roots,
      fresh.filter((file) => isCargoTest(file) && !roots.includes(file)),
    );
  }
  const found = (await findTestFiles(join(place.root, place.module))).map((file) => `${prefix}${file}`);
  if (reporter === 'pytest') {
    const beside = [...known.filter((file) => found.includes(file)), ...found].find(isPytestFile);
    if (beside === undefined) return null;
    return writeConfiguredCanary(pytestCanary(posix.relative(place.module, beside)), place, tests);
  }
  const within = await filesWithin(gate, place, { found, known, watch, fresh });
  for (const neighbour of [...known.filter((file) => found.includes(file)), ...found.slice(0, 1)]) {
    const canary = await writeCanary(reporter, place, neighbour, tests);
    if (canary === null) continue;
    const appended = await appendCanaries(reporter, place, within, tests);
    return joinCanaries([canary, ...(appended === null ? [] : [appended])]);
  }
  return null;
}

/**
 * Test files at whose end a canary stands. Where those within files are red at the base, or nothing was there to try them in,
 * they are so in new files, too: these come first, as not every file of a large suite has room for one.
 */
async function filesWithin(
  gate: GateCommand,
  place: GatePlace,
  {
    found,
    known,
    watch,
    fresh,
  }: { found: readonly string[]; known: readonly string[]; fresh: readonly string[] } & Pick<
    KnownSuite,
    'watch'
  >,
): Promise<readonly string[]> {
  const entries = (watch === 'first' ? found : fresh).filter((file) => ENTRY.test(file));
  if (watch === 'first') return (await startsOnce(gate, place)) ? entries : [];
  const isTried = known.length === 0 ? await startsOnce(gate, place) : watch.length > 0;
  return isTried ? [...new Set([...entries, ...watch])] : watch;
}

/** One test file of each package that the change brings. */
function freshPackages(files: readonly string[], known: readonly string[]): string[] {
  const folders = new Set(known.map((file) => dirname(file)));
  const tests = files.filter((file) => file.endsWith('_test.go') && !folders.has(dirname(file)));
  return [...new Map(tests.map((file) => [dirname(file), file])).values()];
}

/** A file that is a program of tests of its own. */
const isCargoTest = (file: string): boolean => /(?:^|\/)tests\/[^/]+\.rs$/.test(file);

/** One test file of each package that is known to run; of a suite that nobody ran yet, of the first. */
async function goNeighbours(place: GatePlace, known: string[]): Promise<string[]> {
  const tests = known.filter((file) => file.endsWith('_test.go'));
  const first = new Map(tests.toReversed().map((file) => [dirname(file), file]));
  if (first.size > 0) return [...first.values()];
  const found = await findTestFiles(join(place.root, place.module));
  return found
    .filter((file) => file.endsWith('_test.go'))
    .slice(0, 1)
    .map((file) => join(place.module, file));
}

/** The files that programs of tests are built from and are known to run; of a suite that nobody ran yet, the crate's own. */
async function cargoRoots(place: GatePlace, known: string[]): Promise<string[]> {
  const roots = ['src/lib.rs', 'src/main.rs'].map((file) => join(place.module, file));
  const tests = known.filter((file) => roots.includes(file) || isCargoTest(file));
  if (tests.length > 0) return tests;
  return roots.filter((file) => existsSync(join(place.root, file))).slice(0, 1);
}
