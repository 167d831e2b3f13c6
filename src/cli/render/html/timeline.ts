/** When each step did what, phase by phase: a row per step, a bar for all that took time. */
import { formatDuration } from '../duration.ts';
import { KINDS } from '../work-lines.ts';
import type { ReportDocument, ReportPiece } from '../report-document.ts';
import type { ReportStep } from '../parts/report-steps.ts';
import { word } from './blocks.ts';
import { html, type Html } from './markup.ts';

export function timeline(report: ReportDocument): Html {
  const total = Math.max(1, ...report.pieces.map(({ to_ms }) => to_ms));
  const whole = report.pieces.filter(({ step }) => step === null);
  const kinds = [...new Set(report.pieces.map(({ kind }) => kind))];
  return html`<div class="timeline">
    <p class="legend">${kinds.map((kind) => html`<span><i class="key ${kind}"></i>${KINDS[kind]}</span>`)}</p>
    ${whole.length === 0 ? html`` : row({ title: 'The whole run', about: 'not of one step' }, whole, total)}
    ${report.phases.map(
      (phase, index) =>
        html`<h3>${index + 1}. ${phase.title} ${word(phase.state)}</h3>
          ${phase.steps.map((step) =>
            row(
              aboutStep(step),
              report.pieces.filter((piece) => piece.step === step.id),
              total,
            ),
          )}`,
    )}
  </div>`;
}

interface About {
  title: string;
  about: string;
  more?: Html;
  told?: Html;
}

function aboutStep(step: ReportStep): About {
  const after = step.needs.length === 0 ? 'first' : `after ${step.needs.join(', ')}`;
  return {
    title: step.title,
    about: `${step.id} (${step.agent}), ${after}`,
    more: step.rounds > 1 ? html` <span class="ask">round ${step.rounds}</span>` : html``,
    told: step.took_ms === null ? word(step.status) : html`${formatDuration(step.took_ms)}`,
  };
}

function row(
  { title, about, more = html``, told = html`` }: About,
  pieces: readonly ReportPiece[],
  total: number,
): Html {
  return html`<div class="row" title="${about}">
    <span>${title}${more}</span>
    <span class="track">${pieces.map((piece) => bar(piece, total))}</span>
    <span>${told}</span>
  </div>`;
}

function bar({ kind, who, round, failed, from_ms, to_ms }: ReportPiece, total: number): Html {
  const percent = (ms: number): string => ((100 * ms) / total).toFixed(2);
  const told = `${KINDS[kind]}: ${who}${round > 1 ? `, round ${round}` : ''}${failed ? ', failed' : ''}, ${formatDuration(to_ms - from_ms)}`;
  return html`<i
    class="${failed ? `${kind} failed` : kind}"
    title="${told}"
    style="left:${percent(from_ms)}%;width:${percent(to_ms - from_ms)}%"
  ></i>`;
}
