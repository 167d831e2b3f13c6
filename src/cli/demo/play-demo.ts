/** The demo's run: repositories, workflow, cast; then it is driven like any other run. */
import { join } from 'node:path';
import { pid } from 'node:process';
import { demoDriver, TRICK_WORDS } from '../../demo/cast.ts';
import { caughtLines } from '../../demo/caught.ts';
import { hostileLines, hostileRows } from '../../demo/hostile-table.ts';
import { lookForMarker, type Search } from '../../demo/look-for-marker.ts';
import { createDemoRepositories, type DemoRepository } from '../../demo/repositories.ts';
import { PREPARED_ANSWERS, rehearse, REHEARSAL_EFFORT } from '../../demo/rehearsal.ts';
import { openDemoForge } from '../../demo/demo-forge.ts';
import { DEMO_REQUEST } from '../../demo/request.ts';
import type { Engine } from '../../engine/engine.ts';
import { startRun } from '../../engine/start-run.ts';
import { completeConfig } from '../config-here.ts';
import { columnsOf, printLines, type CliContext } from '../context.ts';
import { chooseWorkflow, requireDefinitions, type LoadedWorkflow } from '../start/definitions-here.ts';
import { createDemoAside } from './demo-aside.ts';
import { nextLines } from './demo-next.ts';
import { driveHere, type DriveHereOptions } from '../drive-here.ts';
import { EXIT } from '../exit-codes.ts';
import { openEngineHere } from '../open-engine-here.ts';
import { workDirOf } from '../places.ts';
import { escapeText } from '../render/escape.ts';
import { wrapHanging } from '../render/width.ts';

/** Rogues fail on purpose: nobody has to wait for the usual pause before a retry. */
const RETRY_BACKOFF_MS = 50;

export interface DemoOptions {
  /** The workflow to rehearse with prepared answers; null: the demo, played by rules. */
  workflow: string | null;
  /** Of that workflow. */
  definitions: LoadedWorkflow | null;
  /** `github-like`: one in this process, on loopback. */
  forge: 'local' | 'github-like';
  hostile: boolean;
  json: boolean;
  seed: number;
  paceMs: number;
  stateDir: string;
  reposDir: string;
}

/** Starts the run and drives it here. Returns the exit code. */
export async function playDemo(options: DemoOptions, context: CliContext): Promise<number> {
  const definitions = options.definitions ?? requireDefinitions(chooseWorkflow('review-gated', context.cwd));
  const repos = await createDemoRepositories(options.reposDir, context.environment['PATH'] ?? '');
  await using forge =
    options.forge === 'local'
      ? null
      : await openDemoForge(join(options.reposDir, 'forge'), repos, context.environment);
  const caller = forge === null ? context : { ...context, environment: forge.environment };
  await using engine = await openEngineHere(options.stateDir, caller);
  const runId = await startDemo(engine, options, { definitions, repos }, context);
  const { stateDir, json, hostile } = options;
  const drive = { engine, stateDir, runId, json, takeOver: false, tellResume: false };
  const code = await driveDemo(drive, hostile, context, forge === null);
  if (forge !== null && code === EXIT.done && !json)
    printLines(context, ['', ...forge.lines().map((line) => escapeText(line))]);
  return code;
}

/** Drives a run of the demo, started now or resumed, and ends with what was caught and what to try next. */
export async function driveDemo(
  drive: Omit<DriveHereOptions, 'aside'>,
  hostile: boolean,
  context: CliContext,
  canResume = true,
): Promise<number> {
  const { engine, runId, json } = drive;
  const last = json ? holdLastLine(context) : null;
  const aside = createDemoAside({ hostile, pid, command: context.command.here, canResume });
  const code = await driveHere({ ...drive, aside }, last?.context ?? context);
  if (code === EXIT.done && hostile) await tellTricks(engine, runId, json, context);
  last?.release();
  if (code !== EXIT.done || json) return code;
  const events = await engine.journal.read(runId, 1);
  const caught = caughtLines(events).map((line) => escapeText(line));
  if (caught.length > 0) printLines(context, ['', ...caught.flatMap((line) => hang(line, context))]);
  printLines(context, nextLines(events, drive.stateDir, context.command.elsewhere));
  return code;
}

function hang(line: string, context: CliContext): string[] {
  return wrapHanging(line, columnsOf(context.stdout));
}

async function startDemo(
  engine: Engine,
  options: DemoOptions,
  made: { definitions: LoadedWorkflow; repos: DemoRepository[] },
  context: CliContext,
): Promise<string> {
  const { graph, agents } = made.definitions;
  const repos = made.repos.map(({ path }) => ({ path, ref: null }));
  const none = { repos: {}, limits: {}, agentEnv: [] };
  const { config } = await completeConfig(none, (await engine.workspaces.inspect(repos)).repos);
  const { runId } = await startRun(engine, {
    ...(options.workflow === null
      ? { request: DEMO_REQUEST, driver: demoDriver(options) }
      : { ...rehearse(PREPARED_ANSWERS), effort: REHEARSAL_EFFORT }),
    repos,
    graph: { ...graph, limits: { ...graph.limits, retry_backoff_ms: RETRY_BACKOFF_MS } },
    agents,
    config,
    forge: options.forge === 'local' ? 'local' : 'github',
    sandbox: 'auto',
    confirmed: true,
    actor: { kind: 'human', name: context.userName, via: 'flag' },
  });
  return runId;
}

/** The result stays the last line of stdout, whatever the demo adds. */
function holdLastLine(context: CliContext): { context: CliContext; release(): void } {
  let held = '';
  const write = (text: string): void => {
    const isResult = text.startsWith('{"type":"result"');
    if (isResult) held += text;
    else context.stdout.write(text);
  };
  return {
    context: { ...context, stdout: { ...context.stdout, isTTY: false, write } },
    release: () => void context.stdout.write(held),
  };
}

async function tellTricks(engine: Engine, runId: string, json: boolean, context: CliContext): Promise<void> {
  const events = await engine.journal.read(runId, 1);
  const places = {
    storeOf: (repo: string): string => engine.workspaces.storePath(runId, repo),
    workspaces: join(workDirOf(context), runId),
  };
  const searches = new Map<string, Search>();
  for (const { leaves } of Object.values(TRICK_WORDS))
    if (leaves !== undefined) searches.set(leaves, await lookForMarker(events, leaves, places));
  const rows = hostileRows(events, searches);
  if (json) context.stdout.write(`${JSON.stringify({ type: 'hostile', tricks: rows })}\n`);
  else
    printLines(context, [
      '',
      'What each rogue tried and what stopped it, from the journal:',
      ...hostileLines(rows).flatMap((line) => hang(escapeText(line), context)),
    ]);
}
