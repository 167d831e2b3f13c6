/** What the executors of one run share while a holder drives it. Opened once per drive, from event 1 alone. */
import { RULES_VERSION } from '../core/events.ts';
import { BatonError } from '../core/errors.ts';
import type { Hash } from '../core/results.ts';
import type { RunState } from '../core/state.ts';
import type { AgentDefinition } from '../definitions/agent.ts';
import type { Driver, DriverNote } from '../drivers/driver.ts';
import { secretFinder, type Redactor } from '../drivers/redact.ts';
import type { Gateway, ModelAccess } from '../gateway/gateway.ts';
import type { Forge } from '../forges/forge.ts';
import type { FindSecrets } from '../workspace/secret-files.ts';
import type { Wall } from '../workspace/wall.ts';
import { createRunRedactor, knownSecrets } from './known-secrets.ts';
import type { Breaker } from './breaker.ts';
import { openHistory, type ReadHistory } from './history.ts';
import { findLostWall } from './require-wall.ts';
import type { Engine, RunSnapshot } from './engine.ts';
import { hashBytes } from '../journal/hash.ts';

/** How many artifact texts a drive keeps at hand; the oldest goes first. */
const REMEMBERED_TEXTS = 64;

export interface RunContext {
  engine: Engine;
  runId: string;
  /** The live state: an executor reads it when it is launched, before its first await. */
  state: RunState;
  snapshot: RunSnapshot;
  agents: Map<string, AgentDefinition>;
  driver: Driver;
  breaker: Breaker;
  forge: Forge;
  wall: Wall;
  /** Thrown before anything starts: the run began behind a wall, and there is none now. */
  lostWall: BatonError | null;
  /** null: the driver calls no models. Closed by whoever drives. */
  gateway: Gateway | null;
  /** Of the invocations under way, by command key. */
  accesses: Map<string, ModelAccess>;
  /** Folders of workspaces in which something still runs that cannot be ended: nothing touches them any more. */
  setAside: Set<string>;
  note(key: string, note: DriverNote): void;
  /** Takes secrets out of what agents and gates say. */
  redactor: Redactor;
  findSecrets: FindSecrets;
  history: ReadHistory;
  /** Text of a stored artifact; content-addressed, so remembering it is safe. */
  readText(hash: Hash): Promise<string>;
}

export async function openRunContext(
  engine: Engine,
  state: RunState,
  note: (key: string, note: DriverNote) => void,
): Promise<RunContext> {
  if (state.rulesVersion > RULES_VERSION) {
    throw new BatonError({
      code: 'E_STORE_NEWER',
      message: `Run ${state.runId} follows rules version ${state.rulesVersion}, this Baton knows ${RULES_VERSION}.`,
      fix: 'Continue it with the newer Baton that started it.',
    });
  }
  const texts = new Map<Hash, string>();
  const readText = async (hash: Hash): Promise<string> => {
    const known = texts.get(hash);
    if (known !== undefined) return known;
    const text = Buffer.from(await readArtifact(engine, state.runId, hash)).toString('utf8');
    texts.set(hash, text);
    if (texts.size > REMEMBERED_TEXTS) texts.delete(texts.keys().next().value ?? '');
    return text;
  };
  const snapshot = JSON.parse(await readText(state.snapshot)) as RunSnapshot; // written by start-run and bound by its hash
  const walled = await engine.openWall(state.sandbox);
  const secrets = await knownSecrets(
    engine.environmentSecrets(snapshot.config),
    state.repos,
    engine.workspaces,
  );
  const redactor = createRunRedactor(secrets);
  const driver = await engine.openDriver(snapshot.driver);
  return {
    engine,
    runId: state.runId,
    state,
    snapshot,
    agents: new Map(snapshot.agents.map((agent) => [agent.name, agent])),
    driver,
    breaker: engine.openBreaker(snapshot.driver),
    forge: engine.openForge(state.forge),
    wall: walled.wall,
    lostWall: state.sandbox === 'wall' ? findLostWall(state.runId, walled) : null,
    gateway: driver.callsModels === true ? await engine.openGateway(snapshot.config) : null,
    accesses: new Map(),
    setAside: new Set(),
    note,
    redactor,
    findSecrets: secretFinder(secrets),
    history: openHistory(engine.journal, state.runId),
    readText,
  };
}

async function readArtifact(engine: Engine, runId: string, hash: Hash): Promise<Uint8Array> {
  const artifact = await engine.journal.getArtifact(runId, hash);
  if (artifact !== null && hashBytes(artifact.body) === hash) return artifact.body;
  throw new BatonError({
    code: 'E_DEFINITION_DRIFT',
    message: `Artifact ${hash.slice(0, 12)} of run ${runId} is ${artifact === null ? 'missing' : 'not what its hash says'}.`,
    fix: `Look at the run with \`baton log ${runId}\`; restore the store from a backup, or start a new run.`,
  });
}
