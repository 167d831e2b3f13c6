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

/** One for each core, and for each two GiB of memory; at least one. */
export function gatesAtOnce({ cores, memory, limit }: Machine): number {
  const usable = limit > 0 ? Math.min(memory, limit) : memory;
  return Math.max(1, Math.min(cores, Math.floor(usable / BYTES_PER_GATE)));
}

export function machineHere(): Machine {
  return { cores: availableParallelism(), memory: totalmem(), limit: process.constrainedMemory() };
}
