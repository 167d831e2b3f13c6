/** What a pull request says beside its submitter's words: what the engine itself knows, from accepted steps only. */
import { whyNoCriteria } from '../core/checks/criteria.ts';
import { gatesOnLast } from '../core/checks/final-gates.ts';
import { fence } from '../core/fence.ts';
import type { EventOf, JournalEvent, RunEvent } from '../core/events.ts';
import { isSameLink } from '../core/review/verdicts.ts';
import type { Revision } from '../core/results.ts';
import type { RunState } from '../core/state.ts';
import { acceptanceOf } from './acceptance.ts';
import { cell, criteriaTable, noneChecked } from './criteria-table.ts';
import { decidedByPeople } from './decided-by-people.ts';
import { gateLines } from './gate-lines.ts';
import type { JournalAnchor } from './journal-anchor.ts';
import { lineCoverage, lineCoverageWords } from './line-coverage.ts';
import { shellWord } from './rollback-commands.ts';
import { branchOf } from './run-branch.ts';
import { plannedRollback, rollbackMarkdown, rollbackOf } from './rollback-document.ts';
import type { RunContext } from './run-context.ts';
import { submodulesPart } from './submodules-part.ts';
import { wordsOnTests } from './words-on-tests.ts';

interface Submitted {
  repo: string;
  /** What is pushed there. */
  commit: string;
  head: Revision;
  anchor: JournalAnchor | null;
  /** The run's, all of them. */
  events: readonly JournalEvent[];
}

function wallWords({ sandbox, agentNetwork }: RunState): string {
  if (sandbox === 'off') return ', **without a sandbox**';
  return agentNetwork === true ? ', **with the whole network**' : '';
}

