/** What a pull request says of submodules that are other repositories of the run: in which order they are merged, and what a squash does. */
import { changedRepos } from '../core/effects/changed-repos.ts';
import { fence } from '../core/fence.ts';
import type { Submodule } from '../core/records.ts';
import type { Revision } from '../core/results.ts';
import type { RunState } from '../core/state.ts';
import { cell } from './criteria-table.ts';
import { shellWord } from './rollback-commands.ts';

interface Submitted {
  repo: string;
  head: Revision;
  branch: string;
}

/** In Markdown; empty where it concerns none. The same in every attempt: nothing of it is known only later. */
export function submodulesPart(state: RunState, submitted: Submitted): string {
  const { repo } = submitted;
  const lines = state.submodules.flatMap((submodule) =>
    submodule.repo === repo
      ? pointerLines(state, submodule, submitted)
      : submodule.of === repo
        ? pointedLines(state, submodule)
        : [],
  );
  return lines.length === 0 ? '' : ['Submodules:', ...lines].join('\n');
}

/** Of the repository whose submodule it is. */
function pointerLines(
  state: RunState,
  { repo, path, of, behind }: Submodule,
  { head, branch }: Submitted,
): string[] {
  if (!changedRepos(state, head.id).includes(of)) return [];
  const [lib, place] = [cell(of), cell(path)];
  const commit = state.pointed.get(`${repo}/${path}`);
  if (commit === undefined)
    return [
      `- \`${place}\` does **not** point at what is submitted of ${lib}: merge that first, point this at what was merged, and have it checked again.`,
    ];
  const base = cell(state.repos.find(({ name }) => name === of)?.base_ref ?? 'its base branch');
  const more =
    behind === 0
      ? ''
      : ` It takes in ${behind} ${behind === 1 ? 'commit' : 'commits'} of \`${base}\` that it did not point at before.`;
  return [
    `- \`${place}\` points at ${commit}, which is what the pull request of ${lib} (\`${cell(branch)}\`) holds: merge that one first, by a merge commit.${more}`,
    `  Gates and reviewers saw the pointer move. Where ${lib} is squashed or rebased, ${commit.slice(0, 12)} is in no branch that stays: point \`${place}\` at what was merged, and have this checked again:`,
    fence(
      [
        `git submodule update --init -- ${shellWord(path)}`,
        `git -C ${shellWord(path)} fetch origin ${shellWord(base)} && git -C ${shellWord(path)} checkout --detach FETCH_HEAD`,
        `git add -- ${shellWord(path)} && git commit -m 'Point at what was merged'`,
      ].join('\n'),
    ),
  ];
}

/** Of the repository that it is. */
function pointedLines(state: RunState, { repo, path }: Submodule): string[] {
  const commit = state.pointed.get(`${repo}/${path}`);
  if (commit === undefined) return [];
  return [
    `- The pull request of ${cell(repo)} points \`${cell(path)}\` at exactly this commit, ${commit}: merge this one first, by a merge commit. Squashed or rebased it is another commit, and ${cell(repo)} has to be pointed at that one then.`,
  ];
}
