/** How a run's change is taken back: made from its journal, repository by repository, with what of it was rehearsed. */
import { gatesOnLast, lastRevision } from '../core/checks/final-gates.ts';
import { changedRepos } from '../core/effects/changed-repos.ts';
import { fence } from '../core/fence.ts';
import type { AddedMigration, GateResult, PullRequest } from '../core/records.ts';
import type { Hash, RevisionId } from '../core/results.ts';
import type { RunState } from '../core/state.ts';
import { revertCommands, revertNotes, type RevertedFrom } from './rollback-commands.ts';

export interface RollbackDocument {
  run_id: string;
  /** What the accepted plan says of it, in its author's words. */
  plan: string[];
  /** The engine's own rehearsal of the revert; null: it was not made. */
  rehearsed: { status: GateResult['status']; summary: string } | null;
  /** The artifact that holds it as it was rehearsed; absent in that artifact itself, and in older journals. */
  kept?: Hash;
  /** In the order in which they are taken back; empty: nothing changed. */
  repos: RepoWayBack[];
}

/** `problem`: why the forge could not be asked. */
export type PullNow =
  | { state: 'none' | 'draft' | 'open' | 'closed' | 'merged'; commits: string[] }
  | { state: 'not_known'; problem: string };

export interface RepoWayBack {
  repo: string;
  path: string;
  pull_request: Pick<PullRequest, 'number' | 'url' | 'branch' | 'state'> | null;
  /** What the forge says of it now; absent: it was not asked. */
  now?: PullNow;
  /** By how the change came to the base branch. */
  ways: {
    merged: string;
    /** Lines of one shell command. */
    commands: string[];
    rehearsed: boolean;
  }[];
  /** What to type otherwise, where the base branch takes no pushes or has a remote. Absent in older documents. */
  otherwise?: string;
  leaves: string[];
  migrations: AddedMigration[];
  /** What the gates of the kind `rollback` came to. */
  tried: Pick<GateResult, 'gate' | 'module' | 'status' | 'summary'>[];
}

/** Of what the run has come to. `plan`: what the plan in force says. */
export function rollbackOf(state: RunState, branch: string, plan: string[]): RollbackDocument {
  const { pullRequests } = state;
  return rollbackFrom(state, {
    gates: gatesOnLast(state),
    head: lastRevision(state),
    branch,
    plan,
    pullRequests,
  });
}

/** Of a revision and what gates say of it. */
export function rollbackFrom(
  state: RunState,
  of: {
    gates: readonly GateResult[];
    head: RevisionId;
    branch: string;
    plan: string[];
    pullRequests: readonly PullRequest[];
  },
): RollbackDocument {
  const { gates, branch, plan, pullRequests } = of;
  const revert = gates.find(({ kind }) => kind === 'revert') ?? null;
  const facts = revert?.rollback ?? [];
  const changed = changedRepos(state, of.head);
  const names = facts.length > 0 ? facts.map(({ repo }) => repo) : changed;
  return {
    run_id: state.runId,
    plan,
    rehearsed: revert === null ? null : { status: revert.status, summary: revert.summary },
    ...(revert?.way_back === undefined ? {} : { kept: revert.way_back }),
    repos: names.map((repo): RepoWayBack => {
      const found = facts.find((each) => each.repo === repo);
      const base = state.repos.find(({ name }) => name === repo);
      const pull = pullRequests.find((each) => each.repo === repo);
      const reverted = new Set(found?.reverted);
      const from: RevertedFrom = {
        runId: state.runId,
        branch: pull?.branch ?? branch,
        base: base?.base_ref ?? 'HEAD',
        isRemote: state.forge !== 'local',
      };
      return {
        repo,
        path: base?.path ?? '',
        pull_request:
          pull === undefined
            ? null
            : { number: pull.number, url: pull.url, branch: pull.branch, state: pull.state },
        ways: [
          {
            merged: 'as one commit (squashed, rebased or fast-forward)',
            commands: revertCommands(from, 'commit'),
            rehearsed: reverted.has('commit'),
          },
          {
            merged: 'by a merge commit',
            commands: revertCommands(from, 'merge'),
            rehearsed: reverted.has('merge'),
          },
        ],
        otherwise: revertNotes(from),
        leaves: found?.leaves ?? [],
        migrations: found?.migrations ?? [],
        tried: gates
          .filter((result) => result.kind === 'rollback' && result.repo === repo)
          .map(({ gate, module, status, summary }) => ({ gate, module, status, summary })),
      };
    }),
  };
}

