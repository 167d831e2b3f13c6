/** The gate `executed`: the module's suites once more, watched by V8. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { changedIn } from '../change/changed-in-module.ts';
import { hasBrokenEnd } from '../describe-end.ts';
import { changedFiles, sayUnread, suitesOf, unreadable } from '../mutation/mutation-gate.ts';
import { loadParser } from '../reach/parse.ts';
import type { GateJob, RepoOrder, Stored } from '../run-repo-gates.ts';
import { measureTests, NOTHING_KNOWN } from '../suites/measure-tests.ts';
import { changedFunctions } from './new-functions.ts';
import { judgeExecuted } from './judge-executed.ts';
import { readProcesses, type Executed } from './read-processes.ts';

const VARIABLE = 'NODE_V8_COVERAGE';

/** Setups have run. */
export async function measureExecuted(order: RepoOrder, { module, gate }: GateJob): Promise<Stored> {
  const startedAt = performance.now();
  const answer = (status: 'pass' | 'not_applicable' | 'unverified', summary: string): Stored => ({
    status,
    summary,
    tests: null,
    drafts: [],
    log: '',
    durationMs: Math.round(performance.now() - startedAt),
  });
  const changed = await changedIn(order, module, gate);
  if (changed === null) return answer('unverified', 'the change is too large to be read whole');
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
    return answer('not_applicable', 'no line of JavaScript or TypeScript changed that could be run');
  if (functions.length === 0) return answer('pass', 'no function changed');
  const entries = await order.entryFiles();
  if (entries === null)
    return answer(
      'unverified',
      'there is no entry point that can be found: name one with `entries` on a gate of the kind reach',
    );
  // Others run what a compiler made, and V8 knows nothing of where that was written.
  const suites = suitesOf(module).filter(({ reporter }) => reporter === 'node');
  if (suites.length === 0)
    return answer('unverified', 'no suite of this module runs with node:test, of which this can be told');
  const processes: Executed[] = [];
  for (const suite of suites) {
    const seen = await runWatched(order, module.path, suite);
    if (seen === null)
      return answer('unverified', `the tests of \`${suite.name}\` came to no end that can be read`);
    processes.push(...seen);
  }
  const judged = judgeExecuted({ repo: order.repo, functions, processes, entries });
  const summary = not === '' ? judged.summary : `${judged.summary}; not looked at: ${not}`;
  return { ...judged, summary, log: '', durationMs: Math.round(performance.now() - startedAt) };
}

/** null: the run was cut off. */
function runWatched(order: RepoOrder, module: string, suite: GateJob['gate']): Promise<Executed[] | null> {
  const { around } = order;
  return order.head.apart({ module, gate: suite.name, isLast: () => false }, async (place) => {
    const name = `.coverage-${randomBytes(6).toString('hex')}`;
    await mkdir(join(place.written, name), { recursive: true });
    const environment = { ...around.environment, [VARIABLE]: join(place.root, name) };
    const gate = { ...suite, env: [...suite.env, VARIABLE] };
    const run = await measureTests(gate, place, NOTHING_KNOWN, { ...around, environment });
    if (run.report === null || hasBrokenEnd(run.end)) return null;
    return readProcesses(join(place.written, name), place.root);
  });
}