/** In Markdown, below what the submitter wrote. */
export async function evidenceOf(ctx: RunContext, submitted: Submitted): Promise<string> {
  const decided = decidedByPeople(ctx.state);
  return [
    '---',
    `Run \`${ctx.runId}\`, workflow \`${ctx.state.graph.workflow}\`, agents run by \`${ctx.driver.name}\`${wallWords(ctx.state)}.`,
    await changesPart(ctx, submitted),
    submodulesPart(ctx.state, { ...submitted, branch: branchOf(ctx.state) }),
    gatesPart(ctx.state),
    testsPart(ctx.state),
    await criteriaPart(ctx),
    reviewsPart(ctx, submitted),
    await rollbackPart(ctx, submitted),
    decided.length === 0 ? '' : `Decided by people:\n${decided.join('\n')}`,
    followUps(ctx.state.spunOff),
    provenance(ctx, submitted),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** The gates that ran on what is submitted, suites with their counts, and how much of what was changed tests ran. */
export function gatesPart(state: RunState): string {
  const gates = gatesOnLast(state);
  if (gates.length === 0) return 'No gate ran on the submitted tree.';
  const coverage = lineCoverageWords(lineCoverage(state));
  return `Gates on the submitted tree:\n${fence(gateLines(gates))}\nLine coverage: ${coverage}.`;
}

function testsPart(state: RunState): string {
  const words = wordsOnTests(state);
  return words === null ? '' : `**${words}**`;
}

/** What the request asks for as well and this pull request does not do. */
function followUps(parts: readonly string[]): string {
  if (parts.length === 0) return '';
  return ['Not part of this run, to be followed up:', ...parts.map((part) => `- ${cell(part)}`)].join('\n');
}

/** What shows each acceptance criterion, or why there is none. */
async function criteriaPart(ctx: RunContext): Promise<string> {
  const proven = await acceptanceOf(ctx.state, ctx.readText);
  return proven.length === 0 ? noneChecked(cell(whyNoCriteria(ctx.state))) : criteriaTable(proven).join('\n');
}

const MAX_FILES = 30;
const SIGN = { added: 'A', modified: 'M', deleted: 'D', renamed: 'R', type_changed: 'T' } as const;

/** The files of this repository that differ from the base. */
async function changesPart({ engine, runId, state }: RunContext, { repo, head }: Submitted): Promise<string> {
  const all = await engine.workspaces.changes(runId, state.base, head);
  const own = all.filter((change) => change.repo === repo);
  const lines = own
    .slice(0, MAX_FILES)
    .map(
      ({ status, path, linesAdded, linesRemoved }) =>
        `${SIGN[status]} ${path} +${linesAdded} −${linesRemoved}`,
    );
  const more = own.length - lines.length;
  const listed = [...lines, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n');
  return `Changed files (${own.length}):\n${fence(listed)}`;
}

/** How it is taken back in this repository. */
async function rollbackPart(ctx: RunContext, { repo }: Submitted): Promise<string> {
  const { state } = ctx;
  // The same text in every attempt, whatever is known of pull requests by then.
  const before = { ...state, pullRequests: [] };
  const document = rollbackOf(before, branchOf(state), await plannedRollback(state, ctx.readText));
  return ['Rollback:', ...rollbackMarkdown(document, cell, repo)].join('\n');
}

/** Who passed what was accepted, in the order of the workflow, and how often it was sent back before. */
function reviewsPart({ state }: RunContext, { events: all }: Submitted): string {
  const events = all.map(({ event }) => event);
  const lines = [...state.steps.values()].flatMap(({ step }) => {
    const link = events.findLast((event) => isOf(event, 'step_accepted', step.id))?.link ?? null;
    const reviews = events.filter((event) => isOf(event, 'review_ended', step.id));
    const passed = reviews.filter(
      (event) => link !== null && isSameLink(event.link, link) && hasPassed(event),
    );
    if (passed.length === 0) return [];
    const refused = reviews.filter((event) => event.outcome.kind === 'verdict' && !hasPassed(event)).length;
    const before = refused === 0 ? '' : `, after ${refused} that did not pass`;
    const names = [...new Set(passed.map(({ reviewer }) => cell(reviewer)))];
    return [`- ${cell(step.title)}: passed by ${names.join(', ')}${before}`];
  });
  return lines.length === 0 ? '' : `Reviews:\n${lines.join('\n')}`;
}

function isOf<T extends 'step_accepted' | 'review_ended'>(
  event: RunEvent,
  type: T,
  step: string,
): event is EventOf<T> {
  return event.type === type && 'step' in event && event.step === step;
}

function hasPassed({ outcome }: EventOf<'review_ended'>): boolean {
  if (outcome.kind !== 'verdict') return false;
  const { verdict, findings } = outcome.review;
  return verdict === 'pass' && !findings.some(({ blocking }) => blocking);
}

/** A person saw that the base went on, and wanted what was tested all the same. */
function wentOn({ questions }: RunState): string {
  const anyway = [...questions.values()].some(
    ({ question, answer }) => question.kind === 'base_moved' && answer?.option === 'submit_anyway',
  );
  return anyway ? 'The base went on since then; a person wanted it submitted as it was tested. ' : '';
}

/** Where it comes from, and how anybody can look: last, where nothing is cut off that is too long for a forge. */
function provenance({ state, runId }: RunContext, { repo, commit, anchor }: Submitted): string {
  const base = state.repos.find(({ name }) => name === repo);
  const from = base === undefined ? '' : `Tested against \`${base.base_ref}\` at ${base.commit}. `;
  const at = anchor === null ? '' : `Journal: event ${anchor.seq}, \`${anchor.hash}\`. `;
  const url = state.pullRequests.find((pull) => pull.repo === repo)?.url ?? '';
  const elsewhere = url.startsWith('http') ? `, \`baton verify ${url}\` anywhere else` : '';
  const alone =
    base === undefined || anchor === null
      ? ''
      : `. Without Baton: \`baton-verify.mjs\` of the package \`baton-orchestrator\` is one file for Node and git; in a clone, with the text of this pull request on stdin: \`node baton-verify.mjs --envelope - --commit ${commit} --base ${shellWord(base.base_ref)}\``;
  return `${from}${wentOn(state)}${at}Check it: \`baton verify ${runId}\` where its store is${elsewhere}${alone}`;
}
