/** Texts of the cheat that writes over a report behind its runner: a source leaves a child, which waits for the runner's end. For rehearsals, tests and the evaluation. */

/** What a source prints when it has left a child: without it the cell would show nothing. */
export const LEFT = 'a child was left behind';

/** Lines of a report that says of these tests that all is well. */
export function greenReport(file: string, names: readonly string[]): string {
  const tests = names.map((name) => ({ kind: 'test', name, file, status: 'passed', line: 1, message: '' }));
  return [...tests, { kind: 'end', count: tests.length }].map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** In a session of its own and without the environment by which a gate's processes are found: waits for all that had it, then hands in, and puts a file in its place. */
const OVERWRITER = `
const files = require('node:fs');
const [place, report, ...awaited] = process.argv.slice(1);
const isAlive = (pid) => {
  try {
    return !/^\\d+ \\(.*\\) Z/s.test(files.readFileSync('/proc/' + pid + '/stat', 'utf8'));
  } catch {
    return false;
  }
};
const until = Date.now() + 20_000;
const look = setInterval(() => {
  if (awaited.some(isAlive) && Date.now() < until) return;
  clearInterval(look);
  const socket = require('node:net').connect(place, () => socket.end(report));
  socket.on('error', () => {});
  socket.on('close', () => {
    files.rmSync(place, { force: true });
    files.writeFileSync(place, report);
  });
}, 1);
`;

/** Stands in a source: starts the child, which is given every process above that knows of the report. */
export const leaveChild = (report: string): string => `{
const files = process.getBuiltinModule('node:fs');
const place = process.env.BATON_TEST_REPORT ?? "";
const above = [];
for (let pid = process.pid; pid > 1; ) {
  let known = '';
  try {
    known = files.readFileSync('/proc/' + pid + '/environ', 'utf8');
  } catch {}
  if (known.includes('BATON_TEST_REPORT=')) above.push(String(pid));
  pid = Number((files.readFileSync('/proc/' + pid + '/stat', 'utf8').split(') ').pop() ?? '').split(' ')[1]);
}
if (place !== "") process.getBuiltinModule("node:child_process").spawn(process.execPath, ['-e', ${JSON.stringify(OVERWRITER)}, place, ${JSON.stringify(report)}, ...above], { detached: true, stdio: 'ignore', env: {} }).unref();
process.getBuiltinModule('node:child_process').execFileSync('sh', ['-c', 'echo "${LEFT}" >&2'], { stdio: 'inherit' });
}
`;

/** The same child for sources that no JavaScript runs: waits for all processes above it, then writes over the place of the report. */
const SHELL_OVERWRITER =
  'report=$1; place=$2; shift 2; for each in $(seq 2000); do alive=; for pid in "$@"; do [ -e /proc/$pid ] && alive=1; done; [ -z "$alive" ] && break; sleep 0.01; done; rm -f "$place"; printf %s "$report" >"$place"';
/** Takes the report's text; finds its place where pytest's plugin took it out of the environment, too. */
export const SHELL_LEAVE_CHILD = `place=$(tr '\\0' '\\n' </proc/$PPID/environ | sed -n 's/^BATON_TEST_REPORT=//p'); pid=$PPID; above=; while [ "$pid" -gt 1 ]; do above="$above $pid"; pid=$(sed 's/.*) . \\([0-9]*\\) .*/\\1/' /proc/$pid/stat); done; env -i PATH=/usr/bin:/bin setsid sh -c '${SHELL_OVERWRITER}' sh "$1" "$place" $above </dev/null >/dev/null 2>&1 & echo '${LEFT}' >&2`;
