/** Starts a run: everything that can be refused is refused here, before the first event and the first agent. */
import { randomInt } from 'node:crypto';
import { BatonError } from '../core/errors.ts';
import { RULES_VERSION, type EventOf } from '../core/events.ts';
import type { PullRequestExtras, RepoBase } from '../core/records.ts';
import { createState } from '../core/fold.ts';
import { progressOf, statusOf } from '../core/status.ts';
import type { Graph } from '../core/graph.ts';
import type { Config, DeployConfig, PullRequestConfig } from '../definitions/config.ts';
import type { Driver, Meter, PreflightFacts } from '../drivers/driver.ts';
import { checkGraph } from '../definitions/check-graph.ts';
import { DefinitionErrors } from '../core/errors.ts';
import { concernsOfRequest } from '../gates/change/detect-concerns.ts';
import { PLANNED_MODULES } from '../core/checks/lanes.ts';
import { isNamed } from '../gates/change/scopes.ts';
import { modelsOf } from './choose-model.ts';
import { findLowDisk } from './disk-room.ts';
import type { Engine, RunSnapshot, StartOptions } from './engine.ts';
import { takeGivenPlan } from './given-plan.ts';
import { hashData, textArtifact } from './hash.ts';
import { createRequestRedactor, knownSecrets } from './known-secrets.ts';
import { requireWall } from './require-wall.ts';
import { NO_SIGNING_KEY } from './signing.ts';
import { loadReadings, readingNote, toReading } from './required-reading.ts';
import { readRepos } from './stack-reading.ts';

const NETWORK_NOTE = "agents may reach the whole network, this machine's own ports included";
/** How long a forge may take to say whether it could be submitted to. */
const FORGE_LOOK_MS = 60_000;
/** Where nobody says how much a request is worth. */
const USUAL_EFFORT = { tier: 'medium', reason: 'nothing else was said' } as const;

export async function startRun(
  engine: Engine,
  asked: StartOptions,
): Promise<{ runId: string; notes: string[] }> {
  const diagnostics = checkGraph(asked.graph).filter((d) => d.level === 'error');
  if (diagnostics.length > 0) throw new DefinitionErrors(diagnostics);
  engine.openForge(asked.forge);
  const low = findLowDisk(engine.folders, engine.floors.startBytes);
  if (low !== null) throw low;
  const { repos, base, submodules, notes } = await engine.workspaces.inspect(asked.repos);
  const options = await withoutSecrets(engine, asked, repos);
  const walled = await engine.openWall(options.sandbox === 'off' ? 'off' : 'wall');
  if (options.sandbox === 'required') requireWall(walled);
  const names = repos.map((repo) => repo.name);
  const given = takeGivenPlan({ graph: options.graph, request: options.request, repos: names }, options.plan);
  const opened = await preflight(engine, options, repos);
  const required = await loadReadings(engine.workspaces, options, repos);

  const runId = createRunId(engine.clock.now());
  await engine.workspaces.adopt(runId, repos);
  const { agents, driver } = options;
  const shown = await readRepos(engine.workspaces, { runId, base, repos, agents }, required);
  const readings = [...required, ...shown.readings];
  const config = { ...options.config, agentNetwork: options.config.agentNetwork ?? false };
  const hasNetwork = config.agentNetwork || opened.opensNetwork === true;
  const snapshot: RunSnapshot = { agents, config, driver, readings };
  const stored = textArtifact('snapshot', JSON.stringify(snapshot));
  const allNotes = [
    ...notes,
    ...walled.notes,
    ...(hasNetwork && walled.wall.kind !== 'off' ? [NETWORK_NOTE] : []),
    ...(given?.notes ?? []),
    ...readings.map(readingNote),
    ...shown.notes,
    `gates run on Node ${process.versions.node}, the one that runs Baton`,
  ];
  const started: EventOf<'run_started'> = {
    type: 'run_started',
    run_id: runId,
    request: options.request,
    rules_version: RULES_VERSION,
    baton_version: engine.batonVersion,
    graph: options.graph,
    graph_hash: hashData(options.graph),
    snapshot: stored.hash,
    repos,
    base,
    ...(submodules.length === 0 ? {} : { submodules }),
    driver: options.driver.name,
    forge: options.forge,
    sandbox: walled.wall.kind === 'off' ? 'off' : 'wall',
    agent_network: hasNetwork,
    actor: options.actor,
    deployable: Object.keys(options.config.deploy ?? {}).sort(),
    deploy_commands: Object.fromEntries(
      Object.entries(options.config.deploy ?? {}).map(([name, deploy]) => [name, sayDeploy(deploy)]),
    ),
    ...(options.follow === undefined ? {} : { follow: options.follow }),
    ...extrasOf(options.config.pullRequests, options.follow !== undefined),
    base_moved: options.config.pullRequests?.baseMoved ?? 'merge',
    confirmed: options.confirmed,
    ...(options.detection === undefined ? {} : { detection: options.detection }),
    concerns: concernsOfRequest(options.request),
    effort: options.effort ?? USUAL_EFFORT,
    ...(given === null ? {} : { given: given.given }),
    readings: readings.map(toReading),
    notes: allNotes,
  };
  await engine.journal.createRun({
    runId,
    workflow: options.graph.workflow,
    request: options.request,
    at: engine.clock.now().toISOString(),
  });
  await using hold = await engine.journal.hold(runId, { takeOver: false });
  const state = createState(started);
  await engine.journal.append({
    hold,
    expectedSeq: 0,
    events: [started],
    artifacts: given === null ? [stored] : [stored, given.artifact],
    consumed: [],
    summary: { ...statusOf(state), phase: null, progress: progressOf(state) },
  });
  return { runId, notes: allNotes };
}

