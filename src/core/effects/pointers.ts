/**
 * Where one repository of a run is a submodule of another one, that one's change has to point at what is submitted of it. The commit
 * is made when everything of it is accepted, before anything is pushed; a step of its own moves the pointers to it, and all gates and
 * all reviewers of the whole change see that. What is pushed of it later is this very commit.
 */
import type { EventOf } from '../events.ts';
import type { Submodule } from '../records.ts';
import type { RevisionId } from '../results.ts';
import type { RunState } from '../state.ts';
import type { StepState } from '../step-state.ts';
import { changedRepos } from './changed-repos.ts';

/** So often pointers are moved in a run; what is wrong then stays, and its pull request says so. A chain of submodules takes one each. */
export const MAX_POINTER_STEPS = 12;

/** The commit of a repository that pointers of others name, as long as it holds what is to be submitted on the base that there is. */
export function madeOf(
  state: RunState,
  repo: string,
  head: RevisionId,
): { head: RevisionId; commit: string } | null {
  const made = state.made.get(repo);
  if (made === undefined || treeOf(state, made.head, repo) !== treeOf(state, head, repo)) return null;
  return made.base === commitOfBase(state, repo) ? made : null;
}

/** Whether a submodule points where it should in this revision. */
export function isPointed(state: RunState, submodule: Submodule, head: RevisionId): boolean {
  const at = state.pointed.get(placeOf(submodule));
  if (!changedRepos(state, head).includes(submodule.of)) return at === undefined;
  return at !== undefined && at === madeOf(state, submodule.of, head)?.commit;
}

/** The pointers that have to be moved next: of a chain the innermost, as each makes a new commit of whose submodule it is. */
export function pointersToMove(state: RunState, head: RevisionId): Submodule[] {
  if (state.submodules.length === 0 || pointerSteps(state) >= MAX_POINTER_STEPS) return [];
  const wrong = state.submodules.filter((submodule) => !isPointed(state, submodule, head));
  return wrong.filter(({ of }) => !wrong.some(({ repo }) => repo === of));
}

/** How many steps that move pointers the graph has. */
export function pointerSteps({ graph }: RunState): number {
  return graph.steps.filter(({ work }) => work.kind === 'merge' && work.pointers !== undefined).length;
}

/** What a step that moved pointers did to the state. A base that was brought in has its own pointers again. */
export function takePointers(state: RunState, st: StepState, event: EventOf<'merge_ended'>): void {
  const { work } = st.step;
  if (work.kind === 'merge' && work.onto !== undefined) state.pointed.clear();
  for (const { head, commit, ...pointer } of event.pointed ?? []) {
    if (head === null) {
      state.pointed.delete(placeOf(pointer));
    } else if (isOwnHead(state, st, { head, of: pointer.of })) {
      state.pointed.set(placeOf(pointer), commit);
      state.made.set(pointer.of, { head, commit, base: commitOfBase(state, pointer.of) });
    }
  }
}

/** Believes no event: a commit counts that was made of what the step starts from, or of what was made or pushed before. */
function isOwnHead(state: RunState, st: StepState, { head, of }: { head: RevisionId; of: string }): boolean {
  const earlier = [madeOf(state, of, st.base)?.head, state.pushed.get(of)?.head];
  return head === st.base || earlier.includes(head);
}

/** Of the repositories in which something is left to do those that have no submodule among them; all, where each has one. */
export function withoutOpenSubmodules({ submodules }: RunState, left: readonly string[]): string[] {
  const waits = (repo: string): boolean =>
    submodules.some((each) => each.repo === repo && left.includes(each.of));
  const ready = left.filter((repo) => !waits(repo));
  return ready.length > 0 ? ready : [...left];
}

const placeOf = ({ repo, path }: { repo: string; path: string }): string => `${repo}/${path}`;

function treeOf(state: RunState, id: RevisionId, repo: string): string | undefined {
  return state.revisions.get(id)?.repos.find(({ name }) => name === repo)?.tree;
}

function commitOfBase({ base }: RunState, repo: string): string {
  return base.repos.find(({ name }) => name === repo)?.commit ?? '';
}
