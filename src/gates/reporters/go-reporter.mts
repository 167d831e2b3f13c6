/**
 * Runs `go test -json …` and reports by name. It runs behind the wall, copied to a place of its own: it imports only
 * Node. Go says of a test in which package it is; file and line are those of the function in the package's folder.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { sendReport } from './send-report.mts';

/** What `go doc test2json` describes. */
interface TestEvent {
  Action: string;
  Package?: string;
  Test?: string;
  Output?: string;
}
interface Place {
  file: string;
  line: number | null;
}
interface Package {
  tests: Map<string, { status: string | null; output: string }>;
  /** What it printed outside of tests. */
  output: string;
  failed: boolean;
}

const MAX_MESSAGE = 4_000;
const MAX_COMPILED = 64 * 1024;
const STATUS: Record<string, string> = { pass: 'passed', fail: 'failed', skip: 'skipped' };

const packages = new Map<string, Package>();
const [file = '', ...args] = process.argv.slice(2);
/** What compilers said, which stands in no event of a test. */
let compiled = '';
const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 127;
});
createInterface({ input: child.stdout }).on('line', readLine);
createInterface({ input: child.stderr }).on('line', readPlain);
child.on('close', (code) => {
  process.exitCode ??= code ?? 1;
  void sendReport([...packages].flatMap(([name, found]) => describePackage(name, found)));
});

function readLine(line: string): void {
  const event = parseEvent(line);
  if (event === null) return readPlain(line);
  if (event.Package === undefined) return readPlain((event.Output ?? '').replace(/\n$/, ''));
  process.stdout.write(event.Output ?? '');
  const found = packageOf(event.Package);
  if (event.Test === undefined) {
    if (event.Action === 'fail') found.failed = true;
    found.output = (found.output + (event.Output ?? '')).slice(-MAX_MESSAGE);
    return;
  }
  const test = found.tests.get(event.Test) ?? { status: null, output: '' };
  found.tests.set(event.Test, test);
  test.status = STATUS[event.Action] ?? test.status;
  test.output = (test.output + (event.Output ?? '')).slice(-MAX_MESSAGE);
}

function readPlain(line: string): void {
  process.stdout.write(`${line}\n`);
  compiled = `${compiled}${line}\n`.slice(-MAX_COMPILED);
  const failed = /^FAIL\s+(\S+) \[(?:build|setup) failed\]/.exec(line)?.[1];
  if (failed !== undefined) packageOf(failed).failed = true;
}

function packageOf(name: string): Package {
  const found = packages.get(name) ?? { tests: new Map(), output: '', failed: false };
  packages.set(name, found);
  return found;
}

/** What the compiler said of a package, below its name: `# example.com/service/bills [example.com/service/bills.test]`. */
function compilerOn(name: string): string {
  const parts = compiled.split(/^# /m);
  return parts.filter((part) => part.startsWith(`${name}\n`) || part.startsWith(`${name} [`)).join('');
}

/** null: what the compiler says, or a program that Go does not translate. */
function parseEvent(line: string): TestEvent | null {
  try {
    const event: unknown = JSON.parse(line);
    return typeof event === 'object' && event !== null && 'Action' in event ? (event as TestEvent) : null;
  } catch {
    return null;
  }
}

function describePackage(name: string, { tests, output, failed }: Package): object[] {
  const folder = folderOf(name);
  const places = findTests(folder);
  const lines = [...tests].map(([test, { status, output: said }]) => {
    const [top = test] = test.split('/');
    const place = places.get(top) ?? { file: folder ?? name, line: null };
    // Begun and never ended: something ended the program in the middle of it.
    const message = status === null ? 'It began and came to no end.' : said.trim();
    const ended = status ?? 'failed';
    return {
      kind: 'test',
      name: test,
      file: place.file,
      status: ended,
      line: (ended === 'failed' ? failingLine(said, place.file) : null) ?? place.line,
      message: ended === 'failed' ? message.slice(0, MAX_MESSAGE) : '',
    };
  });
  const explained = lines.some(({ status }) => status === 'failed');
  if (!failed || explained) return lines;
  const message = `${compilerOn(name)}\n${output}`.trim().slice(0, MAX_MESSAGE);
  return [...lines, { kind: 'error', file: folder ?? name, message: message || 'It did not build.' }];
}

/** `    orders_test.go:12: want 3` → 12. */
function failingLine(output: string, path: string): number | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const at = output.indexOf(`${name}:`);
  const line = at === -1 ? Number.NaN : Number.parseInt(output.slice(at + name.length + 1), 10);
  return Number.isNaN(line) ? null : line;
}

/** The folder of a package of the module that lies here or above; null: it is none of this module's. */
function folderOf(name: string): string | null {
  const found = findModule(process.cwd());
  if (found === null || (name !== found.module && !name.startsWith(`${found.module}/`))) return null;
  return join(found.dir, name.slice(found.module.length));
}

function findModule(dir: string): { dir: string; module: string } | null {
  try {
    const module = /^module\s+"?([^\s"]+)/m.exec(readFileSync(join(dir, 'go.mod'), 'utf8'))?.[1];
    return module === undefined ? null : { dir, module };
  } catch {
    return dirname(dir) === dir ? null : findModule(dirname(dir));
  }
}

/** Test functions of a package's folder by name. */
function findTests(folder: string | null): Map<string, Place> {
  const found = new Map<string, Place>();
  for (const name of folder === null ? [] : testFilesOf(folder)) {
    const path = join(folder ?? '', name);
    for (const [index, line] of readFileSync(path, 'utf8').split('\n').entries()) {
      const test = /^func ((?:Test|Example|Fuzz)\w*)\(/.exec(line)?.[1];
      if (test !== undefined) found.set(test, { file: path, line: index + 1 });
    }
  }
  return found;
}

function testFilesOf(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('_test.go'))
      .map(({ name }) => name);
  } catch {
    return []; // a package without a folder here
  }
}
