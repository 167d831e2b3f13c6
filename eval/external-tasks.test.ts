/** Tasks from folders: what a good one looks like, and what is said of one that is not. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeTasks, missingRunners } from './built-in-tasks.ts';
import { readTasks, writeExample } from './external-tasks.ts';
import { faultsOn } from './faults/draw.ts';
import type { EvalTask } from './tasks.ts';
import { openVerdictCheckout } from './verdict.ts';

let dir = '';
let task: EvalTask;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-eval-'));
  const found = makeTasks(['node-http'], join(dir, 'made')).find(({ id }) => id === 'node-http/quote');
  if (found === undefined) throw new Error('the task is gone');
  task = found;
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const read = (): EvalTask[] => readTasks(join(dir, 'tasks'), join(dir, 'work'));
const inTask = (name: string): string => join(dir, 'tasks', 'node-http-quote', name);

it('reads the example that it writes as the task that it was, with the same faults', async () => {
  mkdirSync(join(dir, 'work'));
  writeExample(task, join(dir, 'tasks'));
  const [back] = read();
  if (back === undefined) throw new Error('there is none');
  const { gold, before, tests, acceptance, prompt, runner, wiring } = back;
  expect({ gold, before, tests, acceptance, prompt, runner, wiring }).toEqual({
    gold: task.gold,
    before: task.before,
    tests: task.tests,
    acceptance: task.acceptance,
    prompt: task.prompt,
    runner: 'node',
    wiring: task.wiring,
  });
  const what = (of: EvalTask): string[] => faultsOn(of).map((fault) => fault.what);
  expect(what(back)).toEqual(what(task));
  const { judge } = await openVerdictCheckout(back, join(dir, 'verdict'));
  expect(await judge(tests)).toMatchObject({ accepted: false });
});

it.each([
  ['pytest -q', 'pytest'],
  ['python3 -m pytest tests', 'pytest'],
  ['npx mocha test', 'mocha'],
  ['cargo test --offline', 'cargo'],
  ['cargo +stable test', 'cargo'],
  ['go test ./...', 'go'],
  ['npx jest', 'jest'],
  ['vitest run', 'vitest'],
  ['make check', 'unknown'],
])('knows by the words of `%s` that %s runs', (command, runner) => {
  mkdirSync(join(dir, 'work'));
  writeExample(task, join(dir, 'tasks'));
  const file = { prompt: 'x', test: command, acceptance: 'true' };
  writeFileSync(inTask('task.json'), JSON.stringify(file));
  expect(read()[0]?.runner).toBe(runner);
});

it.each(
  [
    { project: 'plain-mocha', runner: 'mocha' },
    { project: 'plain-pytest', runner: 'pytest' },
    { project: 'plain-cargo', runner: 'cargo' },
  ].filter(({ project }) => missingRunners([project]).length === 0),
)(
  'reads a task of $project, and its hidden tests accept the good change alone',
  async ({ project, runner }) => {
    const [made] = makeTasks([project], join(dir, 'others'));
    if (made === undefined) throw new Error('the task is gone');
    mkdirSync(join(dir, 'work'));
    writeExample(made, join(dir, 'tasks'));
    const [back] = read();
    if (back === undefined) throw new Error('there is none');
    expect(back.runner).toBe(runner);
    expect(back.config.modules[0]?.gates).toContainEqual(expect.objectContaining({ reporter: runner }));
    const { judge } = await openVerdictCheckout(back, join(dir, 'verdict'));
    expect(await judge({ ...back.gold, ...back.tests })).toMatchObject({ accepted: true });
    expect(await judge(back.tests)).toMatchObject({ accepted: false });
  },
);

it.each([
  ['a part that is missing', () => rmSync(inTask('gold.patch')), 'gold.patch is not there'],
  [
    'a repository that is none',
    () => rmSync(inTask('repo/.git'), { recursive: true }),
    'repo is no git repository',
  ],
  [
    'a patch for something else',
    () => writeFileSync(inTask('tests.patch'), 'nonsense\n'),
    'tests.patch does not apply',
  ],
  ['a file that is no JSON', () => writeFileSync(inTask('task.json'), '{'), 'task.json is no JSON'],
  [
    'a command that is missing',
    () => writeFileSync(inTask('task.json'), JSON.stringify({ prompt: 'x', acceptance: 'true' })),
    'task.json: test ',
  ],
  [
    'wiring that the change does not have',
    () =>
      writeFileSync(
        inTask('task.json'),
        JSON.stringify({ prompt: 'x', test: 'x', acceptance: 'x', wiring: ['no.ts'] }),
      ),
    'names no.ts under `wiring`',
  ],
])('says of %s what it is, where, and what a task looks like', (_what, spoil, words) => {
  mkdirSync(join(dir, 'work'));
  writeExample(task, join(dir, 'tasks'));
  spoil();
  expect(read).toThrow(expect.objectContaining({ code: 'E_USAGE', message: expect.stringContaining(words) }));
});

it('says where there are no tasks at all', () => {
  expect(read).toThrow(`There are no tasks in ${join(dir, 'tasks')}.`);
});
