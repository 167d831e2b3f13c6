/** What speaks against the result, and what nobody measured, one line each. */
import { statementWords } from '../../audit/statements.ts';
import type { ReportDocument } from '../report-document.ts';
import { shorten, shortList } from './short.ts';

/** Where there is nothing to tell. */
export const NOTHING_UNSURE = 'Nothing that was measured.';

/** Empty: nothing that was measured. */
export function unsureLines(report: ReportDocument): string[] {
  const lines = [
    ...report.criteria
      .filter(({ proven }) => !proven)
      .map(({ id, text }) => `acceptance criterion ${id} is not shown: ${text}`),
    ...report.skipped_reviews.map(
      ({ reviewers, endpoints, reason }) =>
        `${reviewers.join(', ')} did not look at ${endpoints.join(', ')}: ${reason}`,
    ),
    ...report.success
      .filter(({ status }) => status === 'not_met' || status === 'not_measured')
      .map(({ title, status, evidence }) => `${title}: ${status.replaceAll('_', ' ')}, ${evidence}`),
    ...report.mismatches.map(
      ({ step, claim, measured }) => `${step} claimed “${claim}”; measured was “${measured}”`,
    ),
    ...unsigned(report.statements.filter(({ key }) => key === null)),
    ...(report.rollback.repos.length > 0 && report.rollback.rehearsed === null
      ? ['taking the change back was not rehearsed']
      : []),
  ];
  return shortList(lines.map(shorten));
}

function unsigned(statements: ReportDocument['statements']): string[] {
  if (statements.length < 2) return statements.map(statementWords);
  const pulls = statements.map(({ repo, number }) => `${repo} #${number}`).sort();
  return [`the statements about ${pulls.join(', ')} are not signed`];
}
