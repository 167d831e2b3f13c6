/** Acceptance criteria with what proves them, and the seven success criteria with their evidence. */
import { criteriaTable, noneChecked } from '../../../engine/criteria-table.ts';
import { escapeText } from '../escape.ts';
import { plainMarkdown } from '../plain-markdown.ts';
import type { ReportDocument } from '../report-document.ts';

export function criteriaSection({ criteria, criteria_unchecked: why }: ReportDocument): string[] {
  if (criteria.length === 0)
    return why === null ? [] : ['## Acceptance criteria', '', noneChecked(plainMarkdown(why))];
  return ['## Acceptance criteria', '', ...criteriaTable(criteria).map((line) => escapeText(line))];
}

export function successSection({ success }: ReportDocument): string[] {
  return ['## Success criteria', '', ...successTable(success)];
}

export function successTable(success: ReportDocument['success']): string[] {
  return [
    '| | criterion | status | evidence |',
    '|---|---|---|---|',
    ...success.map(({ title, status, evidence }, index) => {
      return `| ${index + 1} | ${title} | ${status.replaceAll('_', ' ')} | ${plainMarkdown(evidence)} |`;
    }),
  ];
}
