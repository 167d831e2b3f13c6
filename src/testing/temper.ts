/** How likely each thing goes wrong in a world of chance, and how much its work costs at most. */

/** How likely each thing goes wrong, from 0 to 1. */
export interface Temper {
  /** An attempt ends without a result: agents, gates, reviews, merges. */
  crash: number;
  blocked: number;
  /** Findings of a gate. */
  red: number;
  /** A reviewer says fail; `vague`: without naming anything that blocks. */
  fail: number;
  vague: number;
  /** A reviewer says pass and names something that blocks all the same. */
  contradict: number;
  /** A verdict comes back for other content. */
  misdirect: number;
  /** A finding names another step of the run as its owner. */
  foreign: number;
  /** A finding is the one of the round before. */
  repeat: number;
  dispute: number;
  conflict: number;
  /** An agent hands in one of two trees, turn by turn. */
  toggle: number;
  /** An agent hands in the tree that it got. */
  idle: number;
  /** An effect's outcome is lost; half of the time behind the effect. */
  lost: number;
  refused: number;
  /** The base went on before a push, or before a pull request is marked ready. */
  moved: number;
  /** A tree changes something that needs an approval. */
  guarded: number;
  /** A conditional agent is said not to be needed. */
  unneeded: number;
  /** A change, or a reader's word, touches a concern; or the change is too long to tell. */
  touches: number;
  /** What an invocation cost cannot be said. */
  unmetered: number;
  /** An invocation changes more files than it may without a person. */
  large: number;
  /** A change is bigger than it seemed, or a reader says that the run is worth more. */
  bigger: number;
  /** Agents recommend one thing or the other. */
  disagree: number;
}

export const CALM: Temper = {
  crash: 0,
  blocked: 0,
  red: 0,
  fail: 0,
  vague: 0,
  contradict: 0,
  misdirect: 0,
  foreign: 0,
  repeat: 0,
  dispute: 0,
  conflict: 0,
  toggle: 0,
  idle: 0,
  lost: 0,
  refused: 0,
  moved: 0,
  guarded: 0,
  unneeded: 0,
  touches: 0,
  unmetered: 0,
  large: 0,
  bigger: 0,
  disagree: 0,
};

/** No piece of work in these worlds costs more than this. */
export const MOST = { tokens: 100, cost_usd: 0.5, time_ms: 20 };
