/** A rehearsal in this process, from the definitions to the document. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { REHEARSAL_EFFORT } from '../../demo/rehearsal.ts';
import { envelopeOf } from '../../demo/rehearse/envelope.ts';
import type { Rogue } from '../../demo/rehearse/rogues.ts';
import type { Config } from '../../definitions/config.ts';
import type { Rehearsal } from '../../definitions/rehearsal-schema.ts';
import { openEngine } from '../../engine/open-engine.ts';
import { inspectRepository } from '../../workspace/inspect.ts';
import { completeConfig } from '../config-here.ts';
import type { CliContext } from '../context.ts';
import { workDirOf } from '../places.ts';
import type { LoadedWorkflow } from '../start/definitions-here.ts';
import { readEarlierTimes } from './earlier-times.ts';
import { playRehearsal } from './play-rehearsal.ts';
import { budgetOf, openStage } from './stage.ts';
import type { RehearsalTeller } from './tell.ts';

/** Rogues fail on purpose: nobody has to wait for the usual pause before a retry. */
const RETRY_BACKOFF_MS = 50;

export interface RehearseHere {
  definitions: LoadedWorkflow;
  /** The user's own; empty: those of the demo. */
  repos: readonly string[];
  /** Of these repositories. */
  config: Config;
  rogues: readonly Rogue[];
  /** For the store and the repositories of these runs. */
  dir: string;
  tell: RehearsalTeller;
}

/** null: somebody stopped it. */
export async function rehearse(options: RehearseHere, context: CliContext): Promise<Rehearsal | null> {
  const { definitions, dir, tell } = options;
  const since = context.monotonicMs();
  // What is none is refused before anything is said of a rehearsal of it.
  for (const path of options.repos) await inspectRepository({ path: resolve(context.cwd, path), ref: null });
  const graph = { ...definitions.graph, budget: budgetOf(definitions.graph.budget, options.config) };
  const envelope = envelopeOf(graph, {
    effort: REHEARSAL_EFFORT.tier,
    tasks: null,
    ...(await readEarlierTimes(context)),
    usdPerToken: dearestToken(options.config),
  });
  tell.envelope(graph.workflow, envelope);
  const stage = await openStage(options.repos, join(dir, 'repos'), { config: options.config, context });
  const stateDir = join(dir, 'store');
  const workDir = workDirOf(context);
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  using stop = context.listenForStop();
  await using engine = await openEngine({ stateDir, workDir, environment: context.environment });
  const repos = stage.repos.map((path) => ({ path, ref: null }));
  const inspected = (await engine.workspaces.inspect(repos)).repos;
  const { config } = await completeConfig(stage.config, inspected, context.environment);
  const played = await playRehearsal({
    engine,
    start: {
      request: stage.request,
      ...(stage.plan === undefined ? {} : { plan: stage.plan }),
      effort: REHEARSAL_EFFORT,
      repos,
      graph: { ...graph, limits: { ...graph.limits, retry_backoff_ms: RETRY_BACKOFF_MS } },
      agents: definitions.agents,
      config,
      forge: 'local',
      sandbox: 'auto',
      confirmed: true,
      actor: { kind: 'human', name: context.userName, via: 'flag' },
    },
    honest: stage.honest(config, graph.steps),
    confirms: stage.confirms,
    rogues: options.rogues,
    workspacesOf: (runId) => join(workDir, runId),
    tell,
    signal: stop.signal,
  }).catch((error: unknown) => {
    if (stop.signal.aborted) return null;
    throw error;
  });
  if (played === null) return null;
  const { honest, rows } = played;
  return {
    workflow: graph.workflow,
    repos: inspected.map(({ name }) => name),
    envelope,
    honest,
    rogues: rows,
    store: stateDir,
    duration_ms: Math.round(context.monotonicMs() - since),
  };
}

const PER = 1_000_000;

/** Dollars of a token at the dearest price that is configured; null: none is. */
function dearestToken({ providers }: Config): number | null {
  const prices = Object.values(providers ?? {}).flatMap(({ price }) =>
    price === undefined
      ? []
      : [price.input, price.output, price.cachedInput ?? 0, price.cacheWrites ?? 0].map((usd) => usd / PER),
  );
  return prices.length === 0 ? null : Math.max(...prices);
}
