/** One clause that asks for something. */
import type { RequestPattern } from '../core/words.ts';

export interface Request {
  /** The clause as written. */
  raw: string;
  /** From the verb on, for showing. */
  said: string;
  /** The same without what it excludes: what the rules look at. */
  words: string;
  pattern: RequestPattern | null;
  symptom: boolean;
}
