/** Figures by workflow, repository, week or agent: one line each, with a chart of the time. */
import { showPercent } from '../../gates/change/judge-coverage.ts';
import { chartLines, type View } from './bars.ts';
import { formatDuration } from './duration.ts';
import { escapeText } from './escape.ts';
import type { Cost } from './figures/cost.ts';
import type { Group, RunGroup } from './figures/groups.ts';
import type { AgentOverRuns } from './figures/over-runs.ts';
import { wrap } from './width.ts';

const RUN_LEGEND =
  'time: median to the deployment, or the pull request where nothing was deployed; first: steps accepted at first judgement; again: rounds sent back a run; late: findings in accepted work; waited: for people; USD: of known prices, + where some are unknown.';
const AGENT_LEGEND =
  'worked: all its invocations one after the other; first: its steps accepted at first judgement; again: rounds it had to do again; late: findings in its accepted work; missed: those that its verdicts had let pass; USD: of known prices, + where some are unknown.';

export function groupLines(groups: readonly Group[], by: RunGroup, view: View): string[] {
  const none = view.style.glyphs.skipped;
  const rows = groups.map((group) => {
    const { median_lead_ms: ms, quality, rework, escapes, interventions } = group;
    const judged = quality.first_judgement;
    const cells = [
      escapeText(group.key),
      String(group.runs),
      ms === null ? none : formatDuration(ms),
      judged === null ? none : showPercent((100 * judged.first) / judged.steps),
      String(Math.round((10 * rework.rounds) / group.runs) / 10),
      String(escapes.found),
      formatDuration(interventions.waited_ms),
      usd(group.cost.all, none),
    ];
    return { cells, share: ms ?? 0 };
  });
  const head = by === 'week' ? 'week of' : by;
  const heads = [head, 'runs', 'time', 'first', 'again', 'late', 'waited', 'USD'];
  return [...chartLines(rows, view, { heads, barBehind: 3 }), '', ...legend(RUN_LEGEND, view)];
}

export function agentLines(agents: readonly AgentOverRuns[], view: View): string[] {
  const none = view.style.glyphs.skipped;
  const rows = agents.map((each) => {
    const { first, steps } = each.first_judgement;
    const cells = [
      escapeText(each.agent),
      String(each.runs),
      String(each.invocations),
      formatDuration(each.worked_ms),
      steps === 0 ? none : `${first} of ${steps}`,
      String(each.rework_rounds),
      String(each.escapes),
      String(each.missed),
      usd(each.cost, none),
    ];
    return { cells, share: each.worked_ms };
  });
  const heads = ['agent', 'runs', 'calls', 'worked', 'first', 'again', 'late', 'missed', 'USD'];
  return [...chartLines(rows, view, { heads, barBehind: 4 }), '', ...legend(AGENT_LEGEND, view)];
}

function legend(text: string, { style, columns }: View): string[] {
  return wrap(text, columns).map((line) => style.dim(line));
}

/** `none`: nobody said what any of it cost. */
function usd({ invocations, usd: sum, usd_unknown: unknown }: Cost, none: string): string {
  if (unknown === invocations) return none;
  return `${sum.toFixed(2)}${unknown === 0 ? '' : '+'}`;
}
