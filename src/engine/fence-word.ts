import { randomBytes } from 'node:crypto';

/** Ends the fences of one order. Nobody who wrote anything that an agent is shown could know it. */
export function drawFenceWord(): string {
  return randomBytes(8).toString('hex');
}
