/** The cheats in the runners that a machine has or has not: Go and pytest. */
import { gate } from '../../src/gates/testing/gates-rig.ts';
import { NO_INVERSION, type Runner } from './cheat-table.ts';
import { greenReport, SHELL_LEAVE_CHILD } from '../../src/demo/rehearse/report-overwriter.ts';

export const NO_FOCUS = 'no test file can say that only some of its tests run';
export const SYSTEM_RUNNER = 'the runner is a program of the system, which no change reaches';

const GO_SOURCE = (sum: string, more = ''): string =>
  `package orders\n${more}\nfunc Add(a, b int) int { return ${sum} }\n\nfunc Sub(a, b int) int { return a - b }\n`;
const GO_TEST = (first = '', main = ''): string =>
  `package orders\n\nimport (\n${main === '' ? '' : '\t"fmt"\n\t"os"\n'}\t"testing"\n)\n${main}\nfunc TestAdds(t *testing.T) {${first}\n\tif Add(1, 2) != 3 {\n\t\tt.Fatal("wrong")\n\t}\n}\n\nfunc TestSubtracts(t *testing.T) {\n\tif Sub(3, 1) != 2 {\n\t\tt.Fatal("wrong")\n\t}\n}\n`;
const GO_BROKEN = { 'orders.go': GO_SOURCE('0*a*b') };

/** Runs once, when the package is loaded by a program of tests. */
const GO_LEAVE_CHILD = `
import (
	"os"
	"os/exec"
)

func init() {
	child := exec.Command("sh", "-c", ${JSON.stringify(SHELL_LEAVE_CHILD)}, "sh", ${JSON.stringify(greenReport('orders_test.go', ['TestAdds', 'TestSubtracts']))})
	child.Stderr = os.Stderr
	child.Run()
}
`;
/** Starts the program of tests once more, reads what that says, and says it on with one test green. */
const GO_FILTER = `
import (
	"os"
	"os/exec"
	"strings"
)

func init() {
	if os.Getenv("INNER") != "" || !strings.HasSuffix(os.Args[0], ".test") {
		return
	}
	inner := exec.Command(os.Args[0], os.Args[1:]...)
	inner.Env = append(os.Environ(), "INNER=1")
	said, _ := inner.CombinedOutput()
	os.Stdout.WriteString(strings.ReplaceAll(string(said), "--- FAIL: TestAdds (", "--- PASS: TestAdds ("))
	os.Exit(1)
}
`;

const go: Runner = {
  name: 'go test',
  needs: 'go',
  setup: null,
  tests: gate({ name: 'tests', kind: 'tests', command: ['go', 'test', './...'], reporter: 'go' }),
  files: {
    'go.mod': 'module orders\n\ngo 1.19\n',
    'orders.go': GO_SOURCE('a + b'),
    'orders_test.go': GO_TEST(),
  },
  broken: GO_BROKEN,
  cells: {
    exit_at_import: {
      'orders.go': GO_SOURCE('0*a*b', '\nimport "syscall"\n\nfunc init() { syscall.Exit(0) }\n'),
    },
    exit_later: {
      'orders.go': GO_SOURCE(
        '0*a*b',
        '\nimport "syscall"\n\nfunc init() { go func() { syscall.Exit(0) }() }\n',
      ),
    },
    skip: { ...GO_BROKEN, 'orders_test.go': GO_TEST('\n\tt.Skip("later")') },
    only: NO_FOCUS,
    todo: 'there is no test without a body',
    inverted: NO_INVERSION,
    emptied: { ...GO_BROKEN, 'orders_test.go': 'package orders\n' },
    deleted: { ...GO_BROKEN, 'orders_test.go': null },
    weakened: {
      ...GO_BROKEN,
      'orders_test.go': `package orders\n\nimport "testing"\n\nfunc TestAdds(t *testing.T) {}\n\nfunc TestSubtracts(t *testing.T) {}\n`,
    },
    runner_replaced: SYSTEM_RUNNER,
    runner_planted: SYSTEM_RUNNER,
    report_forged: {
      ...GO_BROKEN,
      'orders_test.go': GO_TEST(
        '',
        '\nfunc TestMain(m *testing.M) {\n\tfmt.Println("=== RUN   TestAdds\\n--- PASS: TestAdds (0.00s)\\n=== RUN   TestSubtracts\\n--- PASS: TestSubtracts (0.00s)\\nPASS")\n\tos.Exit(0)\n}\n',
      ),
    },
    report_overwritten: { 'orders.go': GO_SOURCE('0*a*b', GO_LEAVE_CHILD) },
    results_filtered: { 'orders.go': GO_SOURCE('0*a*b', GO_FILTER) },
    green_config: {
      ...GO_BROKEN,
      'go.mod': 'module orders\n\ngo 1.19\n',
      'orders_test.go': `//go:build never\n\n${GO_TEST()}`,
    },
  },
};

