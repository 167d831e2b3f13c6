/**
 * The canary: a failing test of the engine's that every test run has to report as red. A runner that
 * was replaced, told to stop early or made deaf does not. Its names are random and look like those
 * around them, so that nothing can be prepared for it.
 */
import { randomBytes } from 'node:crypto';
import { lstat, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { CANARY_NAME, type CanaryFile, type TestReporter } from '../../definitions/config.ts';
import { liesWithin } from '../gate-scratch.ts';
import type { NamedTest, TestReport } from './test-report.ts';

export interface Canary {
  /** Its file, relative to the repository. */
  file: string;
  /** Whether this is the test that has to be red. */
  isNamed(test: NamedTest): boolean;
  /** Removes the file again. */
  remove(): Promise<void>;
}

/** The runners that a canary can be written for. */
function takesCanary(reporter: TestReporter): boolean {
  return reporter === 'node' || reporter === 'vitest' || reporter === 'jest';
}

/** Writes the canary beside an existing test file of the repository, in its naming and module system. */
export async function writeCanary(
  reporter: TestReporter,
  root: string,
  neighbour: string,
): Promise<Canary | null> {
  const beside = join(root, neighbour);
  const info = await lstat(beside).catch(() => null);
  if (info === null || !info.isFile() || !takesCanary(reporter)) return null;
  const random = randomBytes(5).toString('hex');
  const name = `answers with ${random}`;
  const file = join(dirname(neighbour), siblingName(basename(neighbour), random));
  // 'wx' follows no link that somebody may have put there.
  await writeFile(join(root, file), sourceOf(reporter, name, neighbour, await readFile(beside, 'utf8')), {
    flag: 'wx',
  });
  return {
    file,
    isNamed: (test) => test.name === name,
    remove: () => rm(join(root, file), { force: true }),
  };
}

/**
 * Writes the canary that the configuration has for this gate. Its test is known by the random word that stands for
 * `{name}`, whether a report has that in the test's name, its class or its file. null: its folder is not there, or
 * something lies in its place.
 */
export async function writeConfiguredCanary(
  given: CanaryFile,
  place: { root: string; module: string },
): Promise<Canary | null> {
  const word = `k${randomBytes(5).toString('hex')}`;
  const file = join(place.module, given.file.replaceAll(CANARY_NAME, word));
  const path = join(place.root, file);
  if (!(await liesWithin(place.root, path)) || (await lstat(path).catch(() => null)) !== null) return null;
  await writeFile(path, given.text.replaceAll(CANARY_NAME, word), { flag: 'wx' });
  return {
    file,
    isNamed: (test) => test.name.includes(word) || test.file.includes(word),
    remove: () => rm(path, { force: true }),
  };
}

/** Takes the canary out of a report and says whether it was reported red. */
export function takeOutCanary(report: TestReport, canary: Canary): { report: TestReport; red: boolean } {
  const isCanary = (test: NamedTest): boolean => test.file === canary.file || canary.isNamed(test);
  const red = report.tests.some((test) => canary.isNamed(test) && test.status === 'failed');
  return {
    report: {
      tests: report.tests.filter((test) => !isCanary(test)),
      errors: report.errors.filter((error) => error.file !== canary.file),
      emptyFiles: report.emptyFiles.filter((file) => file !== canary.file),
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
  if (reporter === 'vitest') return `import { test } from 'vitest';\n${body}`;
  const module = reporter === 'node' ? 'node:test' : '@jest/globals';
  // jest knows `test` by itself; only who imports it may have turned that off.
  if (reporter === 'jest' && !around.includes('@jest/globals')) return body;
  return isEsm(neighbour, around)
    ? `import { test } from '${module}';\n${body}`
    : `const { test } = require('${module}');\n${body}`;
}

function isEsm(neighbour: string, around: string): boolean {
  const extension = extname(neighbour);
  if (extension.startsWith('.m')) return true;
  if (extension.startsWith('.c')) return false;
  return /^\s*(?:import\s*[\w{*'"]|export\s)/mu.test(around);
}
