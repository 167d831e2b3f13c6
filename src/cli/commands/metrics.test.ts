/** The five success metrics of stored runs: of one by its report, and of all by `baton metrics`. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../core/events.ts';
import type { GateResult, Question } from '../../core/records.ts';
import { readOwnIdentity } from '../../journal/process-identity.ts';
import { openSqliteJournal } from '../../journal/sqlite/open.ts';
import { buildGraph, check, deploy, submit, writer } from '../../testing/build-graph.ts';
import { simulateEvents, type Script } from '../../testing/events.ts';
import { failing, finding, gateResult } from '../../testing/outcomes.ts';
import { storeRun } from '../../testing/store-run.ts';
import { openCli, type Cli } from '../testing/captured-context.ts';

const DEPLOYING = buildGraph(
  { build: [writer('one'), check('whole')], end: [submit(), deploy('staging'), deploy('production')] },
  { workflow: 'deploying' },
);

/** A second after the other, from nine o'clock on. */
function createClock(): () => Date {
  let ms = Date.UTC(2026, 0, 5, 9);
  return () => new Date((ms += 1_000));
}

/** Each run with the day that it was created on. */
async function storeOf(...runs: { day: string; events: RunEvent[] }[]): Promise<Cli> {
  const cli = openCli();
  await using journal = await openSqliteJournal({
    dir: join(cli.dir, '.baton'),
    clock: createClock(),
    host: readOwnIdentity('here'),
  });
  for (const { day, events } of runs)
    await storeRun(journal, events, [], { createdAt: `${day}T09:00:00.000Z`, apart: true });
  return cli;
}

function coverage(covered: number, lines: number): GateResult {
  return gateResult({ gate: 'coverage', kind: 'coverage', coverage: { covered, lines, uncovered: [] } });
}

/** Two environments, each approved by a person; one that failed is left. */
function deploying(runId: string, script: Partial<Script> = {}): RunEvent[] {
  const answer = ({ options }: Question) => ({
    option: options.some(({ id }) => id === 'approve') ? 'approve' : 'skip',
    text: '',
  });
  const gates = () => [gateResult(), coverage(30, 40)];
  const deployable = ['staging', 'production'];
  return simulateEvents({ graph: DEPLOYING, runId, confirmed: true, deployable, answer, gates, ...script });
}

const sentBack: Script['review'] = ({ step, round }) =>
  step === 'build/one' && round === 1 ? failing(finding({ source: 'reviewer' })) : null;

const FIRST = { day: '2026-01-05', events: deploying('r-first') };
const SECOND = {
  day: '2026-01-06',
  events: deploying('r-second', {
    review: sentBack,
    gates: () => [gateResult(), coverage(50, 60)],
    deploy: (environment) => (environment === 'staging' ? 'deployed' : 'failed'),
  }),
};
/** Submitted, never deployed, without coverage. */
const THIRD = { day: '2026-01-07', events: simulateEvents({ runId: 'r-third' }) };
/** Cancelled behind its first phase, before any gate. */
const STOPPED = {
  day: '2026-01-07',
  events: [
    ...simulateEvents({ runId: 'r-stopped', until: ({ type }) => type === 'phase_completed' }),
    { type: 'run_ended', status: 'cancelled', reason: 'enough', pull_requests: [] },
  ] satisfies RunEvent[],
};
/** Waits for its confirmation. */
const OPEN = { day: '2026-01-08', events: simulateEvents({ runId: 'r-open', answer: () => null }) };

async function valuesOf(cli: Cli, runId: string): Promise<string[]> {
  const { metrics } = JSON.parse((await cli.run('report', runId, '--json')).out);
  return metrics.map(({ value }: { value: string }) => value);
}

