/** `report --format s1`: what was announced at the start and completion of each phase, its standards, and the metrics. */
import type { Step } from '../../../core/graph.ts';
import type { GateResult } from '../../../core/records.ts';
import { engineWords } from '../announce.ts';
import type { PhaseHistory, RunHistory } from '../history.ts';
import { bullets, plainMarkdown } from '../plain-markdown.ts';
import { gateWord } from '../gate-word.ts';
import type { ReportDocument } from '../report-document.ts';
import { followUpSection } from '../sections/follow-up-section.ts';
import { lastGates } from '../numbers.ts';

export function announcements(history: RunHistory, report: ReportDocument): string {
  const sections = [
    [`# ${plainMarkdown(report.workflow)}: ${report.phases.length} phases`],
    followUpSection(report),
    ...history.phases.map((phase, index) => phaseLines(history, report, phase, index)),
    [
      '## Success metrics',
      '',
      ...report.metrics.map(({ metric, value }) => `- ${metric}: ${plainMarkdown(value)}`),
    ],
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')}\n`;
}

function phaseLines(
  history: RunHistory,
  report: ReportDocument,
  { phase, startedAt, completedAt, skipped, summary }: PhaseHistory,
  index: number,
): string[] {
  const head = `## PHASE ${index + 1}: ${plainMarkdown(phase.title)} - ${plainMarkdown(rolesOf(history, phase.steps).join(', ') || engineWords(stepsOf(history, phase.steps)))}`;
  const told = report.phases[index];
  const following = report.phases[index + 1];
  const start =
    startedAt === null
      ? ['- not started']
      : [
          `- Started: ${startedAt}`,
          `- Executing: ${plainMarkdown(phase.deliverable || 'its steps')}`,
          '- Context:',
          ...bullets(contextOf(history, phase.id), 'the request alone').map((text) => `  ${text}`),
        ];
  const end =
    completedAt === null
      ? [`- Phase ${index + 1}: ${told?.state.replace('_', ' ') ?? 'pending'}`]
      : [
          `- Phase ${index + 1} ${skipped ? 'Skipped' : 'Complete'}: ${completedAt}`,
          ...summary.split('\n').map((text) => `  - ${plainMarkdown(text)}`),
          `- Ready to proceed to ${following === undefined ? 'nothing: this was the last phase' : `Phase ${index + 2}: ${plainMarkdown(following.title)}`}`,
        ];
  return [head, '', ...start, ...end, '- Deliverable standards:', ...standardLines(history, phase.steps)];
}

/** Who works in the phase: titles of the agents, with their roles. */
function rolesOf({ state }: RunHistory, steps: readonly string[]): string[] {
  const roles = steps.flatMap((id) => {
    const work = state.steps.get(id)?.step.work;
    const agent = work?.kind === 'agent' ? state.graph.agents[work.agent] : undefined;
    return agent === undefined ? [] : [`${agent.title} (${agent.role})`];
  });
  return [...new Set(roles)];
}

function stepsOf({ state }: RunHistory, ids: readonly string[]): Step[] {
  return ids.flatMap((id) => state.steps.get(id)?.step ?? []);
}

/** What was accepted before the phase began, by the order of events. */
function contextOf({ events }: RunHistory, phase: string): string[] {
  const begin = events.findIndex(({ event }) => event.type === 'phase_started' && event.phase === phase);
  return events
    .slice(0, Math.max(0, begin))
    .flatMap(({ event }) =>
      event.type === 'step_accepted' && event.output !== null
        ? [`${event.step} (${event.output.kind}): ${event.output.summary}`]
        : [],
    );
}

/** As measured last; `not measured` where the workflow names none or its measure has not run. */
function standardLines(history: RunHistory, steps: readonly string[]): string[] {
  const own = steps.flatMap((id) => {
    const step = history.steps.get(id);
    return (step?.step.standard ?? []).map((standard) => {
      const result = resultOf(step === undefined ? [] : lastGates(step), standard.id);
      return result === null ? `${standard.title}: not measured` : `${gateWord(result)}: ${result.summary}`;
    });
  });
  return bullets(own, 'not measured: the workflow names none for this phase').map((text) => `  ${text}`);
}

function resultOf(gates: GateResult[], standard: string): GateResult | null {
  return gates.find((gate) => gate.gate === `standard.${standard}`) ?? null;
}
