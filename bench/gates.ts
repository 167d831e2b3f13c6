/**
 * How long a pass of gates takes on a service with 200 tests, beside what the bare commands could take at best: the
 * slowest of them, or all their processor time spread over the cores. Cores that share caches are slower side by side than
 * that, and commands cannot be cut in pieces: what the same commands take side by side without Baton, as many as there
 * are cores, is shown as well.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
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
const gates = [
  gate({ name: 'build', kind: 'build', command: work(1_500) }),
  gate({ name: 'types', kind: 'types', command: work(2_500) }),
  gate({ name: 'lint', kind: 'lint', command: work(2_000) }),
  NODE_TESTS,
];

const { wall, notes } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
using rig = await openGatesRig({ service: files }, { service: [{ path: '.', setup: null, gates }] });
// The base is known afterwards, as it is in every pass of a run but its first.
await rig.run(rig.git.base, { wall });
const changed = await rig.change(rig.git.base, { 'service/more.js': 'exports.more = 1;\n' });
const startedAt = performance.now();
const pass = await rig.run(changed, { wall });
const took = (performance.now() - startedAt) / 1_000;
const alone = runAlone();
const beside = await runBeside();
const bound = Math.max(alone.slowest, alone.processor / availableParallelism());
const tests = pass.of('tests').tests;

const seconds = (value: number): string => `${value.toFixed(1)} s`;
for (const result of pass.results.filter(({ kind }) => kind !== 'hygiene'))
  console.log(`${result.gate.padEnd(8)} ${result.status.padEnd(6)} ${seconds(result.duration_ms / 1_000)}`);
console.log(
  `tests    ${tests?.passed ?? 0} passed, canary ${tests?.canary ?? 'none'}; wall: ${wall.kind} ${notes.join(' ')}`,
);
console.log(
  `a pass   ${seconds(took)}; the bare commands one by one: processor time ${seconds(alone.processor)} for ${availableParallelism()} cores, slowest ${seconds(alone.slowest)}; load ${(loadavg()[0] ?? 0).toFixed(1)}`,
);
const ratio = took / bound;
console.log(
  `beside the bound of ${seconds(bound)}: ${ratio.toFixed(2)} (target ${MAX_RATIO}: ${ratio <= MAX_RATIO ? 'met' : 'missed'})`,
);

console.log(
  `the bare commands side by side, the longest first: ${seconds(beside)}; a pass beside that: ${(took / beside).toFixed(2)}`,
);

/** The same commands without Baton, as many at a time as there are cores, the longest first. In seconds. */
async function runBeside(): Promise<number> {
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
function runAlone(): { slowest: number; processor: number } {
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
