/** What is submitted in one repository: one commit on the base with exactly the reviewed tree, and the pull request's texts. */
import { madeOf } from '../core/effects/pointers.ts';
import type { JournalEvent } from '../core/events.ts';
import type { Revision, RevisionId } from '../core/results.ts';
import type { ForgePlace, ForgeRequest } from '../forges/forge.ts';
import { EVIDENCE } from '../forges/write-links.ts';
import { wordsMark } from '../forges/write-words.ts';
import { anchorOf, sayAnchor, type JournalAnchor } from './journal-anchor.ts';
import { harmless, outgoingBody, outgoingTitle } from './outgoing-text.ts';
import { cell } from './criteria-table.ts';
import { evidenceOf } from './pull-request-evidence.ts';
import { branchOf, markerOf } from './run-branch.ts';
import type { RunContext } from './run-context.ts';
import { envelopeOf, type SigningKey } from './signing.ts';
import { statementOf, statementText, type Stated } from './statement.ts';
import type { SignWay } from '../workspace/signing.ts';
import type { CommitIdentity } from '../workspace/squash.ts';

interface PullRequestText {
  repo: string;
  title: string;
  body: string;
}

export async function pullRequestOf(
  ctx: RunContext,
  { repo, head, key }: { repo: string; head: RevisionId; key: SigningKey | null },
): Promise<ForgeRequest> {
  const { commit, revision } = await commitFor(ctx, { repo, head });
  const text = await textFor(ctx, repo);
  const title = outgoingTitle(ctx.redactor.text(text.title));
  const events = await ctx.history();
  const anchor = anchorOf(events, revision.id);
  const words = outgoingBody(ctx.redactor.text(text.body));
  return {
    ...placeOf(ctx, repo),
    ...(anchor === null
      ? {}
      : { statement: signedStatement(events, { repo, commit, head: revision, anchor }, key) }),
    head: commit,
    title,
    body: [
      words,
      '',
      EVIDENCE.begin,
      wordsMark(title, words),
      harmless(ctx.redactor.text(await evidenceOf(ctx, { repo, commit, head: revision, anchor, events }))),
      EVIDENCE.end,
    ].join('\n'),
  };
}

/**
 * The commit that is submitted in a repository, and the revision that it was made of: where others point at it, or where it was pushed
 * before and nothing of it changed since, an earlier one with the same tree. What it stands on is that one's acceptance.
 */
export async function commitFor(
  ctx: RunContext,
  { repo, head }: { repo: string; head: RevisionId },
): Promise<{ commit: string; revision: Revision }> {
  const { state, runId } = ctx;
  const revisionOf = (id: RevisionId): Revision => {
    const found = state.revisions.get(id);
    if (found === undefined) throw new Error(`nothing to submit for ${repo}`);
    return found;
  };
  const pushed = state.pushed.get(repo);
  const known = pushed?.head === head ? pushed : madeOf(state, repo, head);
  if (known != null) return { commit: known.commit, revision: revisionOf(known.head) };
  const revision = revisionOf(head);
  const message = outgoingTitle(ctx.redactor.text((await textFor(ctx, repo)).title));
  const anchor = anchorOf(await ctx.history(), head);
  const commit = await commitOf(ctx, { repo, revision, message, trailers: trailersOf(runId, anchor) });
  return { commit, revision: pushed?.commit === commit ? revisionOf(pushed.head) : revision };
}

function trailersOf(runId: string, anchor: JournalAnchor | null): Record<string, string> {
  return { 'Baton-Run': runId, ...(anchor === null ? {} : { 'Baton-Journal': sayAnchor(anchor) }) };
}

