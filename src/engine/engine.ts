/** What the engine is made of, and what a caller may ask of it. Put together in `open-engine.ts`. */
import type { JournalEvent } from '../core/events.ts';
import type { Actor, Detected, Following, Question } from '../core/records.ts';
import type { Graph } from '../core/graph.ts';
import type { RunState } from '../core/state.ts';
import type { Effort, RunStatus } from '../core/words.ts';
import type { AgentDefinition } from '../definitions/agent.ts';
import type { PlanDocument } from '../definitions/load-plan.ts';
import type { Config } from '../definitions/config.ts';
import type { Driver, DriverNote } from '../drivers/driver.ts';
import type { DriverSpec } from '../drivers/spec.ts';
import type { RecordingOptions } from '../gateway/recordings.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Forge } from '../forges/forge.ts';
import type { GateRunner } from '../gates/gates.ts';
import type { Journal } from '../journal/journal.ts';
import type { Breaker } from './breaker.ts';
import type { DiskFloors } from './disk-room.ts';
import type { SideLog } from './side-log.ts';
import type { SigningKey } from './signing.ts';
import type { LoadedReading } from './required-reading.ts';
import type { OpenedWall } from '../workspace/wall/open-wall.ts';
import type { Workspaces } from '../workspace/workspaces.ts';

export interface Engine extends AsyncDisposable {
  journal: Journal;
  workspaces: Workspaces;
  gates: GateRunner;
  openForge(name: string): Forge;
  /** What statements are signed with; null: there is none. Throws E_SIGNING_KEY for one that cannot be used. */
  readSigningKey(): SigningKey | null;
  openDriver(spec: DriverSpec): Promise<Driver>;
  /** For the drivers that call models: one per hold of a run. */
  openGateway(config: Config): Promise<Gateway>;
  /** Whether what models answer is recorded, or comes from a recording. */
  recordings: RecordingOptions | null;
  openWall(mode: 'wall' | 'off'): Promise<OpenedWall>;
  /** Values of the caller's environment that nothing may store, by name. */
  environmentSecrets(config: Config): ReadonlyMap<string, string>;
  /** Ends whatever processes of these invocations outlived their holder. Resolves to the pids that it could not end. */
  killLeftovers(invocationIds: string[]): Promise<number[]>;
  /** Remembers how agents that are started in this way failed, over runs. */
  openBreaker(spec: DriverSpec): Breaker;
  /** Keeps what agents say while they work. */
  openSideLog(runId: string): SideLog;
  clock: Clock;
  /** Where it writes: state and workspaces. */
  folders: readonly string[];
  floors: DiskFloors;
  batonVersion: string;
}

export interface Clock {
  /** Wall clock, for people. */
  now(): Date;
  /** Monotonic milliseconds, for limits and durations. */
  monotonicMs(): number;
  /** Ends early when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface StartOptions {
  request: string;
  repos: { path: string; ref: string | null }[];
  graph: Graph;
  /** The definitions that the graph names. */
  agents: AgentDefinition[];
  config: Config;
  driver: DriverSpec;
  forge: string;
  /** `auto` goes without a wall where there is none, and says so. */
  sandbox: 'required' | 'auto' | 'off';
  /** A person's plan, for a workflow that starts from one. */
  plan?: PlanDocument;
  /** What the request is worth, and who says so; left out: the usual. */
  effort?: { tier: Effort; reason: string };
  /** What the words of the request were seen to ask for. */
  detection?: Detected;
  /** Wait for checks and reviews of the pull requests; left out: the run ends when they are ready. */
  follow?: Following;
  /** `--yes`: confirms the requirements and the list of phases as shown, nothing else. */
  confirmed: boolean;
  actor: Actor;
}

/** The definitions and the driver that a run was started with, stored as one artifact. */
export interface RunSnapshot {
  agents: AgentDefinition[];
  config: Config;
  driver: DriverSpec;
  /** With their texts; absent in older journals. */
  readings?: LoadedReading[];
}

/** What happens while a run is driven; readers of it can never stop the run. */
export interface DriveListener {
  /** After they are durable, in order. On a resume the history comes first, in one call. */
  events(events: JournalEvent[]): void;
  /** What an agent says while it works; not stored, not ordered with the events. */
  note(key: string, note: DriverNote): void;
  /** A question still waits, after the run's `remind_after_ms` and each time that has passed again. */
  remind?(question: Question): void;
}

export interface DriveOptions {
  takeOver: boolean;
  /** First abort: stop agents, leave the run resumable. */
  signal: AbortSignal;
  listener: DriveListener;
}

export interface DriveResult {
  status: RunStatus;
  reason: string;
  state: RunState;
  /** What waits for a person, in the order asked. */
  questions: Question[];
  /** sha256 of the last event. */
  head: string;
  /** Set by a resume: what the new holder found and how long it took to go on. */
  resumed: { interrupted: string[]; foldMs: number } | null;
}
