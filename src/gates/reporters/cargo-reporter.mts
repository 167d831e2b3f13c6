/**
 * Runs `cargo test …` and reports by name. It runs behind the wall, copied to a place of its own: it imports only Node.
 * Stable Rust prints text alone: each program's tests stand between a line that counts them and a line that sums them
 * up, and what does not add up is an error.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { sendReport } from './send-report.mts';

interface Program {
  /** The file that it was built from; of documentation tests the crate. */
  file: string;
  expected: number | null;
  tests: { name: string; status: string }[];
  summed: boolean;
  /** What its last lines count. */
  counted: { passed: number; failed: number; skipped: number };
  /** Why tests failed, by name. */
  messages: Map<string, string>;
}

const MAX_MESSAGE = 4_000;
const STATUS: Record<string, string> = { ok: 'passed', FAILED: 'failed', ignored: 'skipped' };

const programs: Program[] = [];
let compiled = '';
let telling: string | null = null;

const [file = '', ...args] = process.argv.slice(2);
// Both streams as one: cargo says on one which program runs, and the program's tests stand on the other.
const child = spawn('/bin/sh', ['-c', 'exec "$@" 2>&1', 'sh', file, ...args], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
createInterface({ input: child.stdout }).on('line', (line) => {
  process.stdout.write(`${line}\n`);
  readLine(line);
});
child.on('close', (code) => {
  const lines = programs.flatMap(describeProgram);
  const failed = lines.some((line) => line.kind === 'error' || line.status === 'failed');
  if (code !== 0 && !failed) lines.push({ kind: 'error', file: null, message: compiled.trim() });
  process.exitCode = code ?? 1;
  void sendReport(lines);
});

function readLine(line: string): void {
  const started = startedBy(line);
  if (started !== null) {
    programs.push({
      file: started,
      expected: null,
      tests: [],
      summed: false,
      counted: { passed: 0, failed: 0, skipped: 0 },
      messages: new Map(),
    });
    telling = null;
    return;
  }
  const program = programs.at(-1);
  if (program === undefined) {
    compiled = `${compiled}${line}\n`.slice(-MAX_MESSAGE);
    return;
  }
  const count = /^running (\d+) tests?$/.exec(line)?.[1];
  if (count !== undefined) program.expected = (program.expected ?? 0) + Number(count);
  const [, name, status] = /^test (.+?)(?: - should panic)? \.\.\. (ok|FAILED|ignored)\b/.exec(line) ?? [];
  if (name !== undefined && status !== undefined) program.tests.push({ name, status: STATUS[status] ?? '' });
  if (line.startsWith('test result: ')) sumUp(program, line);
  readMessage(program, line);
}

/** `test result: FAILED. 1 passed; 2 failed; 0 ignored; …` */
function sumUp(program: Program, line: string): void {
  program.summed = true;
  const of = (word: string): number => Number(new RegExp(`(\\d+) ${word};`).exec(line)?.[1] ?? 0);
  program.counted.passed += of('passed');
  program.counted.failed += of('failed');
  program.counted.skipped += of('ignored');
}

/** `Running unittests src/lib.rs (target/debug/deps/orders-…)`, `Running tests/api.rs (…)`, `Doc-tests orders`. */
function startedBy(line: string): string | null {
  const [, path] = /^\s*Running (?:unittests )?(\S+\.rs) \(.+\)$/.exec(line) ?? [];
  return path ?? /^\s*Doc-tests (\S+)$/.exec(line)?.[1] ?? null;
}

/** What a failed test printed stands between `---- its name stdout ----` and the next such line. */
function readMessage(program: Program, line: string): void {
  const head = /^---- (.+) stdout ----$/.exec(line)?.[1];
  if (head !== undefined) telling = head;
  else if (line === 'failures:' || line.startsWith('test result: ')) telling = null;
  else if (telling !== null)
    program.messages.set(telling, `${program.messages.get(telling) ?? ''}${line}\n`.slice(0, MAX_MESSAGE));
}

interface ReportLine {
  kind: string;
  file: string | null;
  message: string;
  name?: string;
  status?: string;
  line?: number | null;
}

function describeProgram({
  file: source,
  expected,
  tests,
  summed,
  counted,
  messages,
}: Program): ReportLine[] {
  const lines = tests.map(({ name, status }) => {
    const said = (messages.get(name) ?? '').trim();
    const place = placeOf(name, source);
    return {
      kind: 'test',
      ...place,
      status,
      line: place.line ?? failingLine(said),
      message: status === 'failed' ? said : '',
    };
  });
  // Whoever turns a line of a test forgets the one that counts them, or turns that as well.
  const differ = Object.entries(counted).find(
    ([status, count]) => tests.filter((test) => test.status === status).length !== count,
  );
  if (summed && expected === tests.length && differ === undefined) return lines;
  const message = !summed
    ? 'It was ended before it had summed up its tests.'
    : expected !== tests.length
      ? `It began ${expected ?? 0} tests and reported ${tests.length}.`
      : `It says that ${differ?.[1] ?? 0} tests ${differ?.[0] ?? ''}, and its lines say something else.`;
  return [...lines, { kind: 'error', file: fromHere(source), message }];
}

/** Documentation tests are named after their line, which moves: `src/lib.rs - add (line 5)`. */
function placeOf(name: string, source: string): { name: string; file: string; line: number | null } {
  const [, path, item, line] = /^(\S+\.rs) - (.*?)\s*\(line (\d+)\)/.exec(name) ?? [];
  if (path === undefined) return { name, file: fromHere(source), line: null };
  return {
    name: `documentation of ${item === '' ? 'the file' : (item ?? '')}`,
    file: fromHere(path),
    line: Number(line),
  };
}

/** `panicked at 'want 3', src/orders.rs:12:5`, and since Rust 1.73 `panicked at src/orders.rs:12:5:`. */
function failingLine(message: string): number | null {
  const line = /\.rs:(\d+):\d+/.exec(message)?.[1];
  return line === undefined ? null : Number(line);
}

/** Cargo names files from the folder of their package, which in a workspace is not this one. */
function fromHere(path: string): string {
  const file = resolve(path);
  return existsSync(file) ? file : path;
}