/** What the plan in force says of it; nothing where there is none, or it cannot be read. */
export async function plannedRollback(
  state: RunState,
  readText: (artifact: string) => Promise<string | null>,
): Promise<string[]> {
  const last = [...state.steps.values()].findLast((st) => st.accepted?.output?.kind === 'plan');
  const text = last?.accepted?.output == null ? null : await readText(last.accepted.output.artifact);
  if (text === null) return [];
  const body = JSON.parse(text) as { plan?: { rollback?: string[] } }; // checked when it was accepted
  return body.plan?.rollback ?? [];
}

/** In Markdown. `clean` takes what others wrote apart from markup of ours; `only`: of this repository alone. */
export function rollbackMarkdown(
  { plan, rehearsed, kept, repos }: RollbackDocument,
  clean: (text: string) => string,
  only: string | null = null,
): string[] {
  if (repos.length === 0) return ['Nothing was changed: there is nothing to take back.'];
  const shown = repos.filter(({ repo }) => only === null || repo === only);
  return [
    rehearsed === null
      ? 'Taking it back was not rehearsed.'
      : `Rehearsed in a scratch clone before submission: **${rehearsed.status}** (${clean(rehearsed.summary)}).`,
    ...(kept === undefined ? [] : [`Kept with the run as it was rehearsed: artifact \`${kept}\`.`]),
    ...(repos.length > 1 ? [`In this order: ${repos.map(({ repo }) => clean(repo)).join(', ')}.`] : []),
    ...shown.flatMap((each) => ['', ...repoLines(each, clean, only === null)]),
    ...(plan.length === 0
      ? []
      : [
          '',
          'What the plan says of it, in its own words:',
          ...plan.map((step, at) => `${at + 1}. ${clean(step)}`),
        ]),
  ];
}

function repoLines(each: RepoWayBack, clean: (text: string) => string, isTitled: boolean): string[] {
  const { repo, path, pull_request: pull, now, ways, otherwise, leaves, migrations, tried } = each;
  return [
    ...(isTitled ? [`### ${clean(repo)} (${clean(path)})`, ''] : []),
    ...pullLines(pull, now, clean),
    ...migrations.map((migration) => migrationLine(migration, clean)),
    ...tried.map(
      ({ gate, module, status, summary }) =>
        `- gate ${clean(gate)} in ${clean(module)}: ${status.replaceAll('_', ' ')} (${clean(summary)})`,
    ),
    ...ways.flatMap(({ merged, commands, rehearsed }) => [
      `Merged ${merged}${rehearsed ? '' : ', which was not rehearsed'}:`,
      fence(commands.join('\n')),
    ]),
    ...(otherwise === undefined || ways.length === 0 ? [] : [otherwise, '']),
    ...leaves.map((what) => `- ${clean(what)}`),
  ];
}

/** What became of it is known where the run itself closed it, or the forge was asked: people merge when nobody looks. */
function pullLines(
  pull: RepoWayBack['pull_request'],
  now: PullNow | undefined,
  clean: (text: string) => string,
): string[] {
  if (pull === null) return [];
  const name = `Pull request #${pull.number}`;
  switch (now?.state) {
    case 'merged':
      return [`${name} is merged, the forge says now.`, ''];
    case 'none':
      return [
        `${name} is not there any more, the forge says now: nothing of it is to be taken back by it.`,
        '',
      ];
    case 'closed':
      return [`${name} is closed and was not merged, the forge says now: there is nothing to take back.`, ''];
    case 'draft':
    case 'open':
      return [
        `${name} is open and not merged, the forge says now: close it (${clean(pull.url)}); nothing else was changed.`,
        '',
      ];
    case 'not_known':
      return [`What became of it could not be asked: ${clean(now.problem)}`, ...unasked(pull)];
    case undefined:
      return unasked(pull);
  }
}

function unasked(pull: NonNullable<RepoWayBack['pull_request']>): string[] {
  if (pull.state === 'closed')
    return [
      `The run closed pull request #${pull.number}: unless somebody took it up, nothing is merged.`,
      '',
    ];
  return [
    `If it is not merged: close pull request #${pull.number}; nothing else was changed. If it is merged, as below.`,
    '',
  ];
}

function migrationLine(
  { file, layout, down, command }: AddedMigration,
  clean: (text: string) => string,
): string {
  return down === null
    ? `- migration ${clean(file)} (${layout}) has no way down: restore from a backup what it changed`
    : `- migration ${clean(file)} (${layout}): first, while its files are there, ${clean(command)}`;
}