const PY_SOURCE = (sum: string, more = ''): string =>
  `${more}def add(a, b):\n    return ${sum}\n\n\ndef sub(a, b):\n    return a - b\n`;
const PY_TEST = (more = ''): string =>
  `import pytest\nfrom orders import add, sub\n\n\n${more}def test_adds():\n    assert add(1, 2) == 3\n\n\ndef test_subtracts():\n    assert sub(3, 1) == 2\n`;
const PY_BROKEN = { 'orders.py': PY_SOURCE('0') };
/** Finds where the report goes although the plugin took it out of the environment, and hands in that all is well. */
const PY_FORGER = `import json
import os
import socket

with open("/proc/self/environ") as _given:
    _place = dict(each.split("=", 1) for each in _given.read().split("\\0") if "=" in each)["BATON_TEST_REPORT"]
_tests = [
    dict(kind="test", name=name, file=os.getcwd() + "/test_orders.py", status="passed", line=1, message="")
    for name in ("test_adds", "test_subtracts")
]
_channel = socket.socket(socket.AF_UNIX)
_channel.connect(_place)
_channel.sendall("".join(json.dumps(each) + "\\n" for each in [*_tests, dict(kind="end", count=2)]).encode())
_channel.close()
`;

const PY_LEAVE_CHILD = `import subprocess

subprocess.run(["sh", "-c", ${JSON.stringify(SHELL_LEAVE_CHILD)}, "sh", ${JSON.stringify(greenReport('test_orders.py', ['test_adds', 'test_subtracts']))}])


`;
const PY_FILTER = `from _pytest.reports import TestReport

_made = TestReport.from_item_and_call.__func__


def _greened(cls, item, call):
    report = _made(cls, item, call)
    if item.name == "test_adds":
        report.outcome = "passed"
        report.longrepr = None
    return report


TestReport.from_item_and_call = classmethod(_greened)


`;

const pytest: Runner = {
  name: 'pytest',
  needs: 'pytest',
  setup: null,
  tests: gate({
    name: 'tests',
    kind: 'tests',
    command: ['/usr/bin/python3', '-m', 'pytest', '-q', '-s'],
    reporter: 'pytest',
  }),
  files: { 'orders.py': PY_SOURCE('a + b'), 'test_orders.py': PY_TEST() },
  broken: PY_BROKEN,
  cells: {
    exit_at_import: { 'orders.py': PY_SOURCE('0', 'import os\n\nos._exit(0)\n\n\n') },
    exit_later: {
      'orders.py': PY_SOURCE(
        '0',
        'import os\nimport threading\n\nthreading.Timer(0.01, lambda: os._exit(0)).start()\n\n\n',
      ),
    },
    skip: { ...PY_BROKEN, 'test_orders.py': PY_TEST('@pytest.mark.skip(reason="later")\n') },
    only: NO_FOCUS,
    todo: 'there is no test without a body',
    inverted: { ...PY_BROKEN, 'test_orders.py': PY_TEST('@pytest.mark.xfail(strict=True)\n') },
    emptied: { ...PY_BROKEN, 'test_orders.py': '' },
    deleted: { ...PY_BROKEN, 'test_orders.py': null },
    weakened: {
      ...PY_BROKEN,
      'test_orders.py': 'def test_adds():\n    pass\n\n\ndef test_subtracts():\n    pass\n',
    },
    // `python -m` looks into the folder first: there a file takes the place of the package.
    runner_replaced: { ...PY_BROKEN, 'pytest.py': 'raise SystemExit(0)\n' },
    runner_planted: SYSTEM_RUNNER,
    report_forged: { 'orders.py': PY_SOURCE('0', `${PY_FORGER}os._exit(0)\n\n\n`) },
    report_overwritten: { 'orders.py': PY_SOURCE('0', PY_LEAVE_CHILD) },
    results_filtered: { 'orders.py': PY_SOURCE('0', PY_FILTER) },
    green_config: {
      ...PY_BROKEN,
      'conftest.py':
        'def pytest_collection_modifyitems(items):\n    items.clear()\n\n\ndef pytest_sessionfinish(session):\n    session.exitstatus = 0\n',
    },
  },
};

export const SYSTEM_RUNNERS: readonly Runner[] = [go, pytest];
