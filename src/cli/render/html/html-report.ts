/** `report --format html`: one file without anything from outside; the first page says what came of it, details stand behind. */
import { formatDuration } from '../duration.ts';
import { firstLine } from '../escape.ts';
import { countOf } from '../numbers.ts';
import { fetchCommands } from '../result-text.ts';
import type { ReportDocument } from '../report-document.ts';
import { word } from './blocks.ts';
import { detailSections } from './detail-sections.ts';
import { html, type Html } from './markup.ts';
import { STYLE_SHEET } from './style-sheet.ts';
import { timeline } from './timeline.ts';

/** The whole page; `forgeDir` is where the local forge keeps its repositories, or null. */
export function htmlReport(report: ReportDocument, forgeDir: string | null): string {
  const title = firstTitle(report.request);
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
          ${head(report, title)} ${warnings(report)} ${cards(report)} ${pullRequests(report, forgeDir)}
          <h2>Steps over time</h2>
          ${timeline(report)}
          <h2>Details</h2>
          ${detailSections(report)}
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

function firstTitle(request: string): string {
  const line = firstLine(request);
  return line.length <= 160 ? line : `${line.slice(0, 159)}…`;
}

function head(report: ReportDocument, title: string): Html {
  const labels = report.labels.join(', ') || 'none ran';
  return html`<p class="soft">${report.workflow}, run <code>${report.run_id}</code></p>
    <h1>${title}</h1>
    <p><span class="pill">${word(report.status)}</span> ${report.reason}</p>
    <p class="soft">
      From ${report.started_at} to ${report.ended_at ?? 'now, not ended'}. Agents run by ${report.driver}
      (${labels}).
    </p>`;
}

/** What nobody should have to look for. */
function warnings(report: ReportDocument): Html {
  const { verdict_chain: chain, approvals } = report.audit;
  const lines = [
    ...report.damage,
    ...(report.sandbox === 'off' ? ['Agents and gates ran without a wall.'] : []),
    ...(chain === 'complete' ? [] : [`The verdict chain breaks at event ${chain.seq}: ${chain.detail}`]),
    ...(approvals === 'complete' ? [] : [`Event ${approvals.seq}: ${approvals.detail}`]),
    ...report.overrides.map(({ step, by }) => `${step} was accepted by ${by} in place of a verdict.`),
    ...report.questions
      .filter(({ answer }) => answer === null)
      .map(({ text }) => `Not answered: ${firstLine(text)}`),
    ...report.notes,
  ];
  return html`${lines.map((line) => html`<p class="warn">${line}</p>`)}`;
}

function cards(report: ReportDocument): Html {
  const { measured, phases, criteria, success } = report;
  const complete = phases.filter((phase) => phase.completed).length;
  const skipped = phases.filter((phase) => phase.state === 'skipped').length;
  const met = success.filter(({ status }) => status === 'met').length;
  const proven = criteria.filter((each) => each.proven).length;
  const first =
    measured.first_pass_yield === null ? 'unknown' : `${Math.round(measured.first_pass_yield * 100)} %`;
  const all: [string, string, string][] = [
    [
      `${complete} of ${phases.length}`,
      'phases complete',
      `${skipped === 0 ? '' : `${skipped} skipped, `}${countOf(measured.invocations, 'invocation')} for work`,
    ],
    [
      formatDuration(measured.lead_time_ms),
      'from the request to the last event',
      `${formatDuration(measured.waited_for_people_ms)} of it waited for people`,
    ],
    [
      String(measured.reviews),
      'verdicts',
      `${countOf(measured.rework_rounds, 'rework round')}, ${first} right at once`,
    ],
    [
      `${met} of ${success.length}`,
      'success criteria met',
      `${success.filter(({ status }) => status === 'not_measured').length} not measured`,
    ],
    ...(criteria.length === 0
      ? []
      : [
          [`${proven} of ${criteria.length}`, 'acceptance criteria proven', ''] satisfies [
            string,
            string,
            string,
          ],
        ]),
  ];
  return html`<div class="cards">
    ${all.map(
      ([big, what, more]) =>
        html`<div class="card"><b>${big}</b>${what}<br /><span class="soft">${more}</span></div>`,
    )}
  </div>`;
}

function pullRequests(
  { pull_requests: pulls, deploys, repos }: ReportDocument,
  forgeDir: string | null,
): Html {
  const lines = pulls.map((pull) => {
    const commands = fetchCommands(pull, repos, forgeDir);
    return html`<p>
        ${pull.repo} #${pull.number} ${word(pull.state)} <code>${pull.branch}</code> →
        <code>${pull.base}</code> <span class="soft mono">${pull.url}</span>
      </p>
      ${commands.length === 0 ? html`` : html`<pre class="mono">${commands.join('\n')}</pre>`}`;
  });
  const deployed = deploys.map(
    ({ environment, status, detail }) => html`<p>${environment}: ${word(status)} ${firstLine(detail)}</p>`,
  );
  return html`<h2>Result</h2>
    ${lines.length === 0 ? html`<p>No pull request was opened.</p>` : lines}
    ${deployed.length === 0 ? html`<p class="soft">Not deployed.</p>` : deployed}`;
}
