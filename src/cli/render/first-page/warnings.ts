/** What nobody should have to look for: it stands above everything else. */
import type { ReportDocument } from '../report-document.ts';
import { askedShort } from './decided-by-people.ts';

/** Empty: nothing of the kind. */
export function warningLines(report: ReportDocument): string[] {
  const { verdict_chain: chain, approvals } = report.audit;
  return [
    ...report.damage,
    ...(report.sandbox === 'off' ? ['Agents and gates ran without a wall.'] : []),
    ...(chain === 'complete' ? [] : [`The verdict chain breaks at event ${chain.seq}: ${chain.detail}`]),
    ...(approvals === 'complete' ? [] : [`Event ${approvals.seq}: ${approvals.detail}`]),
    ...report.overrides.map(({ step, by }) => `${step} was accepted by ${by} in place of a verdict.`),
    ...report.questions
      .filter(({ answer }) => answer === null)
      .map(({ text }) => `Not answered: ${askedShort(text)}`),
  ];
}
