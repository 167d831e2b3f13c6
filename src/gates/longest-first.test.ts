import { expect, it } from 'vitest';
import { createGateTimes } from './longest-first.ts';
import type { GateJob } from './repo-order.ts';
import { gate } from './testing/gates-rig.ts';

const job = (
  name: string,
  more: Partial<GateJob> & { kind?: 'lint' | 'tests'; serial?: boolean } = {},
): GateJob => ({
  module: { path: '.', setup: null, gates: [] },
  gate: gate({ name, kind: more.kind ?? 'lint', command: ['true'], serial: more.serial ?? false }),
  key: name,
  stored: more.stored ?? null,
});
const isSerial = ({ gate: { serial } }: GateJob): boolean => serial === true;
const kept: GateJob['stored'] = {
  status: 'pass',
  summary: '',
  tests: null,
  drafts: [],
  log: '',
  durationMs: 9,
};

it('begins with tests as long as nothing is known, and keeps the given order beside them', () => {
  const jobs = [job('build'), job('types'), job('tests', { kind: 'tests' })];
  const names = createGateTimes().sort('api', jobs, isSerial);
  expect(names.map(({ gate: { name } }) => name)).toEqual(['tests', 'build', 'types']);
});

it('begins with what took longest the last time, in this repository and module', () => {
  const jobs = [job('build'), job('types'), job('tests', { kind: 'tests' })];
  const times = createGateTimes();
  for (const [at, ms] of [3, 9, 6].entries()) times.note('api', jobs[at] ?? job(''), ms);
  const order = (repo: string): string[] =>
    times.sort(repo, jobs, isSerial).map(({ gate: { name } }) => name);
  expect(order('api')).toEqual(['types', 'tests', 'build']);
  expect(order('web')).toEqual(['tests', 'build', 'types']);
  times.note('api', jobs[1] ?? job(''), 1);
  expect(order('api')).toEqual(['tests', 'build', 'types']);
});

it('takes no time for a result that is kept, and what runs alone begins last', () => {
  const jobs = [
    job('alone', { kind: 'tests', serial: true }),
    job('kept', { kind: 'tests', stored: kept }),
    job('tests', { kind: 'tests' }),
    job('lint'),
  ];
  const names = createGateTimes().sort('api', jobs, isSerial);
  expect(names.map(({ gate: { name } }) => name)).toEqual(['tests', 'kept', 'lint', 'alone']);
});
