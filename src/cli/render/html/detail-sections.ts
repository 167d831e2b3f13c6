/** What stands behind the first page, each part closed until somebody opens it. */
import { preparationWords } from '../parts/handoff.ts';
import { sayStanding, SHOWN_MEANS, showTest } from '../../../core/checks/criteria.ts';
import { noneChecked } from '../../../engine/criteria-table.ts';
import { formatDuration } from '../duration.ts';
import type { ReportDocument } from '../report-document.ts';
import type { ReportStep } from '../parts/report-steps.ts';
import { gateWord } from '../gate-word.ts';
import { planWords } from '../plan-words.ts';
import { list, listSection, section, table, word } from './blocks.ts';
import { html, type Html } from './markup.ts';

export function detailSections(report: ReportDocument): Html {
  return html`${[
    section('Request', '', html`<pre>${report.request}</pre>`),
    ...report.phases.map((phase, index) => phaseSection(phase, index)),
    criteriaSection(report),
    successSection(report),
    planSection(report),
    findingSection(report),
    listSection(
      'Rework',
      report.rework.flatMap((chain) =>
        chain.rounds.map(
          (round) =>
            `${chain.step}, ${round.round === 0 ? 'opened again' : `round ${round.round}`} by ${round.authors.join(', ')}: ${round.problems.join('; ')}`,
        ),
      ),
    ),
    listSection(
      'Claims that were measured otherwise',
      report.mismatches.map((m) => `${m.step}: claimed “${m.claim}”, measured “${m.measured}”`),
    ),
    listSection('Issues met', report.issues),
    listSection('Follow-up items (not part of this run)', report.follow_ups),
    questionSection(report),
    section(
      'Decisions',
      String(report.decisions.length),
      table(
        ['by', 'source', 'step', 'decision'],
        report.decisions.map((d) => [d.by, d.source, d.step, d.decision]),
      ),
    ),
    coordinationSection(report),
    handoffSection(report),
    section(
      'Success metrics of this run',
      '',
      table(
        ['metric', 'value'],
        report.metrics.map(({ metric, value }) => [metric, value]),
      ),
    ),
    section(
      'Repositories and bases',
      String(report.repos.length),
      table(
        ['repository', 'branch', 'commit'],
        report.repos.map((repo) => [repo.name, repo.base_ref, repo.commit]),
      ),
    ),
  ]}`;
}

function phaseSection(phase: ReportDocument['phases'][number], index: number): Html {
  const gates = phase.steps.flatMap((step) => step.gates.map((gate) => ({ step, gate })));
  const steps = table(
    ['step', 'agent', 'run by', 'state', 'rounds', 'verdicts', 'took', 'what came out'],
    phase.steps.map(stepRow),
  );
  const measured = table(
    ['gate', 'of', 'repository', 'status', 'what was seen'],
    gates.map(({ step, gate }) => [
      gate.gate,
      step.title,
      gate.repo === '*' ? 'all' : gate.repo,
      word(gateWord(gate)),
      gate.summary,
    ]),
  );
  return section(
    `Phase ${index + 1}: ${phase.title}`,
    phase.state.replace('_', ' '),
    html`${phase.deliverable === '' ? html`` : html`<p class="soft">${phase.deliverable}</p>`}
    ${steps}${
      gates.length === 0
        ? html``
        : html`<p class="note"></p>
            ${measured}`
    }`,
  );
}

function stepRow(step: ReportStep): (string | Html)[] {
  const task = step.task === null ? html`` : html`<br /><span class="soft">${planWords(step.task)}</span>`;
  return [
    html`${step.title}${task}<br /><code class="soft">${step.id}</code>`,
    step.agent,
    step.labels.join(', ') || '–',
    word(step.status),
    String(step.rounds),
    html`${step.verdicts.map((v) => html`r${v.round} ${v.reviewer}: ${word(v.verdict)}<br />`)}`,
    step.took_ms === null ? '–' : formatDuration(step.took_ms),
    step.skip_reason ?? step.summary,
  ];
}

function findingSection({ findings }: ReportDocument): Html {
  const rows = findings.map(({ step, source, severity, blocking, where, problem }) => [
    step,
    source,
    blocking ? html`<span class="bad">${severity}, blocking</span>` : severity,
    html`<code>${where}</code>`,
    problem,
  ]);
  const body = rows.length === 0 ? null : table(['in', 'found by', 'severity', 'where', 'what'], rows);
  return section('Findings', String(findings.length), body);
}

