/** The same question of Go and Python: which changed functions no test runs at all. Of entry points nothing is known there. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { GateCommand, ModuleConfig } from '../../definitions/config.ts';
import type { ChangedLines } from '../change/changed-lines.ts';
import { hasBrokenEnd } from '../describe-end.ts';
import type { FindingDraft } from '../findings.ts';
import { isForTests } from '../reach/source-files.ts';
import type { RepoOrder } from '../repo-order.ts';
import type { Judgement } from '../suites/judge-tests.ts';
import { GREEN_UNASKED, measureTests } from '../suites/measure-tests.ts';
import { MAX_FILES, parseJson, readBounded } from './read-bounded.ts';
import { changedTextFunctions, textFunctions, type TextFunction } from './text-functions.ts';
import { WATCH_PYTHON, WATCH_PYTHON_NAME } from './watch-python.ts';

const CODE = /\.(?:go|py)$/;
const PYTHONPATH = 'PYTHONPATH';
const MAX_FINDINGS = 20;
const CALLED = z.array(z.tuple([z.string(), z.int(), z.string()]));
const BLOCK = /^(.+):(\d+)\.\d+,(\d+)\.\d+ \d+ (\d+)$/;

/** What ran of a suite. null for a function: it was not compiled, so that nothing is known of it. */
interface Ran {
  hasRun: (wanted: TextFunction, text: string) => boolean | null;
  /** How many processes left no trace. */
  silent: number;
}

/** null: nothing of these languages changed. */
export async function measureTexts(
  order: RepoOrder,
  { module, gate, changed }: { module: ModuleConfig; gate: GateCommand; changed: ChangedLines },
): Promise<Judgement | null> {
  const added = changed.added.filter(({ path }) => CODE.test(path) && !isForTests(path));
  const texts = new Map<string, string>();
  const functions: TextFunction[] = [];
  for (const [path, lines] of Map.groupBy(added, ({ path: each }) => each)) {
    const text = await order.readHead(path);
    if (text === null) continue;
    texts.set(path, text);
    functions.push(...changedTextFunctions({ path, text, lines: new Set(lines.map(({ line }) => line)) }));
  }
  if (added.length === 0) return null;
  if (functions.length === 0) return answer('pass', 'no function of Go or Python changed');
  const drafts: FindingDraft[] = [];
  const said: string[] = [];
  for (const [reporter, ending, language] of [
    ['go', '.go', 'Go'],
    ['pytest', '.py', 'Python'],
  ] as const) {
    const own = functions.filter(({ path }) => path.endsWith(ending));
    const suites = module.gates.filter((each) => each.kind === 'tests' && each.reporter === reporter);
    if (own.length === 0) continue;
    if (suites.length === 0) return answer('unverified', `no suite of this module runs ${language} by name`);
    const all: Ran[] = [];
    for (const suite of suites) {
      const ran = await (reporter === 'go' ? runGo : runPython)(order, module, suite);
      if (ran === null)
        return answer('unverified', `the tests of \`${suite.name}\` came to no end that can be read`);
      all.push(ran);
    }
    const seen = own.map((each) => ({
      each,
      ran: all.map(({ hasRun }) => hasRun(each, texts.get(each.path) ?? '')),
    }));
    const known = seen.filter(({ ran }) => ran.some((one) => one !== null));
    const missed = known.filter(({ ran }) => !ran.includes(true)).map(({ each }) => each);
    const silent = all.reduce((sum, one) => sum + one.silent, 0);
    said.push(
      `${known.length - missed.length} of ${known.length} changed functions of ${language} are run by tests`,
      ...(seen.length === known.length ? [] : [`${seen.length - known.length} were not compiled`]),
      ...(silent === 0 ? [] : [`${silent} processes left no trace, so that nothing stops the change`]),
    );
    const stops = gate.unrun !== 'shown' && silent === 0;
    // A program that tests start leaves no trace in Go.
    const isProgram = ({ path }: TextFunction): boolean => /^package main$/m.test(texts.get(path) ?? '');
    drafts.push(...missed.map((each) => describe(order.repo, each, stops && !isProgram(each))));
  }
  const shown = drafts.toSorted((a, b) => Number(b.blocking) - Number(a.blocking)).slice(0, MAX_FINDINGS);
  const status = shown.some(({ blocking }) => blocking) ? 'fail' : 'pass';
  return { status, summary: said.join(', '), tests: null, drafts: shown };
}

const answer = (status: 'pass' | 'unverified', summary: string): Judgement => ({
  status,
  summary,
  tests: null,
  drafts: [],
});

