/**
 * The driver port: how an agent is run. Every implementation passes `driver.contract.ts`.
 */
import type { Reading } from '../core/records.ts';
import type { Usage } from '../core/results.ts';
import type { Access, FailureReason, Role } from '../core/words.ts';
import type { ModelAccess, ProviderFacts } from '../gateway/gateway.ts';
import type { Capability } from '../definitions/agent.ts';
import type { Handed } from './without-secrets.ts';
import type { Wall } from '../workspace/wall.ts';

/** One call of one agent. Everything it may know is in here; its only secret is the token of its model access. */
export interface WorkOrder {
  runId: string;
  /** `<run>/<command key>`: identifies this attempt for ever, over all runs of a machine. */
  invocationId: string;
  agent: string;
  role: Role;
  attempt: number;
  round: number;
  access: Access;
  workspace: { dir: string; repos: { name: string; path: string }[] };
  request: string;
  instructions: string;
  /** What stands at the front of the instructions. */
  readings: Reading[];
  prompt: string;
  /** Ends each fence around what others wrote; drawn for this order. Absent in orders of older versions. */
  fenceWord?: string;
  context: ContextItem[];
  findings: FindingForAgent[];
  /** What kind of result is asked for: `requirements`, `plan`, `changes`, `review`, … */
  output: string;
  /** JSON Schema of the result, made when it is asked for: not every driver hands it on. */
  resultSchema: () => object;
  /**
   * What is wrong with a result, in sentences for the agent, beyond what the schema says: names, ids, claims that the
   * workspace contradicts. For drivers that can tell the agent while it is still at work; absent outside of the engine.
   */
  checkResult?: (result: unknown) => Promise<string[]>;
  model: string | null;
  /** How much the model is to think, in its agent's own words (`low`, `high`, …); absent or null: as it likes. */
  reasoning?: string | null;
  /** What the agent may do; absent: the least that its role needs. */
  capabilities?: readonly Capability[];
  /** The OS sandbox to run in; `off` only by the user's explicit choice. */
  wall: Wall;
  /** Whether its processes may reach the whole network; else only the ports that its driver opens for it. */
  network: boolean;
  /** How it reaches a model, measured and bounded; null where the driver asks for none. */
  modelAccess: ModelAccess | null;
  /** Hears, word for word, what the driver tells its agent after the first prompt. */
  tellLater?: (text: string) => void;
  /** Takes what the driver hands its agent and nobody may see: whoever gave the order takes that out of all that comes back. */
  handed: Handed;
  idleTimeoutMs: number;
  totalTimeoutMs: number;
  maxOutputBytes: number;
}

export interface ContextItem {
  name: string;
  kind: string;
  text: string;
}

/** A finding as the agent sees it. */
export interface FindingForAgent {
  id: string;
  severity: string;
  blocking: boolean;
  source: string;
  repo: string | null;
  file: string | null;
  line: number | null;
  problem: string;
  fix: string;
}

/** What an agent does while it works: for the live view and a bounded side log, never for decisions. */
export type DriverNote = {
  /** `wait`: what keeps it from going on; people are told without a terminal, too. */
  kind: 'text' | 'tool' | 'plan' | 'permission' | 'stderr' | 'wait';
  text: string;
};

export type DriverOutcome =
  /** `result` is unchecked: the engine parses it against the schema. */
  | { kind: 'submitted'; result: unknown; raw: Uint8Array; usage: Usage }
  | {
      kind: 'failed';
      reason: FailureReason;
      detail: string;
      /** With `quota_exceeded`: until the provider takes calls again, where it said so. */
      retryAfterMs?: number;
      /** Another attempt would end in the same way: a person has to mend something first. */
      hopeless?: true;
      raw: Uint8Array;
      usage: Usage;
    };

/** What a driver measures itself of every invocation. What an agent says of its own cost is a claim and does not count. */
export type Meter = 'tokens' | 'cost_usd';

/** Labels what was written before the run began: it says nothing of this run, whatever it says. */
export const REHEARSAL_LABEL = 'rehearsal';

/** What a run is about to ask of its driver. */
export interface PreflightFacts {
  /** Each agent of the workflow, with the models that it may get. */
  models: readonly { agent: string; model: string | null }[];
  /** Who answers calls of models; empty for drivers that make none. */
  providers: readonly ProviderFacts[];
}

export interface Driver {
  readonly name: string;
  /** What `usage` of every submitted outcome holds; absent: nothing, and its cost shows as unknown. */
  readonly meters?: readonly Meter[];
  /**
   * Every order comes with access to a model through the gateway, and what goes through there is the invocation's usage:
   * the engine replaces what outcomes say of it, and ends the invocation where no call is let through any more.
   */
  readonly callsModels?: boolean;
  /** Its agents call their providers by themselves: they get the whole network, and every view says so. */
  readonly opensNetwork?: boolean;
  /** Whether it could run an agent with a model of this name; absent: it can with any, or asks for none. */
  takesModel?(name: string): boolean;
  /** What runs this agent with this model, in words people see in every view: `rules`, `rules, careless`, `program`, `script`, `rehearsal`, `model`. */
  labelFor(agent: string, model?: string | null): string;
  /** Checks before a run starts that it can start agents at all. Returns what is wrong, in sentences. */
  preflight(facts?: PreflightFacts): Promise<string[]>;
  /**
   * Runs the agent until it is done, out of time, or `signal` aborts (outcome `cancelled`).
   * Never throws for anything that the agent does. When it returns, no process of the invocation is left.
   */
  run(order: WorkOrder, note: (note: DriverNote) => void, signal: AbortSignal): Promise<DriverOutcome>;
}

export const UNKNOWN_USAGE: Usage = { input_tokens: null, output_tokens: null, cost_usd: null };
