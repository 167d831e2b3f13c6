/** The public API: what a program needs to start, drive and read runs. */
export { drive } from './engine/drive.ts';
export { openEngine } from './engine/open-engine.ts';
export type { EngineOptions } from './engine/open-engine.ts';
export { startRun } from './engine/start-run.ts';
export type {
  Clock,
  DriveListener,
  DriveOptions,
  DriveResult,
  Engine,
  RunSnapshot,
  StartOptions,
} from './engine/engine.ts';
export { fold } from './core/fold.ts';
export { decide } from './core/decide.ts';
export { statusOf } from './core/status.ts';
export { BatonError, DefinitionErrors, FencedError, HeldError, IntegrityError } from './core/errors.ts';
export type { Diagnostic, ErrorCode } from './core/errors.ts';
export type { JournalEvent, RunEvent } from './core/events.ts';
export type { PullRequest, Question } from './core/records.ts';
export type { Graph, Step } from './core/graph.ts';
export type { RunState } from './core/state.ts';
export type { RunStatus } from './core/words.ts';
export type { Driver, DriverNote, DriverOutcome, WorkOrder } from './drivers/driver.ts';
export type { DriverSpec } from './drivers/spec.ts';
export type { Forge, ForgeOutcome, ForgeRequest } from './forges/forge.ts';
export type { GateOrder, GateRunner } from './gates/gates.ts';
export type { Hold, InboxMessage, Journal } from './journal/journal.ts';
export { loadWorkflow } from './definitions/load-workflow.ts';
export { loadAgentFolder, loadAgents } from './definitions/load-agents.ts';
export { loadConfig } from './definitions/load-config.ts';
