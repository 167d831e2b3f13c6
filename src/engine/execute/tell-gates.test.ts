import { afterEach, expect, it, vi } from 'vitest';
import type { DriverNote } from '../../drivers/driver.ts';
import { tellGates } from './tell-gates.ts';

afterEach(() => {
  vi.useRealTimers();
});

const gate = { repo: 'api', module: '.', limitMs: 1_800_000 };

it('names the gates that run, and says once a minute which of them takes long, and how long it may', () => {
  vi.useFakeTimers();
  const told: DriverNote[] = [];
  const take = (): DriverNote[] => told.splice(0);
  const teller = tellGates(
    (note) => told.push(note),
    () => performance.now(),
  );
  const testsEnded = teller.begins({ ...gate, gate: 'tests', command: ['node', '--test'] });
  const lintEnded = teller.begins({ ...gate, gate: 'lint', module: 'web', command: ['eslint', '.'] });
  expect(take()).toEqual([
    { kind: 'text', text: 'gates: tests of api' },
    { kind: 'text', text: 'gates: tests of api, lint of api/web' },
  ]);
  lintEnded();
  expect(take()).toEqual([{ kind: 'text', text: 'gates: tests of api' }]);
  vi.advanceTimersByTime(121_000);
  const long = (minutes: number): DriverNote => ({
    kind: 'wait',
    text: `the gate tests of api (\`node --test\`) has run for ${minutes} min; it may take 30 min`,
  });
  expect(take()).toEqual([long(1), long(2)]);
  testsEnded();
  vi.advanceTimersByTime(600_000);
  expect(take()).toEqual([]);
});

it('is silent once it is closed', () => {
  vi.useFakeTimers();
  const told: DriverNote[] = [];
  const teller = tellGates(
    (note) => told.push(note),
    () => performance.now(),
  );
  teller.begins({ ...gate, gate: 'tests', command: [] });
  teller[Symbol.dispose]();
  vi.advanceTimersByTime(600_000);
  expect(told.map(({ kind }) => kind)).toEqual(['text']);
});