/** What pull requests are given beside their texts, where that is anything. What came of checks and reviews is told where it is waited for. */
function extrasOf(
  config: PullRequestConfig | undefined,
  isFollowed: boolean,
): Pick<EventOf<'run_started'>, 'pull_requests'> {
  const { labels = [], reviewers = [], teamReviewers = [], status = false, comment = true } = config ?? {};
  const names = { labels, reviewers, team_reviewers: teamReviewers };
  const extras: PullRequestExtras = {
    ...names,
    ...(status ? { status } : {}),
    ...(comment && isFollowed ? { comment } : {}),
  };
  const isAny = Object.values(names).some((each) => each.length > 0) || status || extras.comment === true;
  return isAny ? { pull_requests: extras } : {};
}

/** What people write can hold a key as well: event 1 and every prompt would repeat it. */
async function withoutSecrets(
  engine: Engine,
  options: StartOptions,
  repos: RepoBase[],
): Promise<StartOptions> {
  const fromEnvironment = engine.environmentSecrets(options.config);
  const redactor = createRequestRedactor(await knownSecrets(fromEnvironment, repos, engine.workspaces));
  const { request, detection, plan } = options;
  return {
    ...options,
    request: redactor.text(request),
    // Texts alone change, and no shape.
    ...(detection === undefined ? {} : { detection: redactor.value(detection) as typeof detection }),
    ...(plan === undefined ? {} : { plan: redactor.value(plan) as typeof plan }),
  };
}

/** All that is wrong at once, in sentences. */
async function preflight(engine: Engine, options: StartOptions, repos: RepoBase[]): Promise<Driver> {
  const configured = repos.map(({ name, path }) => ({
    name,
    path,
    config: repoConfig(options.config, name),
  }));
  const opened = await engine.openDriver(options.driver);
  refuseUnmetered(opened, options);
  refuseUnrecorded(opened, engine);
  const [driver, gates, forge, signing] = await Promise.all([
    opened.preflight(await preflightFacts(engine, options, opened)),
    engine.gates.preflight(configured),
    engine.openForge(options.forge).preflight(repos, AbortSignal.timeout(FORGE_LOOK_MS)),
    signingProblems(engine, options, repos),
  ]);
  const problems = [
    ...driver,
    ...gates,
    ...forge,
    ...whyUnsigned(engine, options),
    ...signing,
    ...checksOfNobody(engine, options, configured),
    ...unknownModules(options.graph, configured),
  ];
  if (problems.length === 0) return opened;
  throw new BatonError({
    code: 'E_PREFLIGHT',
    message: `The run cannot start:\n${problems.map((problem) => `- ${problem}`).join('\n')}`,
    fix: `Mend the lines above (${gates.length > 0 ? '`baton init` detects commands, ' : ''}\`baton doctor\` looks at this machine); nothing was started.`,
  });
}

/** A key that cannot be used is said now and not hours later; so is one that is missing where it has to be there. */
function whyUnsigned(engine: Engine, { config }: StartOptions): string[] {
  try {
    return engine.readSigningKey() === null && config.signing === 'required' ? [NO_SIGNING_KEY] : [];
  } catch (error) {
    if (error instanceof BatonError) return [`${error.message} ${error.fix}`];
    throw error;
  }
}