/** On the base, or behind what this run pushed before: a branch that people may have fetched goes forward only. */
async function commitOf(
  ctx: RunContext,
  wanted: { repo: string; revision: Revision; message: string; trailers: Record<string, string> },
): Promise<string> {
  const { state, engine, runId } = ctx;
  const { repo, revision, ...words } = wanted;
  const continues = new Map([...state.pushed].map(([name, { commit }]) => [name, commit]));
  const commits = await engine.workspaces.squash({
    ...words,
    runId,
    base: state.base,
    head: revision,
    continues,
    ...commitSettings(ctx),
  });
  const commit = commits.find((each) => each.repo === repo)?.commit;
  if (commit === undefined) throw new Error(`no commit for ${repo}`);
  return commit;
}

/** The envelope as JSON. */
function signedStatement(events: readonly JournalEvent[], stated: Stated, key: SigningKey | null): string {
  return `${JSON.stringify(envelopeOf(statementText(statementOf(events, stated)), key))}\n`;
}

/** Whose the commits are, and who signs them. */
function commitSettings({ snapshot, state }: RunContext): {
  identity?: CommitIdentity;
  sign?: { way: SignWay; paths: Record<string, string> };
} {
  const { commits } = snapshot.config;
  if (commits === undefined) return {};
  const { sign, ...identity } = commits;
  const paths = Object.fromEntries(state.repos.map(({ name, path }) => [name, path]));
  return { identity, ...(sign === 'none' ? {} : { sign: { way: sign, paths } }) };
}

/** Where the run's branch and pull request of a repository are, whatever they hold. */
export function placeOf(ctx: RunContext, repo: string): ForgePlace {
  const { state, engine, runId } = ctx;
  const known = state.repos.find((each) => each.name === repo);
  if (known === undefined) throw new Error(`no repository ${repo} in run ${runId}`);
  return {
    runId,
    repo: { name: repo, path: known.path, baseRef: known.base_ref, baseCommit: known.commit },
    store: engine.workspaces.storePath(runId, repo),
    branch: branchOf(state),
    marker: markerOf(state, repo),
  };
}

/** The reviewed texts of the submitter; without one, texts derived from the request. */
async function textFor(ctx: RunContext, repo: string): Promise<PullRequestText> {
  for (const st of ctx.state.steps.values()) {
    const output = st.accepted?.output;
    if (output?.kind !== 'submission') continue;
    const body = JSON.parse(await ctx.readText(output.artifact)) as { pull_requests?: PullRequestText[] }; // checked when it was handed in
    const found = body.pull_requests?.find((text) => text.repo === repo);
    if (found !== undefined) return found;
  }
  const { request } = ctx.state;
  return { repo, title: titleOf(request), body: [request, ...doneWords(ctx)].join('\n') };
}

/** Where nobody was asked to sum it up: what each agent that changed something says of that, on a line. */
function doneWords({ state }: RunContext): string[] {
  const lines = [...state.steps.values()].flatMap(({ step, accepted }) => {
    const output = accepted?.output ?? null;
    if (output === null || output.revision === null || output.summary.trim() === '') return [];
    return [`- ${cell(step.title)}: ${cell(output.summary)}`];
  });
  return lines.length === 0 ? [] : ['', 'What was done, in the words of the agents that did it:', ...lines];
}

/** As wide as what forges and `git log --oneline` show of a title. */
const TITLE_CHARS = 72;

/** The first line of a request as a title; a longer one ends at a word, with an ellipsis. */
export function titleOf(request: string): string {
  const line = request.trim().split('\n')[0]?.trim() ?? '';
  if (line === '') return 'Change';
  if (line.length <= TITLE_CHARS) return line;
  const room = line.slice(0, TITLE_CHARS);
  const end = room.lastIndexOf(' ');
  const characters = new Intl.Segmenter().segment(line);
  // One word alone is wider: what is left of it has to end somewhere, but not within a character.
  const kept = end > 0 ? room.slice(0, end) : room.slice(0, characters.containing(TITLE_CHARS - 1)?.index);
  return `${kept.replace(/[\s.,;:–-]+$/u, '')}…`;
}
