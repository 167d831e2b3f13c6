/**
 * How long a pass of gates takes on a service with 200 tests, beside what the bare commands could take at best: the
 * slowest of them, or all their processor time spread over the cores. Cores that share caches are slower side by side than
 * that, and commands cannot be cut in pieces: what the same commands take side by side without Baton, as many as there
 * are cores, is shown as well. A change without tests is measured, and one with a test that is named for a criterion, as
 * changes of a run have: that test is run once more without the change, and where all test files share a process, the
 * suite once more without it.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GateCommand } from '../src/definitions/config.ts';
import { gate, NODE_TESTS, openGatesRig } from '../src/gates/testing/gates-rig.ts';
import { writeFiles } from '../src/workspace/temporary-repository.ts';
import { openWall } from '../src/workspace/wall/open-wall.ts';

const FILES = 40;
const TESTS_PER_FILE = 5;
/** The target of the design: beside the bound. */
const MAX_RATIO = 1.2;
/** Of `/proc/self/stat`, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

const TEST = `const { test } = require('node:test');
const { add } = require('../add.js');
for (let n = 0; n < ${TESTS_PER_FILE}; n++) test(\`adds \${n}\`, () => { if (add(n, 1) !== n + 1) throw new Error('no'); });
`;

/** As heavy as a type check or a lint of such a service: processor time, and files that are read and written. */
const work = (ms: number): string[] => [
  'node',
  '-e',
  `const fs = require('fs'); const used = () => process.cpuUsage().user / 1000; const end = used() + ${ms}; let n = 0; while (used() < end) for (let i = 0; i < 1e5; i++) n += Math.sqrt(n + 1); fs.writeFileSync('out.txt', String(n))`,
];

const files = {
  'add.js': 'exports.add = (a, b) => a + b;\n',
  ...Object.fromEntries(
    Array.from({ length: FILES }, (_, at): [string, string] => [`test/a${at}.test.js`, TEST]),
  ),
};
const WITHOUT_TESTS = { 'service/more.js': 'exports.more = (n) => n + 1;\n' };
const NAMED = 'more is one more';
const WITH_TESTS = {
  ...WITHOUT_TESTS,
  'service/test/more.test.js': `const { test } = require('node:test');
const { more } = require('../more.js');
test('${NAMED}', () => { if (more(1) !== 2) throw new Error('no'); });
`,
};
const SUITES: readonly { title: string; tests: GateCommand }[] = [
  { title: 'each test file in a process of its own', tests: NODE_TESTS },
  {
    title: 'all test files in one process',
    tests: { ...NODE_TESTS, command: [...NODE_TESTS.command, '--test-isolation=none'] },
  },
];

const seconds = (value: number): string => `${value.toFixed(1)} s`;
const { wall, notes } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
console.log(`wall: ${wall.kind} ${notes.join(' ')}; ${availableParallelism()} cores`);
for (const { title, tests } of SUITES) await measure(title, tests);

/** Both changes on one base, beside the bare commands. */
async function measure(title: string, tests: GateCommand): Promise<void> {
  const gates = [
    gate({ name: 'build', kind: 'build', command: work(1_500) }),
    gate({ name: 'types', kind: 'types', command: work(2_500) }),
    gate({ name: 'lint', kind: 'lint', command: work(2_000) }),
    tests,
  ];
  using rig = await openGatesRig({ service: files }, { service: [{ path: '.', setup: null, gates }] });
  // The base is known afterwards, as it is in every pass of a run but its first.
  await rig.run(rig.git.base, { wall });
  const alone = runAlone(gates);
  const beside = await runBeside(gates);
  const bound = Math.max(alone.slowest, alone.processor / availableParallelism());
  console.log(
    `\n${title}\nthe bare commands one by one: processor time ${seconds(alone.processor)} for ${availableParallelism()} cores, slowest ${seconds(alone.slowest)}; side by side, the longest first: ${seconds(beside)}`,
  );
  for (const change of ['without tests', 'with tests'] as const) {
    const isTested = change === 'with tests';
    const changed = await rig.change(rig.git.base, isTested ? WITH_TESTS : WITHOUT_TESTS);
    const startedAt = performance.now();
    const pass = await rig.run(changed, { wall, ...(isTested ? { named: [NAMED] } : {}) });
    const took = (performance.now() - startedAt) / 1_000;
    const ratio = took / bound;
    const ran = pass.results
      .filter(({ kind }) => kind !== 'hygiene')
      .map((each) => `${each.gate} ${each.status} ${seconds(each.duration_ms / 1_000)}`);
    const counts = pass.of(tests.name).tests;
    console.log(
      `a change ${change}: ${ran.join(', ')}; ${counts?.passed ?? 0} passed, canary ${counts?.canary ?? 'none'}
  a pass ${seconds(took)}; beside the bound of ${seconds(bound)}: ${ratio.toFixed(2)} (target ${MAX_RATIO}: ${ratio <= MAX_RATIO ? 'met' : 'missed'}); beside the bare commands side by side: ${(took / beside).toFixed(2)}; load ${(loadavg()[0] ?? 0).toFixed(1)}`,
    );
  }
}

/** The same commands without Baton, as many at a time as there are cores, the longest first. In seconds. */
async function runBeside(gates: readonly GateCommand[]): Promise<number> {
  const dir = mkdtempSync(join(tmpdir(), 'baton-gates-'));
  try {
    writeFiles(dir, files);
    const waiting = ['tests', 'types', 'lint', 'build'].flatMap((name) =>
      gates.filter((one) => one.name === name),
    );
    const start = performance.now();
    const lane = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        await once(spawn(process.execPath, next.command.slice(1), { cwd: dir, stdio: 'ignore' }), 'close');
    };
    await Promise.all(Array.from({ length: availableParallelism() }, lane));
    return (performance.now() - start) / 1_000;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** The same commands without Baton, one after the other. In seconds. */
function runAlone(gates: readonly GateCommand[]): { slowest: number; processor: number } {
  const dir = mkdtempSync(join(tmpdir(), 'baton-gates-'));
  try {
    writeFiles(dir, files);
    const before = childrenSeconds();
    const times = gates.map(({ command: [, ...args] }) => {
      const start = performance.now();
      spawnSync(process.execPath, args, { cwd: dir });
      return (performance.now() - start) / 1_000;
    });
    return { slowest: Math.max(...times), processor: childrenSeconds() - before };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** What ended children have taken, and theirs. */
function childrenSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}
