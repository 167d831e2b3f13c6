/** Phases and steps as drawings that GitHub makes of Markdown: what comes behind what, and when each step was under way. */
import { nearNeeds } from '../parts/near-needs.ts';
import type { ReportStep } from '../parts/report-steps.ts';
import type { ReportDocument } from '../report-document.ts';
import type { StepProgress } from '../status-document.ts';
import { cut } from '../width.ts';

type Phases = ReportDocument['phases'];

/** Mermaid draws at most 500 edges and reads at most 50,000 characters, unless it is told otherwise. */
const MAX_STEPS = 120;
const MAX_TITLE = 60;

/** The graph and the timeline, each a section; one sentence where they are too large. */
export function drawingSections({ phases }: Pick<ReportDocument, 'phases'>): string[][] {
  const count = phases.reduce((sum, { steps }) => sum + steps.length, 0);
  if (count > MAX_STEPS)
    return [['## Graph', '', `${count} steps are too many for a drawing here; the HTML report has it.`]];
  const times = timeLines(phases);
  return [
    ...(count === 0 ? [] : [['## Graph', '', ...drawn('flowchart TD', graphLines(phases))]]),
    ...(times.length === 0
      ? []
      : [['## Steps over time', '', ...drawn('gantt', ['dateFormat x', 'axisFormat %H:%M:%S', ...times])]]),
  ];
}

function drawn(kind: string, lines: readonly string[]): string[] {
  return ['```mermaid', kind, ...lines.map((line) => `  ${line}`), '```'];
}

/** A box for each phase with its steps, and an arrow from each step to those that waited for it. */
function graphLines(phases: Phases): string[] {
  const steps = new Map(phases.flatMap((phase) => phase.steps).map((step) => [step.id, step]));
  const names = new Map([...steps.keys()].map((id, index) => [id, `s${index + 1}`]));
  const name = (id: string): string => names.get(id) ?? '';
  return [
    ...phases.flatMap((phase, index) =>
      phase.steps.length === 0
        ? []
        : [
            `subgraph p${index + 1}["${plainLabel(`${index + 1}. ${phase.title}`)}"]`,
            ...phase.steps.map(({ id, title, state }) => `  ${name(id)}["${plainLabel(title)}"]:::${state}`),
            'end',
          ],
    ),
    ...[...steps.values()].flatMap((step) =>
      nearNeeds(step, steps).map((need) => `${name(need)} --> ${name(step.id)}`),
    ),
    'classDef completed stroke:#1a7f4b,stroke-width:2px',
    'classDef in_progress stroke:#2563c9,stroke-width:2px',
    'classDef blocked stroke:#9a6700,stroke-width:2px',
    'classDef failed stroke:#b3261e,stroke-width:2px',
    'classDef skipped stroke-dasharray:4 3',
  ];
}

const TAGS: Readonly<Partial<Record<StepProgress, string>>> = {
  completed: 'done, ',
  in_progress: 'active, ',
  blocked: 'crit, active, ',
  failed: 'crit, ',
};

/** From its start to its end, waiting between rounds included; a step that has no end yet is left out. */
function timeLines(phases: Phases): string[] {
  return phases.flatMap((phase, index) => {
    const bars = phase.steps.flatMap(barOf);
    return bars.length === 0 ? [] : [`section ${plainLabel(`${index + 1}. ${phase.title}`)}`, ...bars];
  });
}

function barOf({ title, state, started_at: from, took_ms: ms }: ReportStep): string[] {
  if (from === null || ms === null) return [];
  const start = Date.parse(from);
  return [`${plainLabel(title)} :${TAGS[state] ?? ''}${start}, ${start + ms}`];
}

/** Letters, numbers and what means nothing in a drawing: titles of planned steps are words of agents. */
function plainLabel(text: string): string {
  return cut(text.replaceAll(/[^\p{L}\p{N}.,()/_-]+/gu, ' ').trim(), MAX_TITLE) || 'step';
}
