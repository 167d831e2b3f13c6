/** One clause that asks for something. */
import type { RequestPattern } from '../core/words.ts';

export interface Request {
  /** The clause as written. */
  raw: string;
  /** From the verb on, without what it excludes. */
  words: string;
  pattern: RequestPattern | null;
  symptom: boolean;
}
