/** What a request asks for as well and its run did not do. */
import { plainMarkdown } from '../plain-markdown.ts';
import type { ReportDocument } from '../report-document.ts';

/** Nothing where the run did all that was asked for. `rank` is that of its heading. */
export function followUpSection(
  { follow_ups: items }: Pick<ReportDocument, 'follow_ups'>,
  rank: '##' | '###' = '##',
): string[] {
  if (items.length === 0) return [];
  return [
    `${rank} Follow-up items (not part of this run)`,
    '',
    ...items.map((item) => `- ${plainMarkdown(item)}`),
  ];
}
