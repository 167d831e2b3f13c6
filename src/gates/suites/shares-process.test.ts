import { describe, expect, it } from 'vitest';
import type { TestReporter } from '../../definitions/config.ts';
import { gate } from '../testing/gates-rig.ts';
import { sharesProcess } from './shares-process.ts';

const asked = (
  reporter: TestReporter,
  command: string[] = ['run'],
  { brought = [], texts = {} }: { brought?: string[]; texts?: Record<string, string> } = {},
): Promise<boolean> =>
  sharesProcess(gate({ name: 'tests', kind: 'tests', reporter, command }), 'web', {
    brought,
    read: (path) => Promise.resolve(texts[path] ?? null),
  });

describe('whether test files of a suite share a process', () => {
  it.each(['go', 'mocha', 'pytest', 'junit'] as const)('%s does', async (reporter) => {
    expect(await asked(reporter)).toBe(true);
  });

  it.each(['node', 'vitest', 'jest', 'cargo', 'none'] as const)('%s does not by itself', async (reporter) => {
    expect(await asked(reporter)).toBe(false);
  });

  it('node:test and vitest do where their command says so', async () => {
    expect(await asked('node', ['node', '--test', '--test-isolation=none'])).toBe(true);
    expect(await asked('vitest', ['vitest', 'run', '--no-isolate'])).toBe(true);
  });

  it('vitest does where its configuration at the base says so', async () => {
    const config = (text: string) => ({ texts: { 'web/vitest.config.ts': text } });
    expect(await asked('vitest', ['vitest'], config('export default { test: { isolate: false } };'))).toBe(
      true,
    );
    expect(await asked('vitest', ['vitest'], config('export default { test: { isolate: true } };'))).toBe(
      false,
    );
  });

  it('jest counts as if it did where a change brings mocks, which it takes unasked', async () => {
    expect(await asked('jest', ['jest'], { brought: ['web/__mocks__/pg.js'] })).toBe(true);
  });
});
