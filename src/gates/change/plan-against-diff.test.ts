import { afterEach, describe, expect, it } from 'vitest';
import type { PlannedFiles } from '../../core/plan/planned-files.ts';
import type { Finding } from '../../core/results.ts';
import { openGatesRig, type GatesRig } from '../testing/gates-rig.ts';

let rig: GatesRig;
afterEach(() => rig?.[Symbol.dispose]());

const BASE = {
  'src/app.ts': '1\n',
  'src/routes.ts': '1\n',
  'src/orders/index.ts': '1\n',
  'lib/a.ts': '1\n',
};

async function look(
  scopes: string[],
  files: Record<string, string | null>,
  more: Partial<PlannedFiles> = {},
) {
  rig = await openGatesRig({ service: BASE, other: { 'a.txt': '1\n' } }, {});
  const inRepo = Object.entries(files).map(([path, text]) => [`service/${path}`, text]);
  const revision = await rig.change(rig.git.base, Object.fromEntries(inRepo));
  const tasks = [{ task: 'wire', step: 'build/tasks-wire', blocking: true, scopes }];
  const plan = { tasks, expected: null, requirements: [], answered: [], ...more };
  return (await rig.run(revision, { plan })).of('hygiene').findings;
}

const short = (found: Finding[]): unknown[] =>
  found.map(({ blocking, file, owner }) => [blocking, file, owner]);

describe('a change against its plan', () => {
  it.each([['src/routes.ts'], ['./src/routes.ts'], ['service/src/routes.ts']])(
    'is stopped where the plan names %s and nothing of it changed, and its task answers for it',
    async (scope) => {
      const found = await look([scope, 'src/app.ts'], { 'src/app.ts': '2\n' });
      expect(short(found)).toEqual([[true, 'src/routes.ts', 'build/tasks-wire']]);
      expect(found[0]?.problem).toBe(
        'The plan says of the task wire that src/routes.ts changes, and it did not.',
      );
    },
  );

  it('is not stopped by what the plan names as a folder or by a pattern, by what went, nor by a task that holds nobody back', async () => {
    const scopes = ['src/orders', 'src/orders/', 'lib/**', '@tests', '!src/app.ts', 'src/routes.ts'];
    expect(await look(scopes, { 'src/routes.ts': null })).toEqual([]);
    const tasks = [{ task: 'wire', step: 'a/b', blocking: false, scopes: ['src/app.ts'] }];
    expect(short(await look([], { 'src/routes.ts': '2\n' }, { tasks }))).toEqual([
      [false, 'src/app.ts', 'a/b'],
    ]);
  });

  it('is shown where a file should come to be and has another name', async () => {
    const found = await look(['src/orders/service.ts'], { 'src/orders/order-service.ts': '1\n' });
    expect(short(found)).toEqual([[false, 'src/orders/service.ts', 'build/tasks-wire']]);
  });

  it('is not stopped again by what its author gave a reason for', async () => {
    const [found] = await look(['src/routes.ts'], { 'src/app.ts': '2\n' });
    const answered = [found?.fingerprint ?? ''];
    const again = await look(['src/routes.ts'], { 'src/app.ts': '2\n' }, { answered });
    expect(short(again)).toEqual([[false, 'src/routes.ts', 'build/tasks-wire']]);
    expect(again[0]?.problem).toContain('the reviewer should see why');
  });

  const built = (id: string, ...places: string[][]): PlannedFiles['requirements'][number] => ({
    id,
    text: `orders can be ${id}`,
    tasks: places.map((scopes, at) => ({ task: `t${at}`, step: `build/t${at}`, blocking: true, scopes })),
  });
  const text = (found: Finding[]): unknown[] =>
    found.map(({ blocking, severity, owner, problem }) => [blocking, severity, owner, problem]);

  it('is stopped where nothing changed in any place of the tasks that were to build a requirement', async () => {
    const requirements = [built('F1', ['src/orders/**'], ['lib/']), built('F2', ['src/app.ts'])];
    const found = await look([], { 'src/app.ts': '2\n' }, { requirements });
    const problem =
      'The plan says that the tasks t0, t1 build F1 (orders can be F1), and nothing changed in src/orders/**, lib/.';
    expect(text(found)).toEqual([[true, 'major', 'build/t1', problem]]);
    rig[Symbol.dispose]();
    const answered = [found[0]?.fingerprint ?? ''];
    const again = await look([], { 'src/app.ts': '2\n' }, { requirements, answered });
    expect(again).toMatchObject([{ blocking: false }]);
    rig[Symbol.dispose]();
    expect(await look([], { 'lib/b.ts': '1\n', 'src/app.ts': '2\n' }, { requirements })).toEqual([]);
  });

  it('is not stopped by a requirement whose task may change anything, and shows one that no task names', async () => {
    const requirements = [built('F1', []), built('F2', ['!lib/**']), built('F3')];
    expect(text(await look([], { 'src/app.ts': '2\n' }, { requirements }))).toEqual([
      [false, 'minor', null, 'No task of the plan names F3 (orders can be F3), as others are named.'],
    ]);
  });

  it.each([
    ['lib/b.ts', 'major'],
    ['src/other.ts', 'minor'],
  ])('asks the reviewer about %s, which nobody planned', async (path, severity) => {
    const expected = ['src/orders/**', 'src/app.ts'];
    const files = { [path]: '1\n', 'src/orders/a.ts': '1\n', 'src/app.ts': '2\n' };
    const found = await look([], files, { expected });
    expect(found).toMatchObject([{ severity, blocking: false }]);
    expect(found[0]?.problem).toContain(`The plan names no place of service/${path}`);
  });

  it('asks nothing about tests, documents and manifests, which follow their sources', async () => {
    const files = { 'lib/a.test.ts': '1\n', 'docs/a.md': '1\n', 'package.json': '{}\n', 'go.sum': '' };
    expect(await look([], files, { expected: ['src/**'] })).toEqual([]);
  });
});
