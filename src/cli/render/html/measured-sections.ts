/** Behind the first page: where the time went, what it cost, what was found late, and the way back. */
import { formatDuration } from '../duration.ts';
import type { Cost } from '../figures/cost.ts';
import { escapeWords } from '../figures/rework.ts';
import type { TimeKind } from '../figures/pieces-of-time.ts';
import type { ReportDocument } from '../report-document.ts';
import { costWords, KINDS } from '../work-lines.ts';
import { statementWords } from '../../audit/statements.ts';
import { list, listSection, section, table, word } from './blocks.ts';
import { html, type Html } from './markup.ts';

export function measuredSections(report: ReportDocument): Html {
  return html`${[
    pathSection(report),
    costSection(report),
    listSection('Review escapes: found later in accepted work', report.escapes.map(escapeWords)),
    rollbackSection(report),
    listSection('Statements about the pull requests', report.statements.map(statementWords)),
    listSection('Worth knowing', report.notes),
  ]}`;
}

function pathSection({ critical_path: path }: ReportDocument): Html {
  const kinds = Object.entries(path.by_kind) as [TimeKind, number][]; // as it was made
  const share = (ms: number): string => `${Math.floor((1_000 * ms) / Math.max(1, path.total_ms)) / 10} %`;
  return section(
    'Where the time went',
    formatDuration(path.total_ms),
    html`<p class="soft">The chain of work, each part of which had to wait for the one before.</p>
      ${table(
        ['on the critical path', 'took', 'share'],
        kinds.map(([kind, ms]) => [KINDS[kind], formatDuration(ms), share(ms)]),
      )}
      <p></p>
      ${
        path.faster.length === 0
          ? html``
          : table(
              ['what would have made it faster, each alone', 'by at most'],
              path.faster.map(({ what, saved_ms }) => [what, formatDuration(saved_ms)]),
            )
      }`,
  );
}

function costSection({ cost }: ReportDocument): Html {
  const rows = (what: string, of: Readonly<Record<string, Cost>>): string[][] =>
    Object.entries(of).map(([name, one]) => [what, name, String(one.invocations), costWords(one)]);
  return section(
    'Cost',
    costWords(cost.all),
    table(
      ['by', '', 'calls', 'cost'],
      [...rows('phase', cost.by_phase), ...rows('agent', cost.by_agent), ...rows('model', cost.by_model)],
    ),
  );
}

function rollbackSection({ rollback }: ReportDocument): Html {
  const { repos, rehearsed, plan } = rollback;
  if (repos.length === 0) return html``;
  const order = repos.length > 1 ? `In this order: ${repos.map(({ repo }) => repo).join(', ')}.` : '';
  return section(
    'Rollback',
    rehearsed === null ? 'not rehearsed' : 'rehearsed',
    html`<p>
        ${
          rehearsed === null
            ? 'Taking it back was not rehearsed.'
            : html`Rehearsed in a scratch clone before submission: ${word(rehearsed.status)}
              (${rehearsed.summary}).`
        }
        ${order}
      </p>
      ${repos.map(repoSection)}
      ${
        plan.length === 0
          ? html``
          : html`<p>What the plan says of it, in its own words:</p>
              ${list(plan)}`
      }`,
  );
}

function repoSection(each: ReportDocument['rollback']['repos'][number]): Html {
  const facts = [
    ...(each.pull_request === null
      ? []
      : [`Not merged yet: close pull request #${each.pull_request.number}; nothing else was changed.`]),
    ...each.migrations.map(({ file, layout, down, command }) =>
      down === null
        ? `migration ${file} (${layout}) has no way down: restore from a backup what it changed`
        : `migration ${file} (${layout}): first, while its files are there, ${command}`,
    ),
    ...each.tried.map(
      ({ gate, module, status, summary }) => `gate ${gate} in ${module}: ${status} (${summary})`,
    ),
    ...each.leaves,
  ];
  return html`<h3>${each.repo} <code class="soft">${each.path}</code></h3>
    ${facts.length === 0 ? html`` : list(facts)}
    ${each.ways.map(
      ({ merged, commands, rehearsed }) =>
        html`<p>Merged ${merged}${rehearsed ? '' : ', which was not rehearsed'}:</p>
          <pre class="mono">${commands.join('\n')}</pre>`,
    )}`;
}
