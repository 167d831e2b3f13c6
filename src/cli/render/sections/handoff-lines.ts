/** What goes on to the submission, in its four parts. */
import { bullets, plainMarkdown } from '../plain-markdown.ts';
import { preparationWords } from '../parts/handoff.ts';
import type { ReportDocument } from '../report-document.ts';

const NONE = 'not measured: nothing was recorded';

export function handoffLines(report: ReportDocument): string[] {
  return [
    '**Implementation artifacts**',
    '',
    ...artifactLines(report),
    '',
    '**Deployment instructions**',
    '',
    ...deploymentLines(report),
    '',
    '**Validation evidence**',
    '',
    ...evidenceLines(report),
    '',
    '**Integration status**',
    '',
    ...bullets(report.handoff.integration, NONE),
  ];
}

export function artifactLines({ handoff }: ReportDocument): string[] {
  return bullets(
    handoff.artifacts.map(
      ({ step, kind, artifact, summary }) => `${step}: ${kind} ${artifact.slice(0, 12)}: ${summary}`,
    ),
    NONE,
  );
}

/** What was prepared, by files and in words, and what the engine deployed. */
export function deploymentLines({ handoff, deploys }: ReportDocument): string[] {
  return [
    ...preparationWords(handoff).map((line) => `- ${plainMarkdown(line)}`),
    ...bullets(
      deploys.map(
        ({ environment, status, detail }) => `${environment}: ${status.replaceAll('_', ' ')} (${detail})`,
      ),
      'not deployed: no environment is part of this workflow',
    ),
  ];
}

export function evidenceLines({ handoff }: ReportDocument): string[] {
  return bullets(
    handoff.validation_evidence.map(({ step, evidence }) => `${step}: ${evidence}`),
    NONE,
  );
}