describe('the five success metrics of one run', () => {
  it('R79: have their values where each of the five was recorded', async () => {
    using cli = await storeOf(FIRST, SECOND);
    expect(await valuesOf(cli, 'r-first')).toEqual([
      '34s, to the end of the deploy command',
      '2 of 2 phases',
      '2 answers to 2 questions, 2.0s waited',
      'tests on the last tree: 57 named tests green; accepted at first judgement: 100 %; line coverage: 75 % of 40 changed lines',
      'staging: deployed; production: deployed',
    ]);
    expect(await valuesOf(cli, 'r-second')).toEqual([
      '36s, to the end of the deploy command',
      '2 of 2 phases',
      '3 answers to 3 questions, 3.0s waited',
      'tests on the last tree: 57 named tests green; accepted at first judgement: 0 %; line coverage: 83.3 % of 60 changed lines',
      'staging: deployed; production: failed',
    ]);
  });

  it('R79: call a deployment that failed a failed one, not one that was never measured', async () => {
    using cli = await storeOf({ day: '2026-01-05', events: deploying('r-red', { deploy: () => 'failed' }) });
    const values = await valuesOf(cli, 'r-red');
    expect(values[0]).toMatch(/to the pull request; not deployed$/);
    expect(values[4]).toBe('staging: failed; production: failed');
  });
});