function criteriaSection({ criteria, criteria_unchecked: why }: ReportDocument): Html {
  const proofs = (each: ReportDocument['criteria'][number]): string[] => [
    ...each.tests.map(showTest),
    ...each.confirmed.map(({ by, how }) => `${by} confirms: ${how}`),
  ];
  const rows = criteria.map((each) => [each.id, each.text, list(proofs(each)), word(sayStanding(each))]);
  const none = why === null ? null : html`<p class="warn">${noneChecked(why)}</p>`;
  const body =
    criteria.length === 0
      ? none
      : html`<p class="note">${SHOWN_MEANS}</p>
          ${table(['', 'criterion', 'shown by', ''], rows)}`;
  return section('Acceptance criteria', String(criteria.length), body);
}

function successSection({ success }: ReportDocument): Html {
  const rows = success.map(({ title, status, evidence }, index) => [
    String(index + 1),
    title,
    word(status),
    evidence,
  ]);
  return section(
    'Success criteria',
    String(success.length),
    table(['', 'criterion', 'status', 'evidence'], rows),
  );
}

function planSection({ plans, growth }: ReportDocument): Html {
  if (plans.length === 0) return html``;
  const revisions = plans.map((plan) => [
    String(plan.revision),
    plan.in_force ? word('accepted') : html`<span class="soft">replaced</span>`,
    plan.accepted_at,
    plan.summary,
  ]);
  const tasks = (plans.find((plan) => plan.in_force)?.tasks ?? []).map((task) => [
    task.id,
    task.agent,
    task.description,
    task.depends_on.join(', '),
    task.category,
    task.plan_phase.replaceAll('_', ' '),
    task.state === null
      ? html`<span class="soft">no step of its own</span>`
      : html`${word(task.state)} ${task.reason}`,
  ]);
  const grown = growth.map(({ before, reason, added, dropped }) => {
    const left = dropped.length === 0 ? '' : `; dropped: ${dropped.join(', ')}`;
    return `before ${before}: ${reason}: ${added.join(', ')}${left}`;
  });
  return section(
    'Plan',
    `revision ${plans.length}`,
    html`${table(['revision', '', 'accepted', 'summary'], revisions)}
      <p></p>
      ${table(['task', 'agent', 'what', 'after', 'category', 'part', 'state'], tasks)}${list(grown)}`,
  );
}

function questionSection({ questions }: ReportDocument): Html {
  const rows = questions.map(({ text, asked_at, answer }) => [
    asked_at,
    text,
    answer === null
      ? html`<span class="ask">not answered</span>`
      : `${answer.option} by ${answer.by} ${answer.text}`,
  ]);
  const body = questions.length === 0 ? null : table(['asked', 'question', 'answer'], rows);
  return section('Questions and answers', String(questions.length), body);
}

function coordinationSection({ parallel }: ReportDocument): Html {
  return section(
    'In parallel and in sequence',
    '',
    html`${list([
      ...parallel.steps.map((group) => `in parallel: ${group.join(', ')} (none of them needs another)`),
      ...parallel.combined.map(({ step, how }) => `combined in ${step}: ${how}`),
    ])}${table(
      ['step', 'agent', 'waited for'],
      parallel.sequence.map(({ step, agent, after }) => [
        step,
        agent,
        list(after.map((need) => `${need.step}: ${need.why}`)),
      ]),
    )}`,
  );
}

function handoffSection({ handoff }: ReportDocument): Html {
  const lines = (title: string, texts: string[]): Html =>
    html`<p><b>${title}</b></p>
      ${texts.length === 0 ? html`<p class="soft">not measured</p>` : list(texts)}`;
  return section(
    'Handoff to the submission',
    '',
    html`${lines(
      'Implementation artifacts',
      handoff.artifacts.map((a) => `${a.step}: ${a.kind} ${a.artifact.slice(0, 12)}: ${a.summary}`),
    )}
    ${lines('Deployment instructions', [...preparationWords(handoff)])}
    ${lines(
      'Validation evidence',
      handoff.validation_evidence.map(({ step, evidence }) => `${step}: ${evidence}`),
    )}
    ${lines('Integration status', handoff.integration)}`,
  );
}
