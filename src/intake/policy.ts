/** What happens when a detected request is run: asked first or launched, and who works. The workflow says so. */
import type { Graph } from '../core/graph.ts';
import { cutSentence, type Detection } from './detection.ts';

export interface StartPolicy {
  /** The workflow that would run, and what its file says of the start. */
  workflow: string;
  start: Graph['start'];
  /** Who works in it whatever is found out on the way. */
  agents: readonly string[];
}

/** The policy as a sentence. */
export function policySentence({ workflow, start }: Omit<StartPolicy, 'agents'>): string {
  return start === 'confirm'
    ? `Policy: ${workflow} asks first; no agent starts before a person has confirmed the request and the phases.`
    : `Policy: ${workflow} launches at once; no confirmation is asked for.`;
}

/** The same detection with who works and the policy among its reasons; what is not for Baton has neither. */
export function withPolicy(detection: Detection, policy: StartPolicy): Detection {
  if (detection.mode === 'elsewhere') return detection;
  const said = [...whoWorks(detection, policy.agents), policySentence(policy)].map(cutSentence);
  const reasons = [...detection.reasons, ...said];
  return detection.mode === 'direct'
    ? { ...detection, ...agentsOf(policy.agents), reasons }
    : { ...detection, reasons };
}

/** Nothing where the workflow has nobody for certain. */
export function agentsOf(agents: readonly string[]): { agents?: string[] } {
  return agents.length === 0 ? {} : { agents: [...agents] };
}

/** A sentence where direct work is not the specialist's alone. */
export function whoWorks(
  { mode, specialist }: Pick<Detection, 'mode' | 'specialist'>,
  agents: readonly string[],
): string[] {
  if (mode !== 'direct' || isAlone(agents, specialist)) return [];
  return [`Who works: ${inOrder(agents)}; others as they are needed.`];
}

/** Whether the specialist is the only one who works; of runs that do not say, it is believed. */
export function isAlone(agents: readonly string[], specialist: string | null): boolean {
  return agents.every((agent) => agent === specialist);
}

/** "a, then b, then a". */
export function inOrder(agents: readonly string[]): string {
  return agents.join(', then ');
}
