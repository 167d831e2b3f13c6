/** The report as Markdown. Whatever comes from agents, repositories or people is escaped for terminals and for Markdown. */
import type { Detected } from '../../core/records.ts';
import { detectedLine } from './announce.ts';
import { gatePlace } from '../../core/checks/gate-place.ts';
import { rollbackMarkdown } from '../../engine/rollback-document.ts';
import { budgetPhrases } from './budget-text.ts';
import { formatDuration } from './duration.ts';
import { firstLine, firstLineWithItems } from './escape.ts';
import { gateWord } from './gate-word.ts';
import { plainMarkdown } from './plain-markdown.ts';
import type { ReviewedDiff } from './parts/reviewed-diff.ts';
import { planWords } from './plan-words.ts';
import { coordinationLines } from './sections/coordination-lines.ts';
import { statementWords } from '../audit/statements.ts';
import { TIME_KINDS } from './figures/pieces-of-time.ts';
import { escapeWords } from './figures/rework.ts';
import { costWords, KINDS } from './work-lines.ts';
import { drawingSections } from './sections/drawing-sections.ts';
import { firstPageSections } from './sections/first-page-section.ts';
import { followUpSection } from './sections/follow-up-section.ts';
import { criteriaSection, successSection } from './sections/criteria-section.ts';
import { handoffLines } from './sections/handoff-lines.ts';
import { planSections } from './sections/plan-section.ts';
import type { ReportDocument } from './report-document.ts';
import type { ReportStep } from './parts/report-steps.ts';
import { countOf } from './numbers.ts';

/**
 * The whole report, its first page first; `forgeDir` is where the local forge keeps its repositories, or null; `diff`: what
 * its last reviewer saw of the whole change.
 */
