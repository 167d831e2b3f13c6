/** A text with what detection has to say of it. */
import type { Effort, RequestPattern, Topic } from '../../core/words.ts';
import type { Specialist, WorkflowName } from '../detection.ts';

export interface Example {
  text: string;
  /** What is expected; what is left out is not looked at. */
  mode: 'orchestrated' | 'direct' | 'elsewhere';
  pattern?: RequestPattern | null;
  /** All of these have to be named. */
  topics?: Topic[];
  effort?: Effort;
  workflow?: WorkflowName;
  specialist?: Specialist;
  /** What a reason has to say. */
  because?: string;
}
