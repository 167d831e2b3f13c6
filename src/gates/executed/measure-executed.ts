/** The gate `executed`: the module's suites once more, watched. */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NODE_REPORTERS } from '../../definitions/config.ts';
import { changedIn } from '../change/changed-in-module.ts';
import type { ChangedLines } from '../change/changed-lines.ts';
import { hasBrokenEnd } from '../describe-end.ts';
import { changedFiles, sayUnread, suitesOf, unreadable } from '../mutation/mutation-gate.ts';
import { loadParser } from '../reach/parse.ts';
import type { GateJob, RepoOrder, Stored } from '../repo-order.ts';
import type { Judgement } from '../suites/judge-tests.ts';
import { GREEN_UNASKED, measureTests } from '../suites/measure-tests.ts';
import { askedLines } from './asked-lines.ts';
import { asWritten } from './find-compiled.ts';
import { changedFunctions } from './new-functions.ts';
import { judgeExecuted } from './judge-executed.ts';
import { measureTexts } from './measure-texts.ts';
import { readProcesses, type Watched } from './read-processes.ts';
import { WATCH_NODE, WATCH_NODE_NAME } from './watch-node.ts';

const [COVERAGE, OPTIONS] = ['NODE_V8_COVERAGE', 'NODE_OPTIONS'];

const answer = (status: 'pass' | 'not_applicable' | 'unverified', summary: string): Judgement => ({
  status,
  summary,
  tests: null,
  drafts: [],
});

/** Setups have run. */
export async function measureExecuted(order: RepoOrder, { module, gate }: GateJob): Promise<Stored> {
  const startedAt = performance.now();
  const all = await changedIn(order, module, gate);
  const changed = all === null ? null : { ...all, added: askedLines(all) };
  const judged =
    changed === null
      ? answer('unverified', 'the change is too large to be read whole')
      : together(
          await measureNode(order, { module, gate, changed }),
          await measureTexts(order, { module, gate, changed }),
        );
  return { ...judged, log: '', durationMs: Math.round(performance.now() - startedAt) };
}

/** Of a change in several languages the worst that is said of one. */
function together(node: Judgement, texts: Judgement | null): Judgement {
  if (texts === null) return node;
  if (node.status === 'not_applicable') return texts;
  const status = (['fail', 'unverified'] as const).find((each) => [node.status, texts.status].includes(each));
  return {
    status: status ?? 'pass',
    summary: `${node.summary}; ${texts.summary}`,
    tests: null,
    drafts: [...node.drafts, ...texts.drafts],
  };
}

/** JavaScript and TypeScript, by V8. */
async function measureNode(
  order: RepoOrder,
  { module, gate, changed }: Pick<GateJob, 'module' | 'gate'> & { changed: ChangedLines },
): Promise<Judgement> {
  const { files, unread } = await changedFiles(order, changed, module);
  const parse = await loadParser();
  const read = files.map((file) => ({ ...file, functions: changedFunctions(file, parse) }));
  const functions = read.flatMap((file) => file.functions ?? []);
  const left = [
    ...unread,
    ...read.flatMap(({ path, functions: found }) => (found === null ? [unreadable({ path })] : [])),
  ];
  const not = left.length === 0 ? '' : sayUnread(left);
  if (functions.length === 0 && left.length > 0) return answer('unverified', `no function was found: ${not}`);
  if (files.length === 0)
    return answer(
      'not_applicable',
      'no line of JavaScript, TypeScript, Go or Python changed that could be run',
    );
  if (functions.length === 0) return answer('pass', 'no function changed');
  const entries = await order.entryFiles();
  if (entries === null)
    return answer(
      'unverified',
      'there is no entry point that can be found: name one with `entries` on a gate of the kind reach',
    );
  const suites = suitesOf(module).filter(({ reporter }) => NODE_REPORTERS.includes(reporter));
  if (suites.length === 0)
    return answer(
      'unverified',
      'no suite of this module runs with node:test, vitest, jest or mocha, of which this can be told',
    );
  const all: Watched[] = [];
  for (const suite of suites) {
    const seen = await runWatched(order, module.path, suite);
    if (seen === null)
      return answer('unverified', `the tests of \`${suite.name}\` came to no end that can be read`);
    all.push(seen);
  }
  const watched = togetherOf(all);
  const judged = judgeExecuted({
    repo: order.repo,
    functions,
    entries,
    silent: watched.silent,
    stops: gate.unrun !== 'shown',
    ...asWritten(watched, files, parse),
  });
  const summary = not === '' ? judged.summary : `${judged.summary}; not looked at: ${not}`;
  return { ...judged, summary };
}

function togetherOf(all: readonly Watched[]): Watched {
  const texts = all.flatMap(({ compiled }) => [...compiled]);
  const byPath = Map.groupBy(texts, ([path]) => path);
  return {
    processes: all.flatMap(({ processes }) => processes),
    silent: all.reduce((sum, { silent }) => sum + silent, 0),
    compiled: new Map(
      [...byPath].map(([path, found]) => [path, [...new Set(found.flatMap(([, each]) => each))]]),
    ),
  };
}

/** null: the run was cut off. */
function runWatched(order: RepoOrder, module: string, suite: GateJob['gate']): Promise<Watched | null> {
  const { around } = order;
  return order.head.apart({ module, gate: suite.name, isLast: () => false }, async (place) => {
    const name = `.coverage-${randomBytes(6).toString('hex')}`;
    await mkdir(join(place.written, name), { recursive: true });
    await writeFile(join(place.written, name, WATCH_NODE_NAME), WATCH_NODE);
    const loaded = `--import=${pathToFileURL(join(place.root, name, WATCH_NODE_NAME)).href}`;
    const own = suite.env.includes(OPTIONS) ? [around.environment[OPTIONS] ?? ''] : [];
    const environment = {
      ...around.environment,
      [COVERAGE]: join(place.root, name),
      [OPTIONS]: [loaded, ...own].join(' '),
    };
    const gate = { ...suite, env: [...new Set([...suite.env, COVERAGE, OPTIONS])] };
    const run = await measureTests(gate, place, GREEN_UNASKED, { ...around, environment });
    if (run.report === null || hasBrokenEnd(run.end)) return null;
    return readProcesses(join(place.written, name), place.root);
  });
}
