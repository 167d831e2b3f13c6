import { expect, it } from 'vitest';
import { gatesAtOnce, machineHere } from './gates-at-once.ts';

const GIB = 1024 ** 3;

it.each([
  ['one for each core, and one more that only computes', { cores: 4, memory: 32 * GIB, limit: 0 }, 4, 5],
  ['no more than there is memory for', { cores: 16, memory: 6 * GIB, limit: 0 }, 3, 3],
  ['no more than a container may use', { cores: 16, memory: 64 * GIB, limit: 4 * GIB }, 2, 2],
  ['none more where memory ends with the cores', { cores: 2, memory: 4 * GIB, limit: 0 }, 2, 2],
  ['at least one', { cores: 2, memory: GIB, limit: 0 }, 1, 1],
  ['what the machine has, where the limit is no limit', { cores: 2, memory: 8 * GIB, limit: 2 ** 63 }, 2, 3],
])('gates at a time: %s', (_, machine, steady, all) => {
  expect(gatesAtOnce(machine)).toEqual({ steady, all });
});

it('are counted from the machine that it runs on', () => {
  const here = machineHere();
  expect(here.cores).toBeGreaterThan(0);
  expect(here.memory).toBeGreaterThan(0);
  expect(gatesAtOnce(here).steady).toBeLessThanOrEqual(here.cores);
});
