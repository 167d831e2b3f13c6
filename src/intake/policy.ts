/** What happens when a detected request is run: asked first, or launched. The workflow says which. */
import type { Graph } from '../core/graph.ts';
import { cutSentence, type Detection } from './detection.ts';

export interface StartPolicy {
  /** The workflow that would run, and what its file says of the start. */
  workflow: string;
  start: Graph['start'];
}

/** The policy as a sentence. */
export function policySentence({ workflow, start }: StartPolicy): string {
  return start === 'confirm'
    ? `Policy: ${workflow} asks first; no agent starts before a person has confirmed the request and the phases.`
    : `Policy: ${workflow} launches at once; no confirmation is asked for.`;
}

/** The same detection with the policy among its reasons; what is not for Baton has none. */
export function withPolicy(detection: Detection, policy: StartPolicy): Detection {
  if (detection.mode === 'elsewhere') return detection;
  return { ...detection, reasons: [...detection.reasons, cutSentence(policySentence(policy))] };
}
