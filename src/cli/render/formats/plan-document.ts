/** `report --format s4`: the accepted plan in its five parts, with the state of each task. */
import type { PlanTask } from '../parts/plan-revisions.ts';
import { bullets, plainMarkdown } from '../plain-markdown.ts';
import type { ReportDocument } from '../report-document.ts';
import { followUpSection } from '../sections/follow-up-section.ts';
import { revisionLines, taskTable } from '../sections/plan-section.ts';

const PARTS: readonly [string, string][] = [
  ['foundation', 'Phase 1: Foundation'],
  ['implementation', 'Phase 2: Implementation'],
  ['quality', 'Phase 3: Quality Assurance'],
  ['documentation_and_deployment', 'Phase 4: Documentation & Deployment'],
];
const UNSAID = 'not measured: the plan does not say';

export function planDocument(report: ReportDocument): string {
  const plan = report.plans.find((each) => each.in_force);
  const title = `# Plan of run ${report.run_id}`;
  const sections =
    plan === undefined
      ? [[title, '', '- no accepted plan is in force'], followUpSection(report)]
      : planSections(report, title, plan);
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')}\n`;
}

function planSections(
  report: ReportDocument,
  title: string,
  plan: ReportDocument['plans'][number],
): string[][] {
  const followUps = followUpSection(report, '###');
  return [
    [title, '', ...revisionLines(report.plans)],
    ['## 1. Task Analysis', '', plainMarkdown(plan.analysis || UNSAID)],
    [
      '## 2. Execution Plan',
      '',
      ...executionLines(plan.tasks),
      '',
      '### Rollback Plan',
      '',
      ...bullets(plan.rollback, UNSAID),
      '',
      '### Issues Encountered',
      '',
      ...bullets(report.issues, 'none'),
      ...(followUps.length === 0 ? [] : ['', ...followUps]),
    ],
    ['## 3. Risk Assessment', '', ...bullets(plan.risks, UNSAID)],
    ['## 4. Success Criteria', '', ...bullets(plan.success_criteria, UNSAID)],
    ['## 5. Time Estimate', '', plainMarkdown(plan.estimate || UNSAID)],
  ];
}

/** By the parts that the tasks name; one table where they name none. */
function executionLines(tasks: readonly PlanTask[]): string[] {
  const parts = PARTS.map(([id, title]) => ({ title, own: tasks.filter((task) => task.plan_phase === id) }));
  const rest = tasks.filter((task) => PARTS.every(([id]) => id !== task.plan_phase));
  const named = parts.filter(({ own }) => own.length > 0);
  const others =
    rest.length === 0 ? [] : [{ title: named.length === 0 ? 'Tasks' : 'Other tasks', own: rest }];
  return [...named, ...others].flatMap(({ title, own }, index) => [
    ...(index === 0 ? [] : ['']),
    `### ${title}`,
    '',
    ...taskTable(own),
  ]);
}
