/** Which agents worked side by side, which in sequence and why, and how their results were combined. */
import { bullets, plainMarkdown } from '../plain-markdown.ts';
import type { ReportDocument } from '../report-document.ts';

export function coordinationLines({ parallel }: ReportDocument): string[] {
  const rest =
    parallel.steps.length === 0
      ? 'All agents worked one after the other'
      : 'All others worked one after the other';
  return [
    ...parallelLines(parallel),
    `- ${rest}, in the order that the workflow gives them:`,
    ...sequenceLines(parallel).map((line) => `  ${line}`),
    ...combinedLines(parallel),
  ];
}

export function parallelLines({ steps }: ReportDocument['parallel']): string[] {
  return steps.map(
    (group) => `- in parallel: ${group.map(plainMarkdown).join(', ')} (none of them needs another)`,
  );
}

export function sequenceLines({ sequence }: ReportDocument['parallel']): string[] {
  return sequence.map(({ step, agent, after }) => {
    const why = after.map((need) => `${need.step}: ${need.why}`).join('; ');
    return `- ${plainMarkdown(`${step} (${agent}) after ${why || 'nothing: it is the first'}`)}`;
  });
}

/** How results came together; where nothing ran side by side, each step built on the one before. */
export function combinedLines({ combined }: ReportDocument['parallel']): string[] {
  return bullets(
    combined.map(({ step, how }) => `combined in ${step}: ${how}`),
    'nothing had to be combined: each step built on the ones before it',
  );
}
