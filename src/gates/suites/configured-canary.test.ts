/** The canary of a language that Baton has no runner for: a small Python runner that works and reports as pytest does. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { CanaryFile, GateCommand } from '../../definitions/config.ts';
import { writeFiles } from '../../workspace/temporary-repository.ts';
import { writeConfiguredCanary } from './canary.ts';
import { detectRepo } from '../detect/detect-repo.ts';
import { gate, openGatesRig, wholeRepo } from '../testing/gates-rig.ts';
import type { GatesRig } from '../testing/gates-rig.ts';

const hasPython = existsSync('/usr/bin/python3');
const why = hasPython ? '' : ' (skipped: python3 is not installed)';

const RUNNER = `
import importlib.util, pathlib, sys
from xml.sax.saxutils import quoteattr
cases, red = [], 0
for path in sorted(pathlib.Path('tests').rglob('test_*.py')):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in [name for name in vars(module) if name.startswith('test_')]:
        failure = ''
        try:
            getattr(module, name)()
        except Exception as error:
            red += 1
            failure = '<failure message=%s/>' % quoteattr(repr(error))
        owner = quoteattr('tests.' + path.stem)
        cases.append('<testcase classname=%s name=%s>%s</testcase>' % (owner, quoteattr(name), failure))
suite = '<testsuite name="pytest" tests="%d">%s</testsuite>' % (len(cases), ''.join(cases))
pathlib.Path(sys.argv[1]).write_text('<testsuites>%s</testsuites>' % suite)
sys.exit(1 if red else 0)
`;
const FILES = {
  'pyproject.toml': '[tool.pytest.ini_options]\n',
  'run_tests.py': RUNNER,
  'tests/test_orders.py': 'def test_adds():\n    assert 1 + 1 == 2\n',
};
const TESTS = gate({
  name: 'tests',
  kind: 'tests',
  command: ['python3', 'run_tests.py', '{report}'],
  reporter: 'junit',
  report: 'report.xml',
});

let rig: GatesRig | null = null;
let dir = '';
afterEach(() => {
  rig?.[Symbol.dispose]();
  rig = null;
  if (dir !== '') rmSync(dir, { recursive: true, force: true });
  dir = '';
});

/** The canary that a repository with these files gets by itself. */
async function detectedCanary(): Promise<CanaryFile> {
  dir = mkdtempSync(join(tmpdir(), 'baton-canary-'));
  writeFiles(dir, FILES);
  const gates = (await detectRepo(dir)).config.modules.flatMap((module) => module.gates);
  const canary = gates.find((found) => found.reporter === 'pytest')?.canary;
  if (canary === undefined) throw new Error('no canary was detected');
  return canary;
}

async function openWith(tests: GateCommand): Promise<GatesRig> {
  rig = await openGatesRig({ service: FILES }, { service: wholeRepo(tests) });
  return rig;
}

describe.skipIf(!hasPython)(`the canary of a gate with JUnit reports${why}`, () => {
  it('PRIV-6: is red, counted nowhere and gone afterwards, with the text that detection writes for pytest', async () => {
    const { run, git, change } = await openWith({ ...TESTS, canary: await detectedCanary() });
    expect((await run(git.base)).of('tests')).toMatchObject({
      status: 'pass',
      summary: '1 passed',
      tests: { total: 1, failed: 0, canary: 'red' },
      findings: [],
    });
    const more = 'def test_fails():\n    assert False, "on purpose"\n';
    const red = await run(await change(git.base, { 'service/tests/test_more.py': more }));
    expect(red.of('tests').findings.map((finding) => finding.problem)).toEqual([
      expect.stringContaining('The new test `test_fails` fails'),
    ]);
  });

  it('PRIV-6: shows a runner that reports every test as green', async () => {
    const { run, git, change } = await openWith({ ...TESTS, canary: await detectedCanary() });
    const deaf = RUNNER.replace('red += 1', 'pass').replace(/failure = '<fail.*$/m, 'pass');
    const tests = (await run(await change(git.base, { 'service/run_tests.py': deaf }))).of('tests');
    expect(tests).toMatchObject({ status: 'fail', tests: { passed: 1, canary: 'not_red' } });
    expect(tests.findings[0]?.problem).toContain('would not notice a red test');
  });

  it('PRIV-6: is missed where somebody took its place', async () => {
    const canary = { file: 'tests/test_watch.py', text: 'def test_{name}():\n    assert False\n' };
    const { run, git, change } = await openWith({ ...TESTS, canary });
    const taken = await change(git.base, { 'service/tests/test_watch.py': '' });
    const tests = (await run(taken)).of('tests');
    expect(tests).toMatchObject({ status: 'fail', summary: '1 passed, canary: none' });
    expect(tests.findings[0]?.problem).toContain('here no place was found for it');
  });

  it('is said to be none where the configuration has none', async () => {
    const { run, git } = await openWith(TESTS);
    expect((await run(git.base)).of('tests')).toMatchObject({
      status: 'pass',
      summary: '1 passed, canary: none',
      tests: { canary: 'none' },
    });
  });
});

describe('a configured canary', () => {
  it('GIT-8: is written through no link that leads out of the checkout', async () => {
    dir = mkdtempSync(join(tmpdir(), 'baton-canary-'));
    const [root, outside] = [join(dir, 'checkout'), join(dir, 'outside')];
    for (const folder of [root, outside]) mkdirSync(folder);
    symlinkSync(outside, join(root, 'tests'));
    const canary = { file: 'tests/test_{name}.py', text: '{name}' };
    expect(await writeConfiguredCanary(canary, { root, written: root, module: '.' })).toBeNull();
    expect(readdirSync(outside)).toEqual([]);
  });
});
