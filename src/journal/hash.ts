/** The content address of everything that is kept: sha256 over bytes, lower-case hex. */
import { hash } from 'node:crypto';
import type { Hash } from '../core/results.ts';

export function hashBytes(bytes: Uint8Array | string): Hash {
  return hash('sha256', bytes);
}
