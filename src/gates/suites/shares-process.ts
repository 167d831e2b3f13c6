/** Whether test files of one suite run in one process, so that code of one of them changes what others see. */
import { join } from 'node:path/posix';
import type { GateCommand, TestReporter } from '../../definitions/config.ts';

/** Whatever they are told. Who reports by JUnit may be any runner, and most keep to one process. */
const ALWAYS: ReadonlySet<TestReporter> = new Set<TestReporter>(['go', 'mocha', 'pytest', 'junit']);
const TOLD = /--(?:no-isolate|isolate[= ]false|(?:experimental-)?test-isolation[= ]none)\b/u;
const TOLD_IN_CONFIG = /\bisolate\s*:\s*false\b/u;
const VITEST_CONFIGS = ['vitest.config', 'vite.config', 'vitest.workspace'].flatMap((name) =>
  ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((ending) => `${name}.${ending}`),
);
/** What jest takes in place of packages without being asked. */
const MOCKS = /(?:^|\/)__mocks__\//u;

/** `brought`: paths that a change adds to the tests; `read`: the text of a file of the base's. */
export async function sharesProcess(
  gate: GateCommand,
  module: string,
  { brought, read }: { brought: readonly string[]; read: (path: string) => Promise<string | null> },
): Promise<boolean> {
  const { reporter } = gate;
  if (ALWAYS.has(reporter)) return true;
  if (reporter === 'jest') return brought.some((path) => MOCKS.test(path));
  if (reporter !== 'vitest' && reporter !== 'node') return false;
  if (TOLD.test(gate.command.join(' '))) return true;
  if (reporter === 'node') return false;
  const texts = await Promise.all(VITEST_CONFIGS.map((name) => read(join(module, name))));
  return texts.some((text) => text !== null && TOLD_IN_CONFIG.test(text));
}
