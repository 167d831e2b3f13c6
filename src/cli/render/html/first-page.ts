/** What a reader needs who reads one page: what the change does, what came out, what people decided, what it took, and what is not sure. */
import { formatDuration } from '../duration.ts';
import { firstLine } from '../escape.ts';
import { changeTold, NO_CHANGE } from '../first-page/change-told.ts';
import { gatesLine, reviewsLine, waitedWords } from '../first-page/checked.ts';
import { decidedByPeople, NOBODY_ASKED } from '../first-page/decided-by-people.ts';
import { NOTHING_UNSURE, unsureLines } from '../first-page/unsure.ts';
import { countOf } from '../numbers.ts';
import type { ReviewedDiff } from '../parts/reviewed-diff.ts';
import type { ReportDocument } from '../report-document.ts';
import { fetchCommands } from '../result-text.ts';
import { costWords } from '../work-lines.ts';
import { list, word } from './blocks.ts';
import { diffAnchor } from './diff-section.ts';
import { html, type Html } from './markup.ts';

/** The pull requests, each with the way to its diff: on this page as it was reviewed, and at a forge that shows one. */
export function pullRequests(
  report: ReportDocument,
  forgeDir: string | null,
  diff: ReviewedDiff | null,
): Html {
  const lines = report.pull_requests.map((pull) => {
    const commands = fetchCommands(pull, report.repos, forgeDir);
    const anchor = diffAnchor(diff, pull.repo);
    return html`<p>
        ${pull.repo} #${pull.number} ${word(pull.state)} ${link(pull.url, pull.url)}
        ${anchor === null ? html`` : html`(<a href="#${anchor}">reviewed diff</a>)`}
        ${report.forge === 'github' ? html`(${link(`${pull.url}/files`, 'diff')})` : html``}<br />
        <code>${pull.branch}</code> → <code>${pull.base}</code>
      </p>
      ${commands.length === 0 ? html`` : html`<pre class="mono">${commands.join('\n')}</pre>`}`;
  });
  const deployed = report.deploys.map(
    ({ environment, status, detail }) => html`<p>${environment}: ${word(status)} ${firstLine(detail)}</p>`,
  );
  return html`<h2>What came out</h2>
    ${lines.length === 0 ? html`<p>No pull request was opened.</p>` : lines}
    ${deployed.length === 0 ? html`<p class="soft">Not deployed.</p>` : deployed}`;
}

/** Only what a browser may open becomes a link: addresses come from forges. */
function link(url: string, text: string): Html {
  return /^https?:\/\//.test(url)
    ? html`<a href="${url}" rel="noreferrer">${text}</a>`
    : html`<span class="soft mono">${text}</span>`;
}

/** What it does: files and lines per repository, and what the agents that changed files say of their work. */
export function whatItDoes(report: ReportDocument, diff: ReviewedDiff | null): Html {
  const { asked, repos, steps } = changeTold(report, diff);
  return html`<h2>What the change does</h2>
    ${asked === null ? html`` : html`<p>${asked}</p>`}
    ${repos.length === 0 ? html`<p class="soft">${NO_CHANGE}</p>` : list(repos)}
    ${
      steps.length === 0
        ? html``
        : html`<p class="soft">In the words of the agents:</p>
            ${list(steps)}`
    }`;
}

export function decided(report: ReportDocument): Html {
  const lines = decidedByPeople(report);
  return html`<h2>What people decided</h2>
    ${lines.length === 0 ? html`<p class="soft">${NOBODY_ASKED}</p>` : list(lines)}`;
}

export function checked(report: ReportDocument): Html {
  return html`<h2>What checked it</h2>
    ${list([gatesLine(report), reviewsLine(report)])}`;
}

export function unsure(report: ReportDocument): Html {
  const lines = unsureLines(report);
  return html`<h2>What is not sure</h2>
    ${lines.length === 0 ? html`<p class="soft">${NOTHING_UNSURE}</p>` : list(lines)}`;
}

interface Card {
  big: string;
  what: string;
  more: string;
}

export function cards(report: ReportDocument): Html {
  const all = [
    phasesCard(report),
    timeCard(report),
    costCard(report),
    verdictCard(report),
    ...criteriaCards(report),
  ];
  return html`<div class="cards">
    ${all.map(
      ({ big, what, more }) =>
        html`<div class="card"><b>${big}</b>${what}<br /><span class="soft">${more}</span></div>`,
    )}
  </div>`;
}

function phasesCard({ phases, measured }: ReportDocument): Card {
  const complete = phases.filter((phase) => phase.completed).length;
  const skipped = phases.filter((phase) => phase.state === 'skipped').length;
  return {
    big: `${complete} of ${phases.length}`,
    what: 'phases complete',
    more: `${skipped === 0 ? '' : `${skipped} skipped, `}${countOf(measured.invocations, 'invocation')} for work`,
  };
}

function timeCard({ measured }: ReportDocument): Card {
  return {
    big: formatDuration(measured.lead_time_ms),
    what: 'from the request to the last event',
    more: waitedWords(measured),
  };
}

function costCard({ cost: { all } }: ReportDocument): Card {
  const isKnown = all.usd_unknown < all.invocations;
  return {
    big: isKnown ? `${all.usd.toFixed(2)} USD${all.usd_unknown === 0 ? '' : '+'}` : 'unknown',
    what: 'cost of the agents',
    more: isKnown ? costWords(all) : `nobody said what ${countOf(all.invocations, 'call')} cost`,
  };
}

function verdictCard({ measured }: ReportDocument): Card {
  const first =
    measured.first_pass_yield === null ? 'unknown' : `${Math.round(measured.first_pass_yield * 100)} %`;
  return {
    big: String(measured.reviews),
    what: 'verdicts',
    more: `${countOf(measured.rework_rounds, 'rework round')}, ${first} right at once`,
  };
}

function criteriaCards({ success, criteria }: ReportDocument): Card[] {
  const met = success.filter(({ status }) => status === 'met').length;
  const open = success.filter(({ status }) => status === 'not_measured').length;
  const proven = criteria.filter((each) => each.proven).length;
  return [
    { big: `${met} of ${success.length}`, what: 'success criteria met', more: `${open} not measured` },
    ...(criteria.length === 0
      ? []
      : [{ big: `${proven} of ${criteria.length}`, what: 'acceptance criteria shown', more: '' }]),
  ];
}
