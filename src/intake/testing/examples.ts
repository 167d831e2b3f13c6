/** Texts with what detection has to say of them. */
import type { Example } from './example.ts';
import { FRONTEND_EXAMPLES, SURROUNDED_EXAMPLES, UNRELATED_EXAMPLES } from './other-examples.ts';
import {
  DIRECT_EXAMPLES,
  ORCHESTRATED_EXAMPLES,
  PATTERN_EXAMPLES,
  RESOURCE_EXAMPLES,
  TOPIC_EXAMPLES,
} from './wanted-examples.ts';

export const ALL_EXAMPLES: readonly Example[] = [
  ...PATTERN_EXAMPLES,
  ...TOPIC_EXAMPLES,
  ...DIRECT_EXAMPLES,
  ...ORCHESTRATED_EXAMPLES,
  ...RESOURCE_EXAMPLES,
  ...FRONTEND_EXAMPLES,
  ...UNRELATED_EXAMPLES,
  ...SURROUNDED_EXAMPLES,
];
