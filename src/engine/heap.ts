/** How the engine's process uses memory. */
import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the part of V8's heap where new objects are made at its first size, 1 to 2 MB, instead of letting it grow to 32 MB:
 * a run makes little garbage per step, and agents and gates need the memory more. Call it first: nothing shrinks again.
 */
export function keepYoungHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
