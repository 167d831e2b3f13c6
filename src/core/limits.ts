/**
 * Every number that bounds a run: its default, and the ceiling that no configuration can lift.
 * Times are milliseconds.
 */
export interface Limits {
  /** Rework rounds of one step before a person is asked. */
  max_rework: number;
  /** Technical retries of one attempt (crash, time-out, bad output). */
  max_retries: number;
  /** How often the same finding may come back. */
  max_same_finding: number;
  /** Rework rounds that one "continue" adds. */
  continue_rounds: number;
  /** How often one step can be continued. */
  max_continues: number;
  idle_timeout_ms: number;
  invocation_timeout_ms: number;
  gate_timeout_ms: number;
  /** First pause before a technical retry; doubles with each one. */
  retry_backoff_ms: number;
  /** Invocations of the whole run, reviews included. */
  max_invocations: number;
  /** Tasks of a plan that become steps. */
  max_tasks: number;
  /** Changed files of one invocation before a person is asked. */
  max_changed_files: number;
  /** Changed lines of one invocation before reviewers are told that it is large. */
  max_changed_lines: number;
  /** Silenced types, casts to `any` and silenced lint that a change may add, of each kind; more stop it. */
  max_suppressions: number;
  /** Bytes of one new or changed file that is no text; more stop the change. */
  max_binary_bytes: number;
  /** Bytes of new content that one invocation may leave; past that nothing of it is read. */
  max_change_bytes: number;
  /** Bytes of an agent's output that are kept; past that it is ended. */
  max_output_bytes: number;
  /** Steps at work at once. */
  max_parallel: number;
  /** How long a question waits, while the run is held, before it is shown again. */
  remind_after_ms: number;
}

export const DEFAULT_LIMITS: Readonly<Limits> = {
  max_rework: 3,
  max_retries: 2,
  max_same_finding: 3,
  continue_rounds: 2,
  max_continues: 3,
  idle_timeout_ms: 10 * 60_000,
  invocation_timeout_ms: 60 * 60_000,
  gate_timeout_ms: 30 * 60_000,
  retry_backoff_ms: 1_000,
  max_invocations: 400,
  max_tasks: 100,
  max_changed_files: 2_000,
  max_changed_lines: 2_000,
  max_suppressions: 3,
  max_binary_bytes: 1024 * 1024,
  max_change_bytes: 256 * 1024 * 1024,
  max_output_bytes: 50 * 1024 * 1024,
  max_parallel: 4,
  remind_after_ms: 10 * 60_000,
};

/** `[smallest, largest]`; values outside are refused when a file is loaded, and clamped where a run is decided. */
export const LIMIT_RANGES: Readonly<Record<keyof Limits, readonly [number, number]>> = {
  max_rework: [0, 10],
  max_retries: [0, 5],
  max_same_finding: [1, 10],
  continue_rounds: [1, 5],
  max_continues: [0, 3],
  idle_timeout_ms: [100, 24 * 3_600_000],
  invocation_timeout_ms: [100, 24 * 3_600_000],
  gate_timeout_ms: [100, 24 * 3_600_000],
  retry_backoff_ms: [0, 3_600_000],
  max_invocations: [1, 100_000],
  max_tasks: [1, 1_000],
  max_changed_files: [1, 40_000],
  max_changed_lines: [1, 100_000],
  max_suppressions: [0, 1_000],
  max_binary_bytes: [1_024, 8 * 1024 * 1024],
  max_change_bytes: [1_024, 64 * 1024 * 1024 * 1024],
  max_output_bytes: [1_024, 1024 * 1024 * 1024],
  max_parallel: [1, 64],
  remind_after_ms: [100, 24 * 3_600_000],
};

/** Brings every number under its ceiling, whatever a stored snapshot says; what is no number counts as its default. */
export function clampLimits(limits: Limits): Limits {
  const clamped = { ...limits };
  for (const [name, [smallest, largest]] of Object.entries(LIMIT_RANGES)) {
    const key = name as keyof Limits; // the keys of LIMIT_RANGES are those of Limits by its type
    const given: unknown = limits[key];
    const number =
      typeof given === 'number' && !Number.isNaN(given) ? Math.trunc(given) : DEFAULT_LIMITS[key];
    clamped[key] = Math.min(largest, Math.max(smallest, number));
  }
  return clamped;
}
