/** How many gates a machine bears at a time. */
import { availableParallelism, totalmem } from 'node:os';

/** What a suite with its compiler usually takes. */
const BYTES_PER_GATE = 2 * 1024 ** 3;

export interface Machine {
  /** That this process may use. */
  cores: number;
  /** Bytes, of the whole machine. */
  memory: number;
  /** Bytes that this process and its children may use at most, as in a container; 0: nobody says. */
  limit: number;
}

/** How many gates may run at a time. */
export interface AtOnce {
  /** Of those whose commands may depend on how fast they are: tests, and whatever is not known. */
  steady: number;
  /** Of all together. */
  all: number;
}

/**
 * One for each core, and one more of those that only compute, so that no core waits while the last of them ends; of all
 * together one for each two GiB of memory; at least one.
 */
export function gatesAtOnce({ cores, memory, limit }: Machine): AtOnce {
  const usable = limit > 0 ? Math.min(memory, limit) : memory;
  const room = Math.max(1, Math.floor(usable / BYTES_PER_GATE));
  return { steady: Math.min(cores, room), all: Math.min(cores + 1, room) };
}

export function machineHere(): Machine {
  return { cores: availableParallelism(), memory: totalmem(), limit: process.constrainedMemory() };
}
