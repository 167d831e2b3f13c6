/** A rehearsal in this process, from the definitions to the document. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PREPARED_ANSWERS, rehearse as prepared, REHEARSAL_EFFORT } from '../../demo/rehearsal.ts';
import { createDemoRepositories } from '../../demo/repositories.ts';
import { envelopeOf } from '../../demo/rehearse/envelope.ts';
import type { Rogue } from '../../demo/rehearse/rogues.ts';
import type { Rehearsal } from '../../definitions/rehearsal-schema.ts';
import { loadRehearsal } from '../../drivers/rehearsal/load-rehearsal.ts';
import type { Script } from '../../drivers/scripted.ts';
import { openEngine } from '../../engine/open-engine.ts';
import { completeConfig } from '../config-here.ts';
import type { CliContext } from '../context.ts';
import { workDirOf } from '../places.ts';
import type { LoadedWorkflow } from '../start/definitions-here.ts';
import { playRehearsal } from './play-rehearsal.ts';
import type { RehearsalTeller } from './tell.ts';

/** Rogues fail on purpose: nobody has to wait for the usual pause before a retry. */
const RETRY_BACKOFF_MS = 50;
/** Behind the last round that anything is prepared for: the first tries of careless agents belong to the demo. */
const LAST_ROUND = 99;

export interface RehearseHere {
  definitions: LoadedWorkflow;
  rogues: readonly Rogue[];
  /** For the store and the repositories of these runs. */
  dir: string;
  tell: RehearsalTeller;
}

export async function rehearse(options: RehearseHere, context: CliContext): Promise<Rehearsal> {
  const { definitions, dir, tell } = options;
  const since = context.monotonicMs();
  const graph = definitions.graph;
  const { request, plan } = prepared(PREPARED_ANSWERS);
  const envelope = envelopeOf(graph, {
    effort: REHEARSAL_EFFORT.tier,
    tasks: plan?.plan.tasks.length ?? null,
    agentMs: new Map(),
    gatesMs: null,
    usdPerToken: null,
  });
  tell.envelope(graph.workflow, envelope);
  const stateDir = join(dir, 'store');
  const workDir = workDirOf(context);
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  using stop = context.listenForStop();
  await using engine = await openEngine({ stateDir, workDir, environment: context.environment });
  const made = await createDemoRepositories(join(dir, 'repos'), context.environment['PATH'] ?? '');
  const repos = made.map(({ path }) => ({ path, ref: null }));
  const none = { repos: {}, limits: {}, agentEnv: [] };
  const { config } = await completeConfig(none, (await engine.workspaces.inspect(repos)).repos);
  const { honest, rows } = await playRehearsal({
    engine,
    start: {
      request,
      ...(plan === undefined ? {} : { plan }),
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
    honest: preparedScript(),
    rogues: options.rogues,
    workspacesOf: (runId) => join(workDir, runId),
    tell,
    signal: stop.signal,
  });
  return {
    workflow: graph.workflow,
    repos: made.map(({ name }) => name),
    envelope,
    honest,
    rogues: rows,
    store: stateDir,
    duration_ms: Math.round(context.monotonicMs() - since),
  };
}

/** The prepared answers that come with Baton, each agent's last ones at once. */
function preparedScript(): Script {
  const { script } = loadRehearsal(PREPARED_ANSWERS);
  return (order) => script({ ...order, round: LAST_ROUND });
}
