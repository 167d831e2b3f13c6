/**
 * The gateway port. Between whoever calls a model (an agent's process, a client in this process) and the model's
 * provider stands a server on loopback. It holds the provider's key; the caller gets a token and a base URL that are
 * worth something for one invocation only. What goes through is measured, and held to the run's budget.
 */
import type { Usage } from '../core/results.ts';
import type { WireName } from './wire.ts';

/** What one invocation gets: everything that a client of a model has to be told. */
export interface ModelAccess {
  /** Used in place of a key, in whichever header the client's format has for it. It is refused after `close`. */
  readonly token: string;
  /** By name, in the order configured: what can be called, and in which formats. */
  readonly providers: readonly ProviderFacts[];
  /**
   * Of one provider, without a version and without a slash at the end: `http://127.0.0.1:4711/anthropic`. A client that
   * wants the version in it gets it appended: `/v1` (Anthropic, OpenAI and what speaks like it), `/v1beta` (Gemini).
   * Throws E_NOT_FOUND for a provider that is not configured.
   */
  baseUrl(provider: string): string;
  /** What the calls so far took; a number that some call did not tell is null. Without a call everything is 0. */
  usage(): Usage;
  /**
   * What else differs from one invocation to the next and can stand in its calls, by a name: folders that its driver
   * made for it, tokens. Recordings hold the names, as they do for `volatile` of the grant.
   */
  varies(values: Readonly<Record<string, string>>): void;
  /** Settles when no call of its agent is under way: what one takes that is broken off, nobody knows. */
  idle(): Promise<void>;
  /** Aborted when no call of this invocation is let through any more: `stop()` says why. */
  readonly stopped: AbortSignal;
  stop(): AccessStop | null;
}

export interface ProviderFacts {
  name: string;
  wires: readonly WireName[];
  /** Whether a key is there, or none is needed. */
  usable: boolean;
  /** The variable that would hold the key; null: it needs none. */
  keyEnv: string | null;
  /** How long a conversation its models bear, in tokens; null: nobody says so. */
  contextTokens: number | null;
  /** The address on this machine where nobody listens; absent: it was not looked for, or somebody does. */
  refusedAt?: string;
}

/** Why an invocation's calls are refused from here on. */
export type AccessStop =
  /** Its part of the run's budget is spent, or a call cannot be measured where money is bounded. */
  | { kind: 'budget'; detail: string }
  /** The provider refuses until then; null: it did not say until when. */
  | { kind: 'quota'; detail: string; until: Date | null }
  /** A replay was asked for what nobody recorded. */
  | { kind: 'not_recorded'; detail: string };

/** What may still be spent; null: not bounded. Asked before every call, so that it may fall while the invocation runs. */
export interface Allowance {
  tokens: number | null;
  costUsd: number | null;
}

export interface InvocationGrant {
  /** `<run>/<command key>`: names it in errors. */
  invocationId: string;
  allowance: () => Allowance;
  /**
   * What differs from run to run and stands in calls all the same: the workspace's folder, the run's id. Recordings hold
   * the name in braces in its place, and a replay puts today's value there.
   */
  volatile: Readonly<Record<string, string>>;
  /** Told of what calls wait for, in words for people. */
  tell?: (text: string) => void;
}

/** Held by whoever asked for the access. Closing ends calls under way; it may be called twice. */
export interface IssuedAccess extends ModelAccess, AsyncDisposable {}

export interface Gateway extends AsyncDisposable {
  readonly providers: readonly ProviderFacts[];
  /** The providers, and of those on this machine whether nobody listens. A replay calls none. */
  lookAround(): Promise<readonly ProviderFacts[]>;
  issue(grant: InvocationGrant): IssuedAccess;
}
