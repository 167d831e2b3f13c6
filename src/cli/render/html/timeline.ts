/** When each step ran, phase by phase, as bars over the time of the run. */
import { formatDuration, spanMs } from '../duration.ts';
import type { ReportDocument, ReportStep } from '../report-document.ts';
import { word } from './blocks.ts';
import { html, type Html } from './markup.ts';

export function timeline(report: ReportDocument): Html {
  const end = lastMoment(report);
  const total = Math.max(1, spanMs(report.started_at, end));
  return html`<div class="timeline">
    ${report.phases.map(
      (phase, index) =>
        html`<h3>${index + 1}. ${phase.title} ${word(phase.state)}</h3>
          ${phase.steps.map((step) => row(step, report.started_at, { end, total }))}`,
    )}
  </div>`;
}

function row(step: ReportStep, start: string, { end, total }: { end: string; total: number }): Html {
  const after = step.needs.length === 0 ? 'first' : `after ${step.needs.join(', ')}`;
  const told = step.took_ms === null ? word(step.status) : html`${formatDuration(step.took_ms)}`;
  return html`<div class="row" title="${`${step.id} (${step.agent}), ${after}`}">
    <span
      >${step.title}${step.rounds > 1 ? html` <span class="ask">round ${step.rounds}</span>` : html``}</span
    >
    <span class="track"
      >${step.started_at === null ? html`` : bar(step, spanMs(start, step.started_at), { end, total })}</span
    >
    <span>${told}</span>
  </div>`;
}

function bar(step: ReportStep, offset: number, { end, total }: { end: string; total: number }): Html {
  const length = spanMs(step.started_at ?? end, step.settled_at ?? end);
  const percent = (ms: number): string => ((100 * ms) / total).toFixed(2);
  return html`<i class="${step.state}" style="left:${percent(offset)}%;width:${percent(length)}%"></i>`;
}

function lastMoment(report: ReportDocument): string {
  const steps = report.phases.flatMap((phase) => phase.steps);
  const moments = steps.flatMap((step) => [step.started_at, step.settled_at]);
  return [report.started_at, report.ended_at, ...moments]
    .filter((moment) => moment !== null)
    .reduce((last, moment) => (moment > last ? moment : last));
}
