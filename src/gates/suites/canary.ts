/**
 * The canary: a failing test of the engine's that every test run has to report as red. A runner that
 * was replaced, told to stop early or made deaf does not. Its names are random and look like those
 * around them, so that nothing can be prepared for it.
 */
import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative } from 'node:path';
import { CANARY_NAME, type CanaryFile, type TestReporter } from '../../definitions/config.ts';
import { liesWithin } from '../gate-scratch.ts';
import type { GatePlace } from '../run-gate-command.ts';
import type { NamedTest, TestReport } from './test-report.ts';

export interface Canary {
  /** The files that it has for itself, relative to the repository. */
  files: string[];
  /** How many tests of it have to be red: one for each program that a runner builds of tests. */
  count: number;
  /** Whether this is one of the tests that have to be red. */
  isNamed(test: NamedTest): boolean;
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

/** The runners that a canary can be written for. */
function takesCanary(reporter: TestReporter): boolean {
  return ['node', 'vitest', 'jest', 'mocha', 'go'].includes(reporter);
}

/** Writes the canary beside an existing test file of the repository, in its naming and module system. */
export async function writeCanary(
  reporter: TestReporter,
  place: CanaryPlace,
  neighbour: string,
): Promise<Canary | null> {
  const beside = join(place.root, neighbour);
  const info = await lstat(beside).catch(() => null);
  if (info === null || !info.isFile() || !takesCanary(reporter)) return null;
  const random = randomBytes(5).toString('hex');
  const name = reporter === 'go' ? `TestAnswersWith${random}` : `answers with ${random}`;
  const file = join(dirname(neighbour), siblingName(basename(neighbour), random));
  const path = await placeIn(place, file);
  // 'wx' follows no link that somebody may have put there.
  await writeFile(path, sourceOf(reporter, name, neighbour, await readFile(beside, 'utf8')), { flag: 'wx' });
  return {
    files: [file],
    count: 1,
    isNamed: (test) => test.name === name,
    remove: () => rm(path, { force: true }),
  };
}

/** For runners that build a program of its own for each folder or file: whoever ends one of them ends no other's canary. */
export async function writeCanaries(
  reporter: TestReporter,
  place: CanaryPlace,
  neighbours: readonly string[],
): Promise<Canary | null> {
  const canaries: Canary[] = [];
  for (const neighbour of neighbours) {
    const canary =
      reporter === 'cargo'
        ? await appendRustCanary(place, neighbour)
        : await writeCanary(reporter, place, neighbour);
    if (canary !== null) canaries.push(canary);
  }
  if (canaries.length === 0) return null;
  return {
    files: canaries.flatMap(({ files }) => files),
    count: canaries.length,
    isNamed: (test) => canaries.some((canary) => canary.isNamed(test)),
    remove: async () => {
      for (const canary of canaries) await canary.remove();
    },
  };
}

/** A crate's tests are compiled into the file that they stand in, so its canary is put at that file's end for the run. */
async function appendRustCanary(place: CanaryPlace, file: string): Promise<Canary | null> {
  const given = join(place.root, file);
  const info = await lstat(given).catch(() => null);
  if (info === null || !info.isFile() || !(await liesWithin(place.root, given))) return null;
  const before = await readFile(given);
  const path = await placeIn(place, file);
  const name = `answers_with_${randomBytes(5).toString('hex')}`;
  await writeFile(
    path,
    `${before.toString()}\n#[cfg(test)]\n#[test]\nfn ${name}() {\n    panic!("${name}");\n}\n`,
  );
  return {
    files: [],
    count: 1,
    isNamed: (test) => test.name === name || test.name.endsWith(`::${name}`),
    remove: () => writeFile(path, before),
  };
}

/**
 * Writes the canary that the configuration has for this gate. Its test is known by the random word that stands for
 * `{name}`, whether a report has that in the test's name, its class or its file. null: its folder is not there, or
 * something lies in its place.
 */
export async function writeConfiguredCanary(
  given: CanaryFile,
  place: CanaryPlace & { module: string },
): Promise<Canary | null> {
  const word = `k${randomBytes(5).toString('hex')}`;
  const file = join(place.module, given.file.replaceAll(CANARY_NAME, word));
  const there = join(place.root, file);
  if (!(await liesWithin(place.root, there)) || (await lstat(there).catch(() => null)) !== null) return null;
  const path = await placeIn(place, file);
  await writeFile(path, given.text.replaceAll(CANARY_NAME, word), { flag: 'wx' });
  return {
    files: [file],
    count: 1,
    isNamed: (test) => test.name.includes(word) || test.file.includes(word),
    remove: () => rm(path, { force: true }),
  };
}

/** Takes the canary out of a report and says whether it was reported red. */
export function takeOutCanary(report: TestReport, canary: Canary): { report: TestReport; red: boolean } {
  const isCanary = (test: NamedTest): boolean => canary.files.includes(test.file) || canary.isNamed(test);
  const named = report.tests.filter((test) => canary.isNamed(test));
  const red = named.length >= canary.count && named.every(({ status }) => status === 'failed');
  return {
    report: {
      tests: report.tests.filter((test) => !isCanary(test)),
      errors: report.errors.filter((error) => error.file === null || !canary.files.includes(error.file)),
      emptyFiles: report.emptyFiles.filter((file) => !canary.files.includes(file)),
    },
    red,
  };
}

/** `orders.test.ts` → `orders-1f….test.ts`, `test_orders.py` → `test_orders_1f….py`: the runner's pattern still fits. */
function siblingName(neighbour: string, random: string): string {
  const marker = /[._-](?:test|spec)s?\.[^.]+$/u.exec(neighbour);
  const at = marker?.index ?? neighbour.length - extname(neighbour).length;
  return `${neighbour.slice(0, at)}-${random}${neighbour.slice(at)}`;
}

function sourceOf(reporter: TestReporter, name: string, neighbour: string, around: string): string {
  const body = `test(${JSON.stringify(name)}, () => {\n  throw new Error(${JSON.stringify(name)});\n});\n`;
  if (reporter === 'go') return goSource(name, around);
  // Whatever its interface is, it puts one of them there.
  if (reporter === 'mocha')
    return `(globalThis.it ?? globalThis.test)(${JSON.stringify(name)}, () => {\n  throw new Error(${JSON.stringify(name)});\n});\n`;
  if (reporter === 'vitest') return `import { test } from 'vitest';\n${body}`;
  const module = reporter === 'node' ? 'node:test' : '@jest/globals';
  // jest knows `test` by itself; only who imports it may have turned that off.
  if (reporter === 'jest' && !around.includes('@jest/globals')) return body;
  return isEsm(neighbour, around)
    ? `import { test } from '${module}';\n${body}`
    : `const { test } = require('${module}');\n${body}`;
}

/** Of its neighbour's package, and built whenever that is. */
function goSource(name: string, around: string): string {
  const constraint = /^\/\/go:build .*$/m.exec(around)?.[0] ?? '';
  const clause = /^package\s+\w+/m.exec(around)?.[0] ?? 'package main';
  return `${constraint}\n\n${clause}\n\nimport "testing"\n\nfunc ${name}(t *testing.T) {\n\tt.Fatal("${name}")\n}\n`;
}

function isEsm(neighbour: string, around: string): boolean {
  const extension = extname(neighbour);
  if (extension.startsWith('.m')) return true;
  if (extension.startsWith('.c')) return false;
  return /^\s*(?:import\s*[\w{*'"]|export\s)/mu.test(around);
}