export function reportMarkdown(
  report: ReportDocument,
  forgeDir: string | null,
  diff: ReviewedDiff | null = null,
): string {
  const sections = [
    ...firstPageSections(report, forgeDir, diff),
    ['---'],
    ...drawingSections(report),
    ['## Details', '', ...overview(report)],
    ['## Request', '', ...report.request.split('\n').map((line) => `> ${plainMarkdown(line)}`)],
    ...(report.detection === null ? [] : [detectionSection(report.detection, wasAsked(report))]),
    followUpSection(report),
    ...report.phases.map((phase, index) => phaseSection(phase, index)),
    listSection('Rework', report.rework.flatMap(reworkLines)),
    listSection(
      'Claims that were measured otherwise',
      report.mismatches.map((m) => `${m.step}: claimed “${m.claim}”, measured “${m.measured}”`),
    ),
    listSection(
      'Overrides by people',
      report.overrides.map(
        (o) => `${o.step}: accepted by ${o.by}${o.text === '' ? '' : `: ${o.text}`} (${o.question})`,
      ),
    ),
    listSection('Questions and answers', report.questions.map(questionLine)),
    listSection('Skipped', skippedLines(report)),
    ...planSections(report),
    criteriaSection(report),
    successSection(report),
    listSection('Decisions', report.decisions.map(decisionLine)),
    ['## In parallel and in sequence', '', ...coordinationLines(report)],
    ['## Handoff to the submission', '', ...handoffLines(report)],
    rollbackSection(report),
    listSection('Statements about the pull requests', report.statements.map(statementWords)),
    listSection('Review escapes', report.escapes.map(escapeWords)),
    listSection('Cleaned up', cleanUpLines(report)),
    listSection('Issues met', report.issues),
    listSection(
      'Success metrics of this run',
      report.metrics.map(({ metric, value }) => `${metric}: ${value}`),
    ),
    ['## Measured', '', ...measuredLines(report)],
    ['## Where the time went', '', ...pathLines(report)],
    ['## Audit', '', ...auditLines(report)],
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')}\n`;
}

function listSection(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [`## ${title}`, '', ...lines.map((line) => `- ${plainMarkdown(line)}`)];
}

function wasAsked({ questions }: ReportDocument): boolean {
  return questions.some(({ id }) => id === 'confirm_start');
}

function detectionSection(detection: Detected, asked: boolean): string[] {
  const open = (detection.questions ?? []).map(
    (question) => `${asked ? 'asked before the start' : 'worth knowing, and not asked'}: ${question}`,
  );
  const all = [detectedLine(detection), ...detection.reasons, ...open];
  const lines = all.map((line) => `- ${plainMarkdown(line)}`);
  return ['## Detection', '', ...lines];
}

function overview(report: ReportDocument): string[] {
  const labels = report.labels.map(plainMarkdown).join(', ') || 'none ran';
  const wall = report.sandbox === 'off' ? '**without a wall**' : 'behind the wall';
  return [
    `- workflow ${plainMarkdown(report.workflow)}`,
    `- agents run by driver ${plainMarkdown(report.driver)} (${labels}), ${wall}; forge ${plainMarkdown(report.forge)}`,
    `- from ${report.started_at} to ${report.ended_at ?? 'now, not ended'}, Baton ${plainMarkdown(report.baton_version)}`,
    ...report.repos.map(
      (repo) =>
        `- ${plainMarkdown(repo.name)} at ${plainMarkdown(repo.base_ref)} \`${repo.commit.slice(0, 12)}\``,
    ),
    ...report.notes.map((note) => `- note: ${plainMarkdown(note)}`),
  ];
}

function phaseSection(phase: ReportDocument['phases'][number], index: number): string[] {
  const heading = `## Phase ${index + 1}: ${plainMarkdown(phase.title)}${phaseWord(phase.state)}`;
  const rows = phase.steps.map(stepRow);
  const gates = phase.steps.flatMap(gateLines);
  return [
    heading,
    '',
    '| step | agent | run by | status | rounds | verdicts | took |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    ...(gates.length === 0 ? [] : ['', ...gates]),
  ];
}

function phaseWord(state: ReportDocument['phases'][number]['state']): string {
  if (state === 'completed') return '';
  return state === 'skipped' ? ' (skipped)' : ' (not complete)';
}

function stepRow(step: ReportStep): string {
  const verdicts = step.verdicts
    .map((v) => plainMarkdown(`r${v.round} ${v.reviewer}: ${v.verdict}`))
    .join('<br>');
  const planned = step.task === null ? '' : ` (${planWords(step.task)})`;
  const cells = [
    plainMarkdown(`${step.title}${planned}`),
    plainMarkdown(step.agent),
    plainMarkdown(step.labels.join(', ') || '–'),
    step.status,
    String(step.rounds),
    verdicts || '–',
    step.took_ms === null ? '–' : formatDuration(step.took_ms),
  ];
  return `| ${cells.join(' | ')} |`;
}

function gateLines(step: ReportStep): string[] {
  return step.gates.map((gate) => {
    const canary = gate.tests?.canary === 'red' ? ', canary: red' : '';
    return `- gate ${plainMarkdown(gate.gate)} of ${plainMarkdown(step.title)} in ${plainMarkdown(gatePlace(gate))}: **${gateWord(gate)}** (${plainMarkdown(gate.summary)}${canary})${gate.cached ? ', from cache' : ''}`;
  });
}

function reworkLines(chain: ReportDocument['rework'][number]): string[] {
  return chain.rounds.map((round) => {
    const what = round.round === 0 ? 'opened again' : `round ${round.round}`;
    return `${chain.step}, ${what} by ${round.authors.join(', ')}: ${round.problems.map(firstLine).join('; ')}${chain.settled ? '' : ' (open)'}`;
  });
}

function questionLine(question: ReportDocument['questions'][number]): string {
  const answer =
    question.answer === null
      ? 'not answered'
      : `${question.answer.option} by ${question.answer.by} at ${question.answer.at}${question.answer.text === '' ? '' : `: ${question.answer.text}`}`;
  return `${question.id}: ${firstLineWithItems(question.text)} → ${answer}`;
}

function skippedLines(report: ReportDocument): string[] {
  const steps = report.phases.flatMap((phase) => phase.steps);
  return steps.flatMap((step) =>
    step.skip_reason === null ? [] : [`${step.title} (${step.agent}): ${step.skip_reason}`],
  );
}

function rollbackSection({ rollback }: ReportDocument): string[] {
  return rollback.repos.length === 0 ? [] : ['## Rollback', '', ...rollbackMarkdown(rollback, plainMarkdown)];
}

function cleanUpLines({ clean_up: cleanUp }: ReportDocument): string[] {
  if (cleanUp === null) return [];
  const left = cleanUp.left.map((what) => `left as it is: ${what}`);
  return [`chosen: ${cleanUp.choice.replaceAll('_', ' ')}`, ...cleanUp.done, ...left];
}

function decisionLine({ source, by, step, decision }: ReportDocument['decisions'][number]): string {
  return `${by} (${source}${step === '' ? '' : `, ${step}`}): ${decision}`;
}

function measuredLines(report: ReportDocument): string[] {
  const { measured } = report;
  const yields =
    measured.first_pass_yield === null ? 'unknown' : `${Math.round(measured.first_pass_yield * 100)} %`;
  return [
    `- lead time ${formatDuration(measured.lead_time_ms)}, ending with the last event of the run`,
    `- ${countOf(measured.invocations, 'invocation')} for work, ${countOf(measured.reviews, 'verdict')}, ${countOf(measured.rework_rounds, 'rework round')}, first-pass yield ${yields}`,
    `- ${measured.human_answers} answers by people, ${formatDuration(measured.waited_for_people_ms)} waited for them; ${measured.interruptions} interruptions`,
    `- tokens in ${known(measured.usage.input_tokens)}, out ${known(measured.usage.output_tokens)}, cost ${measured.usage.cost_usd === null ? 'unknown' : `${measured.usage.cost_usd.toFixed(2)} USD`}`,
    `- cost by what is known: ${costWords(report.cost.all)}`,
    `- budget: ${budgetPhrases(measured.budget).join('; ')}`,
  ];
}

function known(number: number | null): string {
  return number === null ? 'unknown' : String(number);
}

function pathLines({ critical_path: { by_kind: kinds, faster } }: ReportDocument): string[] {
  const parts = TIME_KINDS.flatMap((kind) => {
    const ms = kinds[kind];
    return ms === undefined ? [] : [`${KINDS[kind]} ${formatDuration(ms)}`];
  });
  return [
    `- on the critical path: ${parts.join(', ') || 'nothing'}`,
    ...faster.map(
      ({ what, saved_ms }) => `- ${plainMarkdown(what)}: up to ${formatDuration(saved_ms)} faster`,
    ),
  ];
}

function auditLines(report: ReportDocument): string[] {
  const { audit } = report;
  const chain = audit.verdict_chain;
  return [
    `- ${audit.events} events, head \`${audit.head}\``,
    chain === 'complete'
      ? '- every output that was used is reached by verdicts, or by a recorded override, from the base (recomputed from the events)'
      : `- **the verdict chain breaks at event ${chain.seq}**: ${plainMarkdown(chain.detail)}`,
    ...(audit.approvals === 'complete'
      ? []
      : [`- **event ${audit.approvals.seq}**: ${plainMarkdown(audit.approvals.detail)}`]),
    `- check the journal itself with \`baton verify ${report.run_id}\``,
  ];
}
