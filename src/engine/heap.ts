/** How the engine's process uses memory. */
import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's heap near what is in use: the part where new objects are made stays at its first size, 1 to 2 MB, instead of
 * growing to 32 MB, and the rest is collected when it has grown by a fifth, instead of by up to three times. A run makes
 * little garbage per step, and agents and gates need the memory more. Call it first: nothing shrinks again.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=20');
}
