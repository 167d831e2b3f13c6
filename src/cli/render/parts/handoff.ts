/** What goes on to the submission: artifacts, deployment instructions, validation evidence, integration status. */
import { gatesOnLast } from '../../../core/checks/final-gates.ts';
import type { RunHistory, StepHistory } from '../history.ts';
import { partIn, textIn, textsIn, type Bodies } from './accepted-bodies.ts';

export interface SubmissionHandoff {
  artifacts: { step: string; kind: string; artifact: string; summary: string }[];
  /** What the agents that prepare deployments and bring results together say of it. */
  deployment_instructions: { step: string; text: string }[];
  /** Where each environment and the scripts are prepared: `repo/path`; empty: nothing was seen. */
  prepared: { what: string; files: string[] }[];
  validation_evidence: { step: string; evidence: string }[];
  integration: string[];
}

const DEPLOYS = /deploy|devops|environment-config/;
const ENVIRONMENTS: readonly [string, RegExp][] = [
  ['development', /(^|[^a-z])dev(elopment)?([^a-z]|$)/i],
  ['staging', /(^|[^a-z])stag(e|ing)([^a-z]|$)/i],
  ['production', /(^|[^a-z])prod(uction)?([^a-z]|$)/i],
  ['scripts', /\.(sh|bash|ps1)$|(^|\/)scripts?\/|(^|\/)makefile$/i],
];

export function handoffOf(history: RunHistory, bodies: Bodies): SubmissionHandoff {
  const accepted = [...history.steps.values()].filter((step) => step.accepted?.event.output != null);
  const preparing = accepted.filter(isPreparing);
  return {
    artifacts: accepted.flatMap(({ step, accepted: settled }) => {
      const output = settled?.event.output ?? null;
      const { kind, artifact, summary } = output ?? { kind: '', artifact: '', summary: '' };
      return output === null ? [] : [{ step: step.id, kind, artifact, summary }];
    }),
    deployment_instructions: [...preparing, ...accepted.filter(isSynthesis)].flatMap((step) => {
      const text = textIn(bodyOf(step, bodies), 'handoff');
      return text === '' ? [] : [{ step: step.step.id, text }];
    }),
    prepared: preparedFiles(history, preparing),
    validation_evidence: accepted.flatMap((step) =>
      textsIn(partIn(bodyOf(step, bodies), 'validation'), 'evidence').map((evidence) => ({
        step: step.step.id,
        evidence,
      })),
    ),
    integration: integrationOf(history),
  };
}

function isPreparing({ step }: StepHistory): boolean {
  return step.work.kind === 'agent' && step.work.output === 'changes' && DEPLOYS.test(step.work.agent);
}

function isSynthesis({ step }: StepHistory): boolean {
  return step.work.kind === 'agent' && step.work.output === 'synthesis';
}

function bodyOf(step: StepHistory, bodies: Bodies): Record<string, unknown> | undefined {
  return bodies.get(step.accepted?.event.output?.artifact ?? '');
}

/** By the names of the files that the preparing agents changed; what they say of it stands in the instructions. */
function preparedFiles({ state }: RunHistory, preparing: StepHistory[]): SubmissionHandoff['prepared'] {
  const paths = preparing.flatMap(({ step }) => [...(state.steps.get(step.id)?.changedPaths ?? [])]);
  return ENVIRONMENTS.map(([what, pattern]) => ({
    what,
    files: [...new Set(paths)].filter((path) => pattern.test(path.slice(path.indexOf('/') + 1))),
  }));
}

function integrationOf({ state }: RunHistory): string[] {
  const gates = gatesOnLast(state).filter((gate) => gate.kind !== 'hygiene' && gate.kind !== 'standard');
  return [
    ...gates.map(({ repo, module, gate, status, summary }) => {
      const place = module === '.' ? repo : `${repo}/${module}`;
      return `${place} ${gate}: ${status.replaceAll('_', ' ')} (${summary})`;
    }),
    ...state.pullRequests.map(
      ({ repo, number, state: word, url }) => `${repo}: pull request #${number} is ${word}, ${url}`,
    ),
  ];
}
