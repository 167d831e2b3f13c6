/** How gates start programs: a small port, so that whoever runs processes can be put behind it. */
import type { Overlay, Wall } from '../workspace/wall.ts';

/** One program to run behind the wall. */
export interface CommandOrder {
  /** `<run>/<command key>`: what outlives a killed engine is found by it. */
  owner: string;
  file: string;
  args: string[];
  cwd: string;
  /** The whole environment; nothing is inherited. */
  env: Record<string, string>;
  wall: Wall;
  readable: string[];
  writable: string[];
  /** Folders whose changes it keeps to itself; absent: none. */
  overlays?: readonly Overlay[];
  network: boolean;
  timeoutMs: number;
  maxOutputBytes: number;
}

/** How a program ended. When this is there, no process of it is left. */
export interface CommandEnd {
  /** null: ended by a signal, by its time limit, or never started. */
  exit: number | null;
  signal: string | null;
  timedOut: boolean;
  /** It wrote more than it may and was ended for that. */
  tooMuchOutput: boolean;
  /** Why it could not be started; null: it was. */
  notStarted: string | null;
  /** Ends of the two streams, decoded. */
  stdout: string;
  stderr: string;
  /** What both streams held in all. */
  bytes: number;
}

/** Runs one program to its end. Rejects only when `signal` aborts, and then too without a process left. */
export type RunCommand = (order: CommandOrder, signal: AbortSignal) => Promise<CommandEnd>;
