/**
 * How long a pass of gates takes on a service with 200 tests, beside what the bare commands could take at best: the
 * slowest of them, or all their processor time spread over the cores. Cores that share caches are slower side by side than
 * that, and commands cannot be cut in pieces: what the same commands take side by side without Baton, as many as there
 * are cores, is shown as well. A change without tests is measured, and one with a test that is named for a criterion, as
 * changes of a run have. Such a test asks for more to be run, and that is in its bound: its file without the change and with
 * it, and, where all test files share a process, the suite without it. In rounds, bare commands and passes by turns: what a machine bears changes while it is
 * measured, and the median of them is held against the target.
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
const ROUNDS = 5;
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
const NAMED = 'more is one more';
const ONE_PROCESS = '--test-isolation=none';
const CHANGES = ['without tests', 'with a named test'] as const;
type Change = (typeof CHANGES)[number];
/** No two rounds have the same: what was measured once is known. */
const filesOf = (change: Change, round: number): Record<string, string> => ({
  'service/more.js': `exports.more = (n) => n + 1; // ${round}\n`,
  ...(change === 'without tests'
    ? {}
    : {
        'service/test/more.test.js': `const { test } = require('node:test');
const { more } = require('../more.js');
test('${NAMED}', () => { if (more(1) !== 2) throw new Error('no'); }); // ${round}
`,
      }),
});
const SUITES: readonly { title: string; tests: GateCommand }[] = [
  { title: 'each test file in a process of its own', tests: NODE_TESTS },
  {
    title: 'all test files in one process',
    tests: { ...NODE_TESTS, command: [...NODE_TESTS.command, ONE_PROCESS] },
  },
];

const seconds = (value: number): string => `${value.toFixed(1)} s`;
const { wall, notes } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
console.log(`wall: ${wall.kind} ${notes.join(' ')}; ${availableParallelism()} cores`);
for (const { title, tests } of SUITES) await measure(title, tests);

/** Both changes on one base, beside the bare commands, in each round. */
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
  console.log(`\n${title}`);
  const ratios = new Map<Change, number[]>(CHANGES.map((change) => [change, []]));
  const proofs = tests.command.includes(ONE_PROCESS) ? 1 : 0;
  for (let round = 1; round <= ROUNDS; round++) {
    const alone = runAlone(gates.map(({ command }) => command));
    // As long as any file of the suite.
    const file = runAlone([[...tests.command, 'test/a0.test.js']]);
    const proving = 2 * file.processor + proofs * (alone.processors.at(-1) ?? 0);
    const beside = await runBeside(gates);
    console.log(
      `round ${round} of ${ROUNDS}, load ${(loadavg()[0] ?? 0).toFixed(1)}: the bare commands one by one: processor time ${seconds(alone.processor)} for ${availableParallelism()} cores, slowest ${seconds(alone.slowest)}; side by side, the longest first: ${seconds(beside)}; what a named test asks for besides: processor time ${seconds(proving)}`,
    );
    for (const change of CHANGES) {
      const isNamed = change !== 'without tests';
      const processor = alone.processor + (isNamed ? proving : 0);
      const bound = Math.max(alone.slowest, processor / availableParallelism());
      const changed = await rig.change(rig.git.base, filesOf(change, round));
      const startedAt = performance.now();
      const pass = await rig.run(changed, { wall, ...(isNamed ? { named: [NAMED] } : {}) });
      const took = (performance.now() - startedAt) / 1_000;
      ratios.get(change)?.push(took / bound);
      const ran = pass.results
        .filter(({ kind }) => kind !== 'hygiene')
        .map((each) => `${each.gate} ${each.status} ${seconds(each.duration_ms / 1_000)}`);
      const counts = pass.of(tests.name).tests;
      console.log(
        `  a change ${change}: ${ran.join(', ')}; ${counts?.passed ?? 0} passed, canary ${counts?.canary ?? 'none'}; a pass ${seconds(took)}, ${(took / bound).toFixed(2)} times the bound of ${seconds(bound)}, ${(took / beside).toFixed(2)} times the bare commands side by side`,
      );
    }
  }
  for (const [change, all] of ratios) {
    const sorted = all.toSorted((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
    const [least, most] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
    console.log(
      `a change ${change}: ${median.toFixed(2)} times the bound, median of ${ROUNDS} (${least.toFixed(2)} to ${most.toFixed(2)}); target ${MAX_RATIO}: ${median <= MAX_RATIO ? 'met' : 'missed'}`,
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
function runAlone(commands: readonly (readonly string[])[]): {
  slowest: number;
  processor: number;
  processors: number[];
} {
  const dir = mkdtempSync(join(tmpdir(), 'baton-gates-'));
  try {
    writeFiles(dir, files);
    const ran = commands.map(([, ...args]) => {
      const [start, before] = [performance.now(), childrenSeconds()];
      spawnSync(process.execPath, args, { cwd: dir });
      return { took: (performance.now() - start) / 1_000, processor: childrenSeconds() - before };
    });
    const processors = ran.map(({ processor }) => processor);
    return {
      slowest: Math.max(...ran.map(({ took }) => took)),
      processor: processors.reduce((sum, each) => sum + each, 0),
      processors,
    };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** What ended children have taken, and theirs. */
function childrenSeconds(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}
