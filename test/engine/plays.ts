/** Agents of the engine's tests: one function plays them all, and every order that they got is kept. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { EventOf, EventType, JournalEvent } from '../../src/core/events.ts';
import { formatDiagnostic } from '../../src/core/errors.ts';
import type { Graph } from '../../src/core/graph.ts';
import { withGivenPlan } from '../../src/core/graph/plan-graphs.ts';
import type { AgentDefinition } from '../../src/definitions/agent.ts';
import type { Config, GateCommand, RepoConfig } from '../../src/definitions/config.ts';
import { parseWorkflow } from '../../src/definitions/load-workflow.ts';
import { UNKNOWN_USAGE, type Driver, type DriverOutcome, type WorkOrder } from '../../src/drivers/driver.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openRig, type Rig } from '../../src/testing/rig.ts';

/** Edits the workspace and returns the result that the agent hands in; `Failed` ends the attempt without one. */
export type Play = (order: WorkOrder, signal: AbortSignal) => unknown;

export class Failed {
  readonly reason: Extract<DriverOutcome, { kind: 'failed' }>['reason'];
  readonly detail: string;
  constructor(reason: Failed['reason'], detail: string) {
    this.reason = reason;
    this.detail = detail;
  }
}

export interface PlayDriver extends Driver {
  orders: WorkOrder[];
}

/** A driver in this process, labelled as a script in every view. */
export function createPlayDriver(play: Play): PlayDriver {
  const orders: WorkOrder[] = [];
  return {
    orders,
    name: 'play',
    labelFor: () => 'script',
    preflight: async () => [],
    async run(order, _note, signal) {
      orders.push(order);
      const result = await play(order, signal);
      const usage = UNKNOWN_USAGE;
      if (result instanceof Failed)
        return { kind: 'failed', reason: result.reason, detail: result.detail, raw: new Uint8Array(), usage };
      return { kind: 'submitted', result, raw: Buffer.from(JSON.stringify(result)), usage };
    },
  };
}

/** A rig whose agents are this play, with one repository `api` of one file. */
export async function openPlay(
  play: Play,
  environment?: NodeJS.ProcessEnv,
): Promise<Rig & { driver: PlayDriver; api: string }> {
  const driver = createPlayDriver(play);
  const rig = await openRig(driver, null, environment);
  const api = rig.repository('api', { 'README.md': '# api\n', 'src/app.txt': 'one\ntwo\nthree\n' });
  return { ...rig, driver, api };
}

/** As a person's answer at the command line. */
export async function answer(
  engine: Engine,
  runId: string,
  questionId: string,
  option: string,
  text = '',
): Promise<void> {
  const message = { kind: 'answer', questionId, option, text, name: 'ada', via: 'cli' } as const;
  await engine.journal.post(runId, message);
}

/** What most agents do: writers leave a file that says who and when, reviewers pass and resolve. */
export function playWell(order: WorkOrder): unknown {
  if (order.role === 'reviewer') return verdict(order);
  if (order.access === 'write') edit(order, `${order.agent}.txt`, `round ${order.round}\n`);
  return done(order);
}

export function done(order: WorkOrder, over: object = {}): object {
  return { status: 'complete', summary: `${order.agent} in round ${order.round}`, ...over };
}

/** A pass that resolves everything that was open. */
export function verdict(order: WorkOrder, over: object = {}): object {
  const resolved = order.findings.map((finding) => finding.id);
  const asked = order.context.find((item) => item.name === 'review areas')?.text ?? '[]';
  const areas = (JSON.parse(asked) as string[]).map((area) => ({ area, said: 'nothing to say' }));
  return { status: 'complete', summary: 'read it', verdict: 'pass', findings: [], resolved, areas, ...over };
}

/** A fail with one blocking finding; earlier ones of the same words keep their id. */
export function refusal(order: WorkOrder, problem: string, over: object = {}): object {
  const same = order.findings.find((finding) => finding.problem === problem);
  const resolved = order.findings.filter((finding) => finding !== same).map((finding) => finding.id);
  const finding = { severity: 'major', blocking: true, problem, fix: 'mend it', ...over };
  const named = same === undefined ? finding : { ...finding, id: same.id };
  return { status: 'complete', summary: problem, verdict: 'fail', findings: [named], resolved };
}

/** Writes a file into a repository of the order's workspace, by default the first one. */
export function edit(order: WorkOrder, path: string, text: string, repo: string | null = null): void {
  const file = join(repoPath(order, repo), path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

export function read(order: WorkOrder, path: string, repo: string | null = null): string {
  return readFileSync(join(repoPath(order, repo), path), 'utf8');
}

function repoPath(order: WorkOrder, repo: string | null): string {
  return order.workspace.repos.find((each) => repo === null || each.name === repo)?.path ?? '';
}

/** The events of one type, in order. */
export function eventsOf<T extends EventType>(events: JournalEvent[], type: T): EventOf<T>[] {
  return events.flatMap((entry) => (entry.event.type === type ? [entry.event as EventOf<T>] : [])); // the type says which
}

export function gate(command: string[], over: Partial<GateCommand> = {}): GateCommand {
  return {
    name: 'build',
    kind: 'build',
    command,
    shell: false,
    env: [],
    reporter: 'none',
    report: null,
    set: 'quick',
    network: false,
    timeoutMs: null,
    ...over,
  };
}

/** A configuration with these gates in each of the repositories. */
export function configOf(gates: GateCommand[], repos: string[] = ['api']): Config {
  const repo: RepoConfig = { modules: [{ path: '.', setup: null, gates }], protectedPaths: [] };
  return { repos: Object.fromEntries(repos.map((name) => [name, repo])), limits: {}, agentEnv: [] };
}

/** A plan of no tasks: for what comes with a plan beside them. */
export const EMPTY_PLAN = {
  analysis: 'One thing.',
  tasks: [],
  cites: [],
  risks: [],
  rollback: [],
  success_criteria: [],
  estimate: 'small',
  task_types: [],
  recipe: null,
};

/** The graph of a workflow that is right. */
export function graphOf(workflow: string, agents: AgentDefinition[]): Graph {
  const { graph, diagnostics } = parseWorkflow('w.yaml', Buffer.from(workflow), agents);
  if (graph === null) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return graph;
}

/** The graph of a workflow whose run is handed its plan. */
export function graphWithGivenPlan(workflow: string, agents: AgentDefinition[]): Graph {
  const given = withGivenPlan(graphOf(workflow, agents));
  if (given === null) throw new Error('The workflow has no step that plans.');
  return given;
}
