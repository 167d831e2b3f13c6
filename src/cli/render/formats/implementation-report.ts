/** `report --format s3`: the implementation in six sections, with its seven success criteria. */
import { bullets, plainMarkdown } from '../plain-markdown.ts';
import { lineCoverageWords } from '../../../engine/line-coverage.ts';
import type { ReportDocument } from '../report-document.ts';
import type { ReportStep } from '../parts/report-steps.ts';
import { combinedLines, parallelLines, sequenceLines } from '../sections/coordination-lines.ts';
import { successTable } from '../sections/criteria-section.ts';
import { followUpSection } from '../sections/follow-up-section.ts';
import { artifactLines, deploymentLines, evidenceLines } from '../sections/handoff-lines.ts';

const NONE = 'not measured: no step of this run recorded it';

/** Which steps tell of which line, by the agent's name; the engine knows no more of a domain than who works in it. */
const DOMAINS = {
  infrastructure: /infrastructure|aws|devops|container/,
  datatypes: /datatype|prisma|migration/,
  configuration: /config/,
  cli: /(^|-)cli(-|$)/,
  api: /api|endpoint|integration-developer/,
  tests: /test/,
  documents: /documentation/,
} as const;

export function implementationReport(report: ReportDocument): string {
  const sections = [
    [`## Backend Implementation ${headingWord(report)}`],
    [
      '### Infrastructure Implemented',
      '',
      line('Cloud Resources', by(report, DOMAINS.infrastructure)),
      line('Data Types', by(report, DOMAINS.datatypes)),
      line('Configuration', by(report, DOMAINS.configuration)),
    ],
    [
      '### Feature Implementation',
      '',
      line(
        'Core Functionality',
        writing(report, (step) => !isOther(step)),
      ),
      line('API Endpoints', by(report, DOMAINS.api)),
      line('CLI Integration', by(report, DOMAINS.cli)),
      line('Business Logic', decisionsOf(report)),
    ],
    [
      '### Quality Assurance',
      '',
      line('Unit Tests', testLines(report)),
      line('Code Review', verdictLines(report, /review/)),
      line(
        'Integration Testing',
        report.handoff.validation_evidence.map(({ step, evidence }) => `${step}: ${evidence}`),
      ),
      line('Performance Validation', verdictLines(report, /performance/)),
    ],
    [
      '### Deployment Readiness',
      '',
      line(
        'Deployment Configuration',
        writing(report, ({ output }) => output === 'deployment'),
      ),
      '- **Environment Preparation**:',
      ...indent(deploymentLines(report)),
      '- **Validation Results**:',
      ...indent(evidenceLines(report)),
    ],
    [
      '### Coordination Summary',
      '',
      line('Subagents Executed', executed(report)),
      '- **Parallel Coordination**:',
      ...indent(orNone(parallelLines(report.parallel), '- none: no two agents worked at the same time')),
      '- **Sequential Dependencies**:',
      ...indent(sequenceLines(report.parallel)),
      '- **Synthesis Results**:',
      ...indent(combinedLines(report.parallel)),
    ],
    [
      '### Next Phase Input for Backend Submission',
      '',
      '- **Implementation Artifacts**:',
      ...indent(artifactLines(report)),
      '- **Deployment Instructions**:',
      ...indent(deploymentLines(report)),
      '- **Validation Evidence**:',
      ...indent(evidenceLines(report)),
      '- **Integration Status**:',
      ...indent(bullets(report.handoff.integration, NONE)),
    ],
    ['## Success Criteria', '', ...successTable(report.success)],
    followUpSection(report),
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')}\n`;
}

/** Complete is what ended and meets every criterion that something was recorded for; what was not measured is counted. */
function headingWord({ status, success }: ReportDocument): string {
  if (status !== 'done' || success.some((each) => each.status === 'not_met'))
    return `Not Complete (${plainMarkdown(status)})`;
  const open = success.filter((each) => each.status === 'not_measured').length;
  return open === 0 ? 'Complete' : `Complete, ${open} of ${success.length} success criteria not measured`;
}

function line(title: string, parts: readonly string[]): string {
  return `- **${title}**: ${plainMarkdown(parts.join('; ') || NONE)}`;
}

function indent(lines: readonly string[]): string[] {
  return lines.map((text) => `  ${text}`);
}

function orNone(lines: string[], none: string): string[] {
  return lines.length === 0 ? [none] : lines;
}

function stepsOf(report: ReportDocument): ReportStep[] {
  return report.phases.flatMap((phase) => phase.steps);
}

/** What came of the steps whose agents' names fit: their summaries, or why they were left out. */
function by(report: ReportDocument, pattern: RegExp): string[] {
  return writing(report, (step) => pattern.test(step.agent));
}

function writing(report: ReportDocument, fits: (step: ReportStep) => boolean): string[] {
  return stepsOf(report)
    .filter((step) => step.writes && fits(step))
    .map((step) => `${step.title} (${step.agent}): ${toldOf(step)}`);
}

function toldOf(step: ReportStep): string {
  if (step.skip_reason !== null) return `skipped, ${step.skip_reason}`;
  return step.state === 'completed' ? step.summary : step.state.replace('_', ' ');
}

/** Whether another line than that of the core functionality tells of it. */
function isOther({ agent, output }: ReportStep): boolean {
  return output !== 'changes' || Object.values(DOMAINS).some((pattern) => pattern.test(agent));
}

function decisionsOf(report: ReportDocument): string[] {
  const writers = new Set(
    stepsOf(report)
      .filter((step) => step.writes)
      .map((step) => step.id),
  );
  return report.decisions
    .filter(({ source, step }) => source === 'agent' && writers.has(step))
    .map(({ by: agent, decision }) => `${agent}: ${decision}`);
}

function testLines(report: ReportDocument): string[] {
  const counts = report.success[2];
  const measured = counts === undefined ? [] : [`measured: ${counts.evidence}`];
  const coverage = `line coverage: ${lineCoverageWords(report.measured.line_coverage)}`;
  return [...measured, coverage, ...by(report, DOMAINS.tests)];
}

function verdictLines(report: ReportDocument, reviewer: RegExp): string[] {
  const counts = new Map<string, Map<string, number>>();
  for (const verdict of stepsOf(report).flatMap((step) => step.verdicts)) {
    if (!reviewer.test(verdict.reviewer)) continue;
    const own = counts.get(verdict.reviewer) ?? new Map<string, number>();
    own.set(verdict.verdict, (own.get(verdict.verdict) ?? 0) + 1);
    counts.set(verdict.reviewer, own);
  }
  const given = [...counts].map(
    ([name, words]) => `${name}: ${[...words].map(([word, count]) => `${count} ${word}`).join(', ')}`,
  );
  return [...given, ...reasonsGiven(report, reviewer)];
}

/** What these reviewers decided and why, but for a plain pass, which says it all. */
function reasonsGiven({ decisions }: ReportDocument, reviewer: RegExp): string[] {
  return decisions
    .filter(
      ({ source, by: name, decision }) =>
        source === 'reviewer' && reviewer.test(name) && !decision.startsWith('pass:'),
    )
    .map(({ by: name, step, decision }) => `${name} on ${step}: ${decision}`);
}

function executed(report: ReportDocument): string[] {
  return stepsOf(report)
    .filter((step) => step.attempts > 0)
    .map((step) => `${step.agent} (${step.status})`);
}