/** Said before anything is spent, and not when the first commit is to be signed. */
async function signingProblems(
  { workspaces }: Engine,
  { config }: StartOptions,
  repos: readonly RepoBase[],
): Promise<string[]> {
  const way = config.commits?.sign ?? 'none';
  if (way === 'none') return [];
  const problems = await Promise.all(repos.map(({ path }) => workspaces.signingProblem(way, path)));
  return [...new Set(problems.filter((problem) => problem !== null))];
}

/** Checks that have to be green, and a forge that has none. */
function checksOfNobody(
  engine: Engine,
  options: StartOptions,
  repos: { name: string; config: Config['repos'][string] }[],
): string[] {
  if (engine.openForge(options.forge).hasChecks) return [];
  return repos.flatMap(({ name, config }) =>
    config.modules
      .flatMap((module) => module.gates)
      .filter((gate) => gate.kind === 'forge_checks')
      .map(
        (gate) =>
          `${name}, gate \`${gate.name}\`: the forge \`${options.forge}\` has no checks of its own. Say \`--forge github\`.`,
      ),
  );
}

/** Which models the agents of the workflow may get, and who would answer. */
async function preflightFacts(
  engine: Engine,
  { agents, config }: StartOptions,
  driver: Driver,
): Promise<PreflightFacts> {
  const models = agents.flatMap((agent) =>
    modelsOf(agent, { choices: config.agents, driver }).map((model) => ({ agent: agent.name, model })),
  );
  if (driver.callsModels !== true) return { models, providers: [] };
  await using gateway = await engine.openGateway(config);
  return { models, providers: await gateway.lookAround() };
}

/** A step whose module nobody knows could change nothing. */
function unknownModules(graph: Graph, repos: { name: string; config: Config['repos'][string] }[]): string[] {
  const known = repos.flatMap(({ config }) => config.modules);
  return graph.steps.flatMap(({ id, work }) => {
    const name = work.kind === 'agent' ? work.module : undefined;
    if (name === undefined || name === PLANNED_MODULES) return [];
    if (repos.some((repo) => repo.name === name) || known.some((module) => isNamed(module, name))) return [];
    const names = known.map((module) => module.name ?? module.path).join(', ') || 'none';
    return [`${id} works in the module \`${name}\`, and baton.yaml has ${names}.`];
  });
}

/** Tokens or money can be bounded only where the driver measures them. */
function refuseUnmetered(driver: Driver, { graph }: StartOptions): void {
  const bounded = (['tokens', 'cost_usd'] as const).filter((name) => graph.budget?.[name] !== undefined);
  const missing = bounded.filter((name) => driver.meters?.includes(name) !== true);
  if (missing.length === 0) return;
  const said: Record<Meter, string> = { tokens: 'tokens', cost_usd: 'money' };
  const what = missing.map((name) => said[name]).join(' and ');
  throw new BatonError({
    code: 'E_UNMETERED',
    message: `The run has a budget of ${what}, and the driver "${driver.name}" cannot measure ${missing.length === 1 ? 'it' : 'them'}: nothing would hold the run to it.`,
    fix: `Take the budget of ${what} out (flags, workflow, baton.yaml), bound the run by --budget-time and by max_invocations in its limits, or use a driver that is metered.`,
  });
}

/** A recording that stays empty, or is not looked at, would be a surprise. */
function refuseUnrecorded(driver: Driver, { recordings }: Engine): void {
  if (recordings === null || driver.callsModels === true) return;
  throw new BatonError({
    code: 'E_USAGE',
    message: `--${recordings.mode} is about calls of models, and the driver "${driver.name}" makes none through Baton.`,
    fix: 'Leave it out, or use a driver that calls models.',
  });
}

function repoConfig(config: Config, name: string): Config['repos'][string] {
  return config.repos[name] ?? { modules: [], protectedPaths: [] };
}

const ID_LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** `1121-0734-k3fzq`: month and day, time (UTC), and five random letters. */
function createRunId(now: Date): string {
  const iso = now.toISOString();
  const random = Array.from({ length: 5 }, () => ID_LETTERS[randomInt(ID_LETTERS.length)]).join('');
  return `${iso.slice(5, 7)}${iso.slice(8, 10)}-${iso.slice(11, 13)}${iso.slice(14, 16)}-${random}`;
}

/** As a person would read it before saying yes. */
function sayDeploy({ command, shell, repo }: DeployConfig): string {
  const words = command.map((word) =>
    shell || /^[\w@%+=:,./-]+$/u.test(word) ? word : JSON.stringify(word),
  );
  return `${words.join(' ')}${repo === null ? '' : ` (in ${repo})`}`;
}
