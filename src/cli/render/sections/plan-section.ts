/** The accepted plans, the replaced ones beside the one in force, and how the graph grew by them. */
import type { PlanRevision, PlanTask } from '../parts/plan-revisions.ts';
import { bullets, plainMarkdown } from '../plain-markdown.ts';
import type { ReportDocument } from '../report-document.ts';

export function planSections(report: ReportDocument): string[][] {
  if (report.plans.length === 0 && report.growth.length === 0) return [];
  const inForce = report.plans.find((plan) => plan.in_force);
  return [
    [
      '## Plan',
      '',
      ...revisionLines(report.plans),
      ...(inForce === undefined || inForce.tasks.length === 0 ? [] : ['', ...taskTable(inForce.tasks)]),
      ...(report.growth.length === 0 ? [] : ['', ...growthLines(report)]),
    ],
  ];
}

export function revisionLines(plans: readonly PlanRevision[]): string[] {
  return bullets(
    plans.map((plan) => {
      const word = plan.in_force ? 'in force' : 'replaced';
      return `revision ${plan.revision} (${word}), accepted ${plan.accepted_at} as ${plan.artifact.slice(0, 12)}: ${plan.summary}`;
    }),
    'no plan was accepted',
  );
}

export function taskTable(tasks: readonly PlanTask[]): string[] {
  return [
    '| task | agent | what | after | leaves behind | category | part | state |',
    '|---|---|---|---|---|---|---|---|',
    ...tasks.map((task) => {
      const cells = [
        task.id,
        task.agent,
        task.description,
        task.depends_on.join(', ') || '–',
        task.output,
        task.category || '–',
        task.plan_phase.replaceAll('_', ' ') || '–',
        stateCell(task),
      ];
      return `| ${cells.map(plainMarkdown).join(' | ')} |`;
    }),
  ];
}

function stateCell({ state, agent_steps: shared, reason, blocking }: PlanTask): string {
  const within = shared.map((each) => `in ${each.step}: ${each.state.replace('_', ' ')}`).join(', ');
  const word = state?.replace('_', ' ') ?? (within || 'no step of its own');
  return `${word}${reason === '' ? '' : ` (${reason})`}${blocking ? '' : ', holds nobody back'}`;
}

function growthLines({ growth }: ReportDocument): string[] {
  return growth.map(({ before, reason, added, dropped }) => {
    const left = dropped.length === 0 ? '' : `; dropped: ${dropped.join(', ')}`;
    return `- ${plainMarkdown(`before ${before}: ${reason}: ${added.join(', ') || 'nothing new'}${left}`)}`;
  });
}
