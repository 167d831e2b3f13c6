/** What goes on to the submission: artifacts, deployment instructions, validation evidence, integration status. */
import { gatesOnLast } from '../../../core/checks/final-gates.ts';
import { preparedFiles, type PreparedFiles } from '../../../core/checks/preparation.ts';
import { ENVIRONMENTS, isEnginesOwn } from '../../../core/words.ts';
import { REHEARSAL_LABEL } from '../../../drivers/driver.ts';
import type { RunHistory, StepHistory } from '../history.ts';
import { partIn, textIn, textsIn, type Bodies } from './accepted-bodies.ts';

export interface SubmissionHandoff {
  artifacts: { step: string; kind: string; artifact: string; summary: string }[];
  /** Step by step, by whoever prepared the deployment: for an environment, or the way back (`rollback`). */
  deployment_instructions: { step: string; part: string; lines: string[] }[];
  /** What each environment and the scripts have: `repo/path`, each seen in the tree; empty: nothing was prepared. */
  prepared: PreparedFiles[];
  validation_evidence: { step: string; evidence: string }[];
  integration: string[];
}

export function handoffOf(history: RunHistory, bodies: Bodies): SubmissionHandoff {
  const accepted = [...history.steps.values()].filter((step) => step.accepted?.event.output != null);
  return {
    artifacts: accepted.flatMap(({ step, accepted: settled }) => {
      const output = settled?.event.output ?? null;
      const { kind, artifact, summary } = output ?? { kind: '', artifact: '', summary: '' };
      return output === null ? [] : [{ step: step.id, kind, artifact, summary }];
    }),
    deployment_instructions: accepted.flatMap((step) => instructionsOf(step, bodies)),
    prepared: preparedFiles([...history.state.steps.values()]) ?? [],
    validation_evidence: accepted.flatMap((step) =>
      evidenceOf(step, bodies).map((evidence) => ({ step: step.step.id, evidence })),
    ),
    integration: integrationOf(history),
  };
}

/** What was prepared, a line for each part. Nobody else's words stand in for what nobody prepared. */
export function preparationWords({ prepared, deployment_instructions: told }: SubmissionHandoff): string[] {
  if (prepared.length === 0) return ['not prepared: no step of this run handed in a deployment'];
  return [
    ...prepared.map(({ what, files }) => `${what}: ${files.join(', ') || 'no file is there'}`),
    ...told.map(({ step, part, lines }) => {
      const steps = lines.map((line, index) => `${index + 1}. ${line}`).join(' ');
      return `${step}, ${part}: ${steps}`;
    }),
  ];
}

function instructionsOf(step: StepHistory, bodies: Bodies): SubmissionHandoff['deployment_instructions'] {
  const deployment = partIn(bodyOf(step, bodies), 'deployment');
  if (deployment === undefined) return [];
  const environments = partIn(deployment, 'environments');
  const parts = ENVIRONMENTS.map((part) => ({
    part: part as string,
    lines: textsIn(partIn(environments, part), 'instructions'),
  }));
  return [...parts, { part: 'rollback', lines: textsIn(deployment, 'rollback') }].map((told) => ({
    step: step.step.id,
    ...told,
  }));
}

/** What was started, the evidence in words, then each check with its outcome; what was written before the run says so. */
function evidenceOf(step: StepHistory, bodies: Bodies): string[] {
  const validation = partIn(bodyOf(step, bodies), 'validation');
  const stored: unknown = validation?.['checks'];
  const checks = (Array.isArray(stored) ? stored : []).map((each: unknown) => {
    const body = partIn({ each }, 'each');
    return `${textIn(body, 'what')}: ${textIn(body, 'outcome').replace('_', ' ')} (${textIn(body, 'seen')})`;
  });
  const isPrepared = step.invocations.some(({ start }) => start.event.identity.label === REHEARSAL_LABEL);
  const note = isPrepared ? 'prepared text of a rehearsal, nothing was tried: ' : '';
  return [...startedIn(validation), ...textsIn(validation, 'evidence'), ...checks].map(
    (line) => `${note}${line}`,
  );
}

function startedIn(validation: ReturnType<typeof partIn>): string[] {
  const stored: unknown = validation?.['started'];
  return (Array.isArray(stored) ? stored : []).map((each: unknown) => {
    const body = partIn({ each }, 'each');
    return `started ${textIn(body, 'what')}: ${textIn(body, 'command')}`;
  });
}

function bodyOf(step: StepHistory, bodies: Bodies): Record<string, unknown> | undefined {
  return bodies.get(step.accepted?.event.output?.artifact ?? '');
}

function integrationOf({ state }: RunHistory): string[] {
  const gates = gatesOnLast(state).filter((gate) => !isEnginesOwn(gate.kind) && gate.kind !== 'standard');
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
