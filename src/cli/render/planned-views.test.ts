/** How a graph that grows is shown: tasks of a plan, replaced plans, what was dropped and what was given up. */
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../core/graph.ts';
import type { PlannedTask } from '../../core/results.ts';
import { buildGraph, planned, reader } from '../../testing/build-graph.ts';
import { asJournal, simulateEvents, type Script } from '../../testing/events.ts';
import { failing, finding, submitted } from '../../testing/outcomes.ts';
import { acceptedPlans } from './accepted-plans.ts';
import { planDocument } from './formats/plan-document.ts';
import { readHistory, type RunHistory } from './history.ts';
import type { Bodies } from './parts/accepted-bodies.ts';
import { reportDocument } from './report-document.ts';
import { reportMarkdown } from './report-markdown.ts';
import { statusDocument } from './status-document.ts';
import { statusLines } from './status-lines.ts';
import { createStyle } from './style.ts';

const GRAPH: Graph = buildGraph({ one: [reader('plan'), planned('tasks', ['w1', 'w2', 'r1'])] });

function task(id: string, over: Partial<PlannedTask> = {}): PlannedTask {
  return {
    id,
    agent: 'w1',
    description: `do ${id}`,
    depends_on: [],
    output: id,
    category: 'data',
    plan_phase: 'foundation',
    blocking: true,
    scopes: [],
    ...over,
  };
}

function historyOf(script: Partial<Script>): RunHistory {
  const tasks = [task('schema'), task('extra', { agent: 'w2', blocking: false, category: 'quality' })];
  const graph = { ...GRAPH, limits: { ...GRAPH.limits, max_rework: 0, max_retries: 0 } };
  return readHistory(
    asJournal(
      simulateEvents({
        graph,
        confirmed: true,
        work: (command) =>
          command.step === 'one/plan' ? planOf(command, command.round === 1 ? tasks : [task('other')]) : null,
        ...script,
      }),
    ),
  );
}

function planOf(command: { key: string; round: number }, tasks: PlannedTask[]) {
  return submitted(command, 'plan', null, { tasks, summary: `plan of round ${command.round}` });
}

describe('a graph that grows', () => {
  it('R47, R55: shows tasks with their category and part of the plan in status and report', () => {
    const history = historyOf({});
    const report = reportDocument(history, { status: 'done', reason: 'done' }, new Map());
    expect(reportMarkdown(report, null)).toContain('(schema) (data, foundation) |');
    expect(report.growth).toMatchObject([
      { before: 'one/tasks', added: expect.arrayContaining(['one/tasks-schema', 'one/tasks-extra']) },
    ]);
    expect(textOf(history)).toContain('quality, foundation, holds nobody back');
  });

  it('R48, R58: what was given up is an issue, and the run goes on without it', () => {
    const review: Script['review'] = ({ step }) => (step === 'one/tasks-extra' ? failing(finding()) : null);
    const history = historyOf({ review });
    const document = statusDocument(history, {
      holder: null,
      changedFiles: null,
      pending: [],
      statements: [],
    });
    expect(document.status).toBe('done');
    expect(document.issues.join()).toContain('one/tasks-extra: given up, nobody waited for it');
    const states = document.phases.flatMap((phase) => phase.steps.map((step) => step.state));
    expect(states.filter((state) => state !== 'completed')).toEqual(['failed']);
    const extra = document.phases.flatMap(({ steps }) => steps).find(({ id }) => id === 'one/tasks-extra');
    expect(extra).toMatchObject({ state: 'failed', reason: expect.stringMatching(/^given up: ./) });
    const report = reportDocument(history, { status: 'done', reason: 'done' }, bodiesOf(history));
    const row = planDocument(report)
      .split('\n')
      .find((line) => line.startsWith('| extra |'));
    expect(row).toMatch(/\| failed \(given up: .*\), holds nobody back \|$/);
    expect(reportMarkdown(report, null)).toMatch(/\| w2 \| .* \| failed \|/);
    const then = textOf(historyOf({ review, until: (event) => event.type === 'step_given_up' }));
    expect(then).toMatch(/✗ .*given up: /);
    expect(then).not.toContain('skipped: given up');
  });

  it('R53: lists a replaced plan beside the one in force, and what was dropped for it', () => {
    const history = historyOf({
      graph: GRAPH,
      until: (event) => event.type === 'graph_extended' && event.dropped.length > 0,
      work: (command) => {
        if (command.step === 'one/plan') {
          return planOf(
            command,
            command.round === 1
              ? [task('schema'), task('late', { depends_on: ['schema'] })]
              : [task('other')],
          );
        }
        return null;
      },
      review: (command) =>
        command.step === 'one/tasks-schema'
          ? failing(finding({ owner: 'one/plan', source: 'reviewer' }))
          : null,
    });
    const document = statusDocument(history, {
      holder: null,
      changedFiles: null,
      pending: [],
      statements: [],
    });
    expect(document.plans).toMatchObject([
      { revision: 1, in_force: false, summary: 'plan of round 1' },
      { revision: 2, in_force: true, summary: 'plan of round 2' },
    ]);
    expect(textOf(history)).toContain('revision 1 (replaced): plan of round 1');
    const report = reportDocument(history, { status: 'running', reason: '' }, new Map());
    expect(report.plans).toMatchObject([
      { revision: 1, in_force: false, summary: 'plan of round 1' },
      { revision: 2, in_force: true, summary: 'plan of round 2' },
    ]);
    for (const text of [reportMarkdown(report, null), planDocument(report)]) {
      expect(text).toMatch(/revision 1 \(replaced\), accepted .*: plan of round 1/);
      expect(text).toMatch(/revision 2 \(in force\), accepted .*: plan of round 2/);
    }
    expect(reportMarkdown(report, null)).toMatch(/dropped: .*one\/tasks-late/);
  });
});

/** The accepted plan as it is stored. */
function bodiesOf(history: RunHistory): Bodies {
  const tasks = history.state.steps.get('one/plan')?.tasks ?? [];
  return new Map(acceptedPlans(history).map(({ output }) => [output.artifact, { plan: { tasks } }]));
}

function textOf(history: RunHistory): string {
  const document = statusDocument(history, { holder: null, changedFiles: null, pending: [], statements: [] });
  const { started, state } = history;
  const result = {
    runId: started.run_id,
    status: document.status,
    reason: '',
    pullRequests: state.pullRequests,
    questions: [],
    askedIds: [],
    head: '',
    repos: started.repos,
    budget: [],
    criteria: null,
    acceptedAnyway: [],
    withoutTest: false,
    endsWithPlan: false,
    forgeDir: null,
  };
  const style = createStyle({ colour: false, unicode: true });
  return statusLines(document, history, result, { columns: 160, now: history.lastAt, style }).join('\n');
}
