/** The gate in a pass over Go and Python, with the real toolchains where the machine has them. */
import { runsHere } from '../testing/system-programs.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { openWall } from '../../workspace/wall/open-wall.ts';
import { gate, openGatesRig, wholeRepo, type GatesRig } from '../testing/gates-rig.ts';

const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const EXECUTED = gate({ name: 'executed', kind: 'executed', command: [], set: 'full' });

let rig: GatesRig;
afterEach(() => rig[Symbol.dispose]());

const missing = (program: string, args: string[]): string | null =>
  runsHere(program, ...args) ? null : `${program} ${args.join(' ')} does not run here`;
const noGo = missing('go', ['version']);
const noPytest = missing('/usr/bin/python3', ['-m', 'pytest', '--version']);

const look = async (files: Record<string, string>) => {
  const inRepo = Object.entries(files).map(([path, text]) => [`service/${path}`, text]);
  const pass = await rig.run(await rig.change(rig.git.base, Object.fromEntries(inRepo)), { wall });
  return pass.of('executed');
};
const places = ({
  findings,
}: {
  findings: { file: string | null; line: number | null; blocking: boolean }[];
}) => findings.map(({ file, line, blocking }) => [file, line, blocking]);

describe.skipIf(noGo !== null)(noGo === null ? 'go test' : `go test (${noGo})`, () => {
  const GO = `package orders

func Add(a, b int) int { return a + b }

func List() []int {
	return nil
}
`;
  const test = (body: string): string =>
    `package orders\n\nimport "testing"\n\nfunc TestAll(t *testing.T) {\n${body}\n}\n`;

  it('names what no test of any package runs, and stops the change', async () => {
    const tests = gate({ name: 'tests', kind: 'tests', command: ['go', 'test', './...'], reporter: 'go' });
    const base = {
      'go.mod': 'module example.com/service\n\ngo 1.19\n',
      'orders/orders.go': 'package orders\n',
      'orders/orders_test.go': test(''),
    };
    rig = await openGatesRig({ service: base }, { service: wholeRepo(tests, EXECUTED) });
    const main = 'package main\n\nfunc main() {\n\tprintln("x")\n}\n';
    const some = await look({
      'orders/orders.go': GO,
      'orders/orders_test.go': test('\t_ = Add(1, 1)'),
      'cmd/main.go': main,
    });
    expect(some).toMatchObject({
      status: 'fail',
      summary: '1 of 3 changed functions of Go are run by tests',
    });
    // Go's own counts say nothing of a program that a test would start.
    expect(places(some)).toEqual([
      ['orders/orders.go', 5, true],
      ['cmd/main.go', 3, false],
    ]);
    const whole = await look({
      'orders/orders.go': GO,
      'orders/orders_test.go': test('\t_ = Add(1, len(List()))'),
    });
    expect(whole).toMatchObject({ status: 'pass', findings: [] });
  });
});

describe.skipIf(noPytest !== null)(noPytest === null ? 'pytest' : `pytest (${noPytest})`, () => {
  const PYTHON = `import functools


@functools.lru_cache
def add(one, two):
    return one + two


def total():
    return 3


def listed():
    return []
`;
  const tests = gate({
    name: 'tests',
    kind: 'tests',
    command: ['python3', '-m', 'pytest', '-q'],
    reporter: 'pytest',
  });
  const open = async (): Promise<void> => {
    const base = { 'orders.py': '', 'test_orders.py': 'def test_all():\n    assert 1 + 1 == 2\n' };
    rig = await openGatesRig({ service: base }, { service: wholeRepo(tests, EXECUTED) });
  };

  it('names what no test runs, and sees what a program ran that a test ends', async () => {
    await open();
    const some = await look({
      'orders.py': PYTHON,
      'serve.py':
        'import orders, sys, time\n\norders.total()\nprint("ready", flush=True)\nsys.stdin.read()\n',
      'test_orders.py': `import subprocess, sys

import orders


def test_all():
    assert orders.add(1, 1) == 2
    child = subprocess.Popen([sys.executable, "serve.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout.readline() == b"ready\\n"
    child.terminate()
    child.wait()
`,
    });
    expect(some).toMatchObject({
      status: 'fail',
      summary: '2 of 3 changed functions of Python are run by tests',
    });
    expect(places(some)).toEqual([['orders.py', 13, true]]);
  });

  it('stops nothing where a process left no trace', async () => {
    await open();
    const some = await look({
      'orders.py': PYTHON,
      'test_orders.py': `import os

import orders


def test_all():
    if os.fork() == 0:
        os._exit(0)
    os.wait()
    assert orders.add(1, orders.total()) == 4
`,
    });
    expect(some.summary).toBe(
      '2 of 3 changed functions of Python are run by tests, 1 processes left no trace, so that nothing stops the change',
    );
    expect(places(some)).toEqual([['orders.py', 13, false]]);
  });

  it('holds no more of what tests write there than fits', async () => {
    await open();
    const some = await look({
      'orders.py': PYTHON,
      'test_orders.py': `import json, os

import orders


def test_all():
    folder = os.environ["PYTHONPATH"].split(":")[0]
    with open(os.path.join(folder, "called-1.json"), "w") as file:
        file.write(json.dumps([[os.path.join(os.getcwd(), "orders.py"), 13, "listed"]]))
        file.write(" " * 65 * 1024 * 1024)
    assert orders.add(1, orders.total()) == 4
`,
    });
    expect(places(some)).toEqual([['orders.py', 13, true]]);
  });
});
