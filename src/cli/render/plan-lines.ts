/** A plan in its five parts: analysis, plan, risks, success criteria, estimate. */
import { PLAN_PHASES } from '../../core/words.ts';
import type { PlanBody } from '../../definitions/plan-shape.ts';
import { escapeText } from './escape.ts';

type Task = PlanBody['tasks'][number];

export function planLines(plan: PlanBody): string[] {
  const lines = [
    ...section('Analysis', [plan.analysis]),
    ...section('Plan', taskSections(plan.tasks)),
    ...section('Risks and the way back', [
      ...plan.risks.map((risk) => `- ${risk}`),
      ...plan.rollback.map((step) => `- way back: ${step}`),
    ]),
    ...section(
      'Success criteria',
      plan.success_criteria.map((line) => `- ${line}`),
    ),
    ...section('Estimate', [plan.estimate]),
  ];
  return lines.map((line) => escapeText(line));
}

function section(title: string, body: string[]): string[] {
  return [`## ${title}`, '', ...(body.length > 0 ? body : ['none']), ''];
}

/** By the part of the plan; tasks that name none come last. */
function taskSections(tasks: readonly Task[]): string[] {
  const parts = [...PLAN_PHASES, undefined].map((phase) => tasks.filter((task) => task.plan_phase === phase));
  return parts.flatMap((part) => {
    const [first] = part;
    if (first === undefined) return [];
    return [`${title(first)}:`, ...part.map(taskLine)];
  });
}

function title({ plan_phase }: Task): string {
  return plan_phase === undefined ? 'Tasks' : plan_phase.replaceAll('_', ' ');
}

function taskLine(task: Task): string {
  const after = task.depends_on.length === 0 ? '' : ` after ${task.depends_on.join(', ')}`;
  const words = [task.category, task.blocking ? undefined : 'holds nobody back'].filter(
    (word) => word !== undefined,
  );
  const about = words.length === 0 ? '' : ` [${words.join(', ')}]`;
  return `- ${task.id} (${task.agent})${after}${about}: ${task.description} → ${task.output}`;
}
