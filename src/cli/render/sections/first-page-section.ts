/** The first page of the report as Markdown: the same lines as on the page of one file. */
import { countShown } from '../../../core/checks/criteria.ts';
import { noneChecked } from '../../../engine/criteria-table.ts';
import { firstLine } from '../escape.ts';
import { changeTold, NO_CHANGE } from '../first-page/change-told.ts';
import { gatesLine, reviewsLine, tookLine } from '../first-page/checked.ts';
import { decidedByPeople, NOBODY_ASKED } from '../first-page/decided-by-people.ts';
import { titleOf } from '../first-page/short.ts';
import { NOTHING_UNSURE, unsureLines } from '../first-page/unsure.ts';
import { warningLines } from '../first-page/warnings.ts';
import type { ReviewedDiff } from '../parts/reviewed-diff.ts';
import { bullets, plainMarkdown } from '../plain-markdown.ts';
import type { ReportDocument } from '../report-document.ts';
import { fetchCommands } from '../result-text.ts';

/** Outcome, change, pull requests, people, checks, what it took, what is not sure: each a section. */
export function firstPageSections(
  report: ReportDocument,
  forgeDir: string | null,
  diff: ReviewedDiff | null,
): string[][] {
  return [
    [`# ${plainMarkdown(titleOf(report.request))}`],
    [`Run \`${report.run_id}\`: **${report.status}** (${plainMarkdown(report.reason)}).`],
    ...warningLines(report).map((line) => [`> **${plainMarkdown(line)}**`]),
    ['## What the change does', '', ...whatItDoes(report, diff)],
    ['## What came out', '', ...whatCameOut(report, forgeDir)],
    ['## What people decided', '', ...linesOr(decidedByPeople(report), NOBODY_ASKED)],
    [
      '## What checked it, and what it took',
      '',
      ...bullets([gatesLine(report), reviewsLine(report), tookLine(report)], ''),
    ],
    ['## What is not sure', '', ...linesOr(unsureLines(report), NOTHING_UNSURE)],
  ];
}

function linesOr(lines: readonly string[], none: string): string[] {
  return lines.length === 0 ? [none] : bullets(lines, none);
}

function whatItDoes(report: ReportDocument, diff: ReviewedDiff | null): string[] {
  const { asked, repos, steps } = changeTold(report, diff);
  const said = steps.length === 0 ? [] : ['', 'In the words of the agents:', '', ...bullets(steps, '')];
  const whole = asked === null ? [] : [plainMarkdown(asked), ''];
  return [...whole, ...linesOr(repos, NO_CHANGE), ...said];
}

function whatCameOut(report: ReportDocument, forgeDir: string | null): string[] {
  const why = report.criteria_unchecked;
  const none = why === null ? [] : [`- ${noneChecked(plainMarkdown(why))}`];
  const shown = report.criteria.length === 0 ? none : [`- ${countShown(report.criteria)}`];
  if (report.pull_requests.length === 0)
    return ['No pull request was opened.', '', ...shown, ...deployLines(report)];
  return [
    ...report.pull_requests.flatMap((pr) => {
      const commands = fetchCommands(pr, report.repos, forgeDir);
      const head = `- ${plainMarkdown(pr.repo)} #${pr.number} (${pr.state}): ${plainMarkdown(pr.branch)} → ${plainMarkdown(pr.base)}, ${plainMarkdown(pr.url)}`;
      return commands.length === 0
        ? [head]
        : [head, '', '  ```sh', ...commands.map((c) => `  ${c}`), '  ```', ''];
    }),
    ...shown,
    ...deployLines(report),
  ];
}

/** What the command said, and no more: whether what it deployed works is not Baton's to claim. */
function deployLines({ deploys }: ReportDocument): string[] {
  if (deploys.length === 0) return ['- Not deployed.'];
  return deploys.map(({ environment, status, detail, head }) => {
    const what = status === 'deployed' ? `the deploy command ended (${detail})` : status.replaceAll('_', ' ');
    const why =
      status === 'deployed' ? `, head \`${head.slice(0, 12)}\`` : `: ${plainMarkdown(firstLine(detail))}`;
    return `- ${plainMarkdown(environment)}: ${plainMarkdown(what)}${why}`;
  });
}