describe('baton metrics', () => {
  it('R79: brings the five together over runs, each with the number of runs that it comes from', async () => {
    using cli = await storeOf(FIRST, SECOND, THIRD, STOPPED, OPEN);
    const { code, out, err } = await cli.run('metrics', '--json');
    expect([code, err]).toEqual([0, '']);
    const { rework, escapes, cost, critical_path: path, ...five } = JSON.parse(out);
    expect([rework.runs, escapes.runs, cost.runs, path.runs]).toEqual([5, 5, 4, 5]);
    expect(five).toEqual({
      since: null,
      workflow: null,
      runs: 5,
      not_ended: 1,
      time: {
        deployment: { runs: 2, median_ms: 34_000, longest_ms: 36_000 },
        pull_request: { runs: 1, median_ms: 45_000, longest_ms: 45_000 },
        runs_without: 2,
      },
      phases: { rate: { runs: 4, complete: 8, skipped: 0, all: 10 }, runs_without: 1 },
      interventions: { runs: 5, runs_asked: 5, questions: 8, answers: 7, waited_ms: 7_000 },
      quality: {
        tests: { runs: 3, green: 3, named_tests_passed: 171 },
        tests_runs_without: 2,
        first_judgement: { runs: 4, first: 6, steps: 7 },
        first_judgement_runs_without: 1,
        steps_never_accepted: 0,
        line_coverage: { runs: 2, covered: 80, lines: 100, earlier: 0 },
        line_coverage_runs_without: 3,
      },
      deployments: {
        started: { runs: 2, all: 4, deployed: 3, confirmed_by_person: 0, failed: 1, unknown: 0 },
        runs_without: 3,
      },
      left_out: [],
    });
  });

  it('R79: shows them as a table, and says of how many runs there is no figure', async () => {
    using cli = await storeOf(FIRST, SECOND, THIRD, STOPPED, OPEN);
    const { out } = await cli.run('metrics');
    expect(out.split('\n').map((line) => line.replaceAll(/(?<=\S) {2,}/g, ' | '))).toEqual([
      '5 runs, 1 not ended',
      'Time from request to deployed feature',
      '  to the deployment | median 34s, longest 36s | 2 runs',
      '  to the pull request only | median 45s, longest 45s | 1 run',
      '  neither deployed nor submitted | 2 runs',
      'Phase completion rate',
      '  complete | 8 of 10 (80 %) | 4 runs',
      '  not ended, not counted | 1 run',
      'Human intervention frequency',
      '  questions | 8, 1.6 a run | 5 runs',
      '  answers | 7 | 5 runs',
      '  waited for people | 7.0s | 5 runs',
      '  asked anything | 5 runs',
      'Final feature quality and test coverage',
      '  tests green on the last tree | 3 of 3 (100 %), 171 named tests | 3 runs',
      '  tests not measured | 2 runs',
      '  steps accepted at first judgement | 6 of 7 (85.7 %) | 4 runs',
      '  first judgement not measured | 1 run',
      '  coverage of changed lines | 80 of 100 (80 %) | 2 runs',
      '  coverage not measured | 3 runs',
      'Infrastructure deployment success',
      '  deployed | 3 of 4 (75 %) | 2 runs',
      '  failed | 1 of 4 | 2 runs',
      '  nothing was deployed | 3 runs',
      'Rework',
      '  rounds sent back | 1, 0.2 a run | 5 runs',
      '  sent back at all | 1 run',
      '  for review reviewer | ████████████████ | 1 | 1 run',
      '  done again by one | ████████████████ | 1 | 1 run',
      'Review escapes (found later in accepted work)',
      '  findings, in 7 accepted steps | 0 | 5 runs',
      'Cost',
      '  invocations | 18 | 4 runs',
      '  not measured | nobody said what they cost | 4 runs',
      'Critical path (what the end of the runs waited for)',
      '  between the pieces | ████████████████ | 1m 33s (65.9 %) | 5 runs',
      '  submission | ██ | 12s (8.5 %) | 3 runs',
      '  reviews | ██ | 10s (7 %) | 4 runs',
      '  agents at work | █ | 8.0s (5.6 %) | 4 runs',
      '  gates | █ | 7.0s (4.9 %) | 3 runs',
      '  people | █ | 7.0s (4.9 %) | 4 runs',
      '  deploy commands | █ | 4.0s (2.8 %) | 2 runs',
      'What would have made them faster (at most, each alone)',
      '  had people answered at once | ████████████████ | 7.0s (4.9 %) | 4 runs',
      '  had no second round been needed | ███████ | 3.0s (2.1 %) | 1 run',
      '  had nothing failed or been cut off | ██ | 1.0s (0.7 %) | 1 run',
      '',
    ]);
  });

  it('R79: tells them by workflow, repository, week and agent, with the time as a chart', async () => {
    using cli = await storeOf(FIRST, SECOND, THIRD, STOPPED, OPEN);
    const linesOf = async (...args: string[]): Promise<string[]> => {
      const [table = ''] = (await cli.run('metrics', ...args)).out.split('\n\n');
      return table.split('\n').map((line) => line.replaceAll(/(?<=\S) {2,}/g, ' | '));
    };
    expect(await linesOf('--by', 'workflow')).toEqual([
      '5 runs, 1 not ended',
      'workflow | runs | time | first | again | late | waited | USD',
      'small | 3 | 45s | ████████████████ | 100 % | 0 | 0 | 2.0s | –',
      'deploying | 2 | 34s | ████████████ | 50 % | 0.5 | 0 | 5.0s | –',
    ]);
    // All five: the middle of 34, 36 and 45 seconds, 6 of 7 steps, 1 round in 5 runs.
    const all = '5 | 36s | ████████████████ | 85.7 % | 0.2 | 0 | 7.0s | –';
    const heads = 'runs | time | first | again | late | waited | USD';
    expect(await linesOf('--by', 'repo')).toEqual([
      '5 runs, 1 not ended',
      `repo | ${heads}`,
      `orders | ${all}`,
    ]);
    expect(await linesOf('--by', 'week')).toEqual([
      '5 runs, 1 not ended',
      `week of | ${heads}`,
      `2026-01-05 | ${all}`,
    ]);
    expect(await linesOf('--by', 'agent', '--workflow', 'deploying')).toEqual([
      '2 runs of workflow deploying',
      'agent | runs | calls | worked | first | again | late | missed | USD',
      'reviewer | 2 | 5 | 5.0s | ████████████████ | – | 0 | 0 | 0 | –',
      'one | 2 | 3 | 3.0s | ██████████ | 1 of 2 | 1 | 0 | 0 | –',
    ]);
    const { by, groups } = JSON.parse((await cli.run('metrics', '--by', 'week', '--json')).out);
    expect([by, groups.length]).toEqual(['week', 1]);
    expect(groups[0]).toMatchObject({ key: '2026-01-05', median_lead_ms: 36_000, runs: 5, not_ended: 1 });
    const refused = await cli.run('metrics', '--by', 'moon');
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('workflow, agent, repo, week')]);
  });

  it('counts what nobody measured in any run as no figure, never as zero', async () => {
    using cli = await storeOf(OPEN);
    const told = JSON.parse((await cli.run('metrics', '--json')).out);
    expect(told).toMatchObject({
      time: { deployment: null, pull_request: null, runs_without: 1 },
      phases: { rate: null, runs_without: 1 },
      quality: { tests: null, first_judgement: null, line_coverage: null },
      deployments: { started: null, runs_without: 1 },
    });
    const { out } = await cli.run('metrics');
    expect(out).not.toMatch(/\b0 of\b|NaN/);
    expect(out.slice(0, out.indexOf('Critical path'))).not.toContain('%');
  });

  it('takes the runs of one workflow, and those since a day or a time', async () => {
    using cli = await storeOf(FIRST, SECOND, THIRD, STOPPED, OPEN);
    const runsOf = async (...args: string[]): Promise<number> =>
      JSON.parse((await cli.run('metrics', '--json', ...args)).out).runs;
    expect(await runsOf('--workflow', 'deploying')).toBe(2);
    expect(await runsOf('--since', '2026-01-07')).toBe(3);
    expect(await runsOf('--since', '2026-01-06T09:00')).toBe(4);
    expect(await runsOf('--since', '2026-01-06T09:00+01:00')).toBe(4);
    expect(await runsOf('--since', '2026-01-06T09:01')).toBe(3);
    const { out } = await cli.run('metrics', '--workflow', 'deploying', '--since', '2026-01-06');
    expect(out).toMatch(/^1 run of workflow deploying since 2026-01-06\n/);
    const none = await cli.run('metrics', '--workflow', 'elsewhere');
    expect([none.code, none.out]).toEqual([0, 'no runs of workflow elsewhere with figures\n']);
    for (const date of ['yesterday', '2026-02-31', '2026-13-01', '2026-01-05T25:00']) {
      const refused = await cli.run('metrics', '--since', date);
      expect([date, refused.code, refused.err]).toEqual([date, 2, expect.stringContaining('E_USAGE')]);
    }
  });

  it('R79: names damaged runs and leaves them out', async () => {
    using cli = await storeOf(FIRST, SECOND, THIRD, OPEN);
    const db = new DatabaseSync(join(cli.dir, '.baton', 'journal.db'));
    db.exec(
      `UPDATE events SET body = replace(body, 'Done as asked', 'Done as paid!') WHERE run_id = 'r-first'`,
    );
    db.exec(`UPDATE runs SET request = 'another' WHERE run_id = 'r-third'`);
    db.exec(`DELETE FROM runs WHERE run_id = 'r-open'`);
    db.close();
    const { code, out, err } = await cli.run('metrics', '--json');
    expect(code).toBe(0);
    const { runs, deployments, left_out: leftOut } = JSON.parse(out);
    expect([runs, deployments.started.all]).toEqual([1, 2]);
    expect(leftOut.map((each: { run_id: string }) => each.run_id)).toEqual(['r-third', 'r-first', 'r-open']);
    expect(err).toMatch(/warning: left out: E_INTEGRITY run r-third: the row of the run was changed/);
    expect(err).toMatch(/warning: left out: E_INTEGRITY run r-first: /);
    expect(err).toMatch(/warning: left out: E_INTEGRITY events of run r-open/);
  });

  it('says how far it is where reading takes longer than a second', async () => {
    using cli = await storeOf(FIRST, SECOND, THIRD, OPEN);
    let ms = 0;
    cli.context.monotonicMs = () => (ms += 600);
    const { out, err } = await cli.run('metrics');
    expect(out).toMatch(/^4 runs/);
    expect(err).toBe('read 1 of 4 runs\nread 3 of 4 runs\n');
  });
});
