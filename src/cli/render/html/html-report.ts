/** `report --format html`: one file without anything from outside; the first page says what came of it, details stand behind. */
import { periodWords } from '../first-page/period.ts';
import { titleOf } from '../first-page/short.ts';
import { warningLines } from '../first-page/warnings.ts';
import { countOf } from '../numbers.ts';
import type { ReviewedDiff } from '../parts/reviewed-diff.ts';
import type { ReportDocument } from '../report-document.ts';
import { section, word } from './blocks.ts';
import { detailSections } from './detail-sections.ts';
import { diffSection } from './diff-section.ts';
import { cards, checked, decided, pullRequests, unsure, whatItDoes } from './first-page.ts';
import { graphDrawing } from './graph.ts';
import { html, type Html } from './markup.ts';
import { measuredSections } from './measured-sections.ts';
import { STYLE_SHEET } from './style-sheet.ts';
import { timeline } from './timeline.ts';

/** The whole page; `forgeDir` is where the local forge keeps its repositories, or null; `diff`: what its last reviewer saw of the whole change. */
export function htmlReport(
  report: ReportDocument,
  forgeDir: string | null,
  diff: ReviewedDiff | null = null,
): string {
  const title = titleOf(report.request);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${title} (${report.run_id})</title>
        <style>
          ${STYLE_SHEET}
        </style>
      </head>
      <body>
        <main>
          ${head(report, title)} ${warnings(report)} ${cards(report)} ${whatItDoes(report, diff)}
          ${pullRequests(report, forgeDir, diff)} ${decided(report)} ${checked(report)} ${unsure(report)}
          <h2>Steps over time</h2>
          ${timeline(report)}
          <h2>Details</h2>
          ${section('Graph', countOf(report.phases.flatMap(({ steps }) => steps).length, 'step'), graphDrawing(report))}
          ${diffSection(diff)} ${detailSections(report)} ${measuredSections(report)}
          <p class="soft">
            Made from the journal of run <code>${report.run_id}</code> alone,
            ${countOf(report.audit.events, 'event')}, head <code>${report.audit.head}</code>. Check it with
            <code>baton verify ${report.run_id}</code>.
          </p>
        </main>
      </body>
    </html> `;
  return page.markup;
}

function head(report: ReportDocument, title: string): Html {
  const labels = report.labels.join('; ') || 'none ran';
  return html`<p class="soft">${report.workflow}, run <code>${report.run_id}</code></p>
    <h1>${title}</h1>
    <p><span class="pill">${word(report.status)}</span> ${report.reason}</p>
    <p class="soft">
      ${periodWords(report.started_at, report.ended_at)}. Agents run by ${report.driver} (${labels}).
    </p>`;
}

function warnings(report: ReportDocument): Html {
  return html`${warningLines(report).map((line) => html`<p class="warn">${line}</p>`)}`;
}
