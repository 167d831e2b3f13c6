/** The graph of a run as a drawing: what comes behind what, from top to bottom, side by side what needs nothing of each other. */
import type { ReportDocument } from '../report-document.ts';
import { nearNeeds } from '../parts/near-needs.ts';
import type { ReportStep } from '../parts/report-steps.ts';
import { html, type Html } from './markup.ts';

const WIDTH = 190;
const HEIGHT = 30;
const GAP_X = 22;
const GAP_Y = 24;
const MAX_LETTERS = 25;

interface Place {
  step: ReportStep;
  x: number;
  y: number;
}

export function graphDrawing(report: ReportDocument): Html {
  const steps = report.phases.flatMap((phase) => phase.steps);
  const places = placesOf(steps);
  const all = [...places.values()];
  const width = Math.max(...all.map(({ x }) => x)) + WIDTH + GAP_X;
  const height = Math.max(...all.map(({ y }) => y)) + HEIGHT + 2;
  const byId = new Map(steps.map((step) => [step.id, step]));
  const edges = all.flatMap((to) =>
    nearNeeds(to.step, byId).flatMap((need) => {
      const from = places.get(need);
      return from === undefined ? [] : [edge(from, to)];
    }),
  );
  return html`<svg
    class="graph"
    viewBox="0 0 ${width} ${height}"
    width="${width}"
    height="${height}"
    role="img"
    aria-label="The steps of the run, each below those that it needs"
  >
    ${edges} ${all.map(node)}
  </svg>`;
}

/** As deep as the longest way to it. A step that names none of the others stands at the top. */
function placesOf(steps: readonly ReportStep[]): Map<string, Place> {
  const depths = new Map<string, number>();
  // In the graph's order a step comes behind what it needs; what was put in later may not: a second look finds it.
  for (let look = 0; look < 2; look += 1)
    for (const { id, needs } of steps)
      depths.set(id, Math.max(0, ...needs.map((need) => (depths.get(need) ?? -1) + 1)));
  const filled = new Map<number, number>();
  return new Map(
    steps.map((step) => {
      const depth = depths.get(step.id) ?? 0;
      const column = filled.get(depth) ?? 0;
      filled.set(depth, column + 1);
      return [step.id, { step, x: GAP_X + column * (WIDTH + GAP_X), y: 1 + depth * (HEIGHT + GAP_Y) }];
    }),
  );
}

/** One that passes others by goes round them on the left. */
function edge(from: Place, to: Place): Html {
  const [x1, y1, x2, y2] = [from.x + WIDTH / 2, from.y + HEIGHT, to.x + WIDTH / 2, to.y];
  const isNear = y2 - y1 <= GAP_Y;
  const path = isNear
    ? `M${x1} ${y1} C${x1} ${y1 + GAP_Y} ${x2} ${y2 - GAP_Y} ${x2} ${y2}`
    : `M${from.x} ${y1 - HEIGHT / 2} C${from.x - GAP_X} ${y1} ${to.x - GAP_X} ${y2} ${to.x} ${y2 + HEIGHT / 2}`;
  return html`<path d="${path}" />`;
}

function node({ step, x, y }: Place): Html {
  const title = step.title.length > MAX_LETTERS ? `${step.title.slice(0, MAX_LETTERS - 1)}…` : step.title;
  return html`<g class="${step.state}">
    <title>${step.id} (${step.agent}): ${step.state.replaceAll('_', ' ')}</title>
    <rect x="${x}" y="${y}" width="${WIDTH}" height="${HEIGHT}" rx="7" />
    <text x="${x + WIDTH / 2}" y="${y + HEIGHT / 2 + 4}">${title}</text>
  </g>`;
}