function describe(repo: string, { path, name, line }: TextFunction, blocking: boolean): FindingDraft {
  return {
    severity: blocking ? 'major' : 'minor',
    blocking,
    repo,
    file: path,
    line,
    identity: `not_executed ${name}`,
    problem: `No test runs \`${name}\` at all.`,
    fix: 'Add a test that starts where users do and asks for what this is for.',
  };
}

/** With a folder for what is noted, in the checkout of the run. null: the run was cut off. */
function runWatched(
  order: RepoOrder,
  module: ModuleConfig,
  suite: GateCommand,
  watched: {
    prepare: (written: string, seen: string) => Promise<{ gate: GateCommand; more: Record<string, string> }>;
    read: (written: string, root: string) => Promise<Ran | null>;
  },
): Promise<Ran | null> {
  const { around } = order;
  return order.head.apart({ module: module.path, gate: suite.name, isLast: () => false }, async (place) => {
    const name = `.coverage-${randomBytes(6).toString('hex')}`;
    const written = join(place.written, name);
    await mkdir(written, { recursive: true });
    const { gate, more } = await watched.prepare(written, join(place.root, name));
    const environment = { ...around.environment, ...more };
    const run = await measureTests(gate, place, GREEN_UNASKED, { ...around, environment });
    return run.report === null || hasBrokenEnd(run.end) ? null : watched.read(written, place.root);
  });
}

function runPython(order: RepoOrder, module: ModuleConfig, suite: GateCommand): Promise<Ran | null> {
  return runWatched(order, module, suite, {
    prepare: async (written, seen) => {
      await writeFile(join(written, WATCH_PYTHON_NAME), WATCH_PYTHON);
      const own = suite.env.includes(PYTHONPATH) ? [order.around.environment[PYTHONPATH] ?? ''] : [];
      const gate = { ...suite, env: [...new Set([...suite.env, PYTHONPATH])] };
      return { gate, more: { [PYTHONPATH]: [seen, ...own].join(':') } };
    },
    read: async (written, root) => {
      const names = (await readdir(written)).slice(0, MAX_FILES);
      const readText = readBounded(written);
      const called = new Set<string>();
      const ended = new Set<string>();
      for (const name of names.filter((each) => each.startsWith('called-'))) {
        const { text } = await readText(name);
        const read = CALLED.safeParse(parseJson(text ?? ''));
        if (!read.success) continue;
        ended.add(basename(name, '.json').slice('called-'.length));
        for (const [file, line, own] of read.data)
          called.add(`${file.slice(root.length + 1)} ${line} ${own}`);
      }
      const started = names.filter((each) => each.startsWith('started-'));
      const silent = started.filter((each) => !ended.has(each.slice('started-'.length))).length;
      return started.length === 0
        ? null
        : { hasRun: (wanted, text) => wasCalled(wanted, text, called), silent };
    },
  });
}

/** Python counts a function from its first decorator on. */
function wasCalled({ path, name, line }: TextFunction, text: string, called: ReadonlySet<string>): boolean {
  const before = textFunctions(path, text).filter((each) => each.line < line);
  const from = Math.max(0, ...before.map((each) => each.line)) + 1;
  return Array.from({ length: line - from + 1 }, (_, at) => `${path} ${from + at} ${name}`).some((each) =>
    called.has(each),
  );
}

/** Go keeps counts of blocks of its own, for all packages of the module. */
async function runGo(order: RepoOrder, module: ModuleConfig, suite: GateCommand): Promise<Ran | null> {
  const folder = module.path === '.' ? '' : `${module.path}/`;
  const own = /^module (\S+)/m.exec((await order.readHead(`${folder}go.mod`)) ?? '')?.[1];
  const at = suite.command.indexOf('test') + 1;
  if (own === undefined || at === 0) return null;
  return runWatched(order, module, suite, {
    prepare: (_, seen) => {
      const flags = [`-coverprofile=${join(seen, 'go.out')}`, '-coverpkg=./...'];
      const command = [...suite.command.slice(0, at), ...flags, ...suite.command.slice(at)];
      return Promise.resolve({ gate: { ...suite, command }, more: {} });
    },
    read: async (written) => {
      const { text } = await readBounded(written)('go.out');
      if (text === null) return null;
      const blocks = text.split('\n').flatMap((line) => {
        const [, file, from, to, count] = BLOCK.exec(line) ?? [];
        const path = file?.startsWith(`${own}/`) === true ? `${folder}${file.slice(own.length + 1)}` : null;
        return path === null ? [] : [{ path, from: Number(from), to: Number(to), count: Number(count) }];
      });
      const hasRun = ({ path, line, lastLine }: TextFunction): boolean | null => {
        const inside = blocks.filter(
          (each) => each.path === path && each.from >= line && each.to <= lastLine,
        );
        return inside.length === 0 ? null : inside.some(({ count }) => count > 0);
      };
      return { hasRun, silent: 0 };
    },
  });
}
