/** Holds a change against what the accepted plan said of it: files and requirements that it named, and those that nobody planned. */
import type { PlannedFiles, TaskFiles } from '../../core/plan/planned-files.ts';
import type { PlannedRequirement } from '../../core/plan/planned-requirements.ts';
import type { Revision } from '../../core/results.ts';
import type { FileChange, Workspaces } from '../../workspace/workspaces.ts';
import { packageFileKind } from '../dependencies/package-files.ts';
import { fingerprintOf, type FindingDraft } from '../findings.ts';
import { isTestPart } from '../suites/test-files.ts';
import { isDocumentation } from './detect-concerns.ts';
import { scopeMatcher } from './scopes.ts';

const GATE = 'hygiene';
const MAX_NAMED = 8;

export interface PlanOrder {
  runId: string;
  plan: PlannedFiles | undefined;
  /** Of the run. */
  base: Revision;
  revision: Revision;
  workspaces: Pick<Workspaces, 'changes' | 'hasPath'>;
}

/** Tasks in the order of the plan, then requirements, then what nobody planned. */
export async function checkPlan(order: PlanOrder): Promise<FindingDraft[]> {
  const { plan, runId, base, revision, workspaces } = order;
  if (plan === undefined) return [];
  const changes = await workspaces.changes(runId, base, revision);
  const drafts: FindingDraft[] = [];
  for (const task of plan.tasks) {
    for (const scope of task.scopes.filter(isName)) {
      if (changes.some(({ repo, path }) => scopeMatcher([scope])(repo, path))) continue;
      const found = await placeOf(order, scope);
      if (found !== null) drafts.push(untouched(task, found, plan.answered));
    }
  }
  return [
    ...drafts,
    ...plan.requirements.flatMap((each) => checkRequirement(each, changes, plan.answered)),
    ...unplanned(changes, plan.expected),
  ];
}

/** A path as it is, and not a pattern: of folders and patterns nobody said that each file changes. */
const isName = (scope: string): boolean => !/[*?@!]/u.test(scope) && !scope.endsWith('/');

interface Place {
  repo: string;
  path: string;
  isThere: boolean;
}

/** null: it is a folder. A name of nothing that is there counts for the first repository that it may mean. */
async function placeOf({ runId, base, workspaces }: PlanOrder, scope: string): Promise<Place | null> {
  const plain = scope.replace(/^\.\//u, '');
  const inRepo = base.repos.find(({ name }) => plain.startsWith(`${name}/`));
  const candidates = [
    ...(inRepo === undefined ? [] : [{ repo: inRepo.name, path: plain.slice(inRepo.name.length + 1) }]),
    ...base.repos.map(({ name }) => ({ repo: name, path: plain })),
  ];
  for (const { repo, path } of candidates) {
    if (!(await workspaces.hasPath(runId, base, repo, path))) continue;
    // Only a folder has something below it.
    return (await workspaces.hasPath(runId, base, repo, `${path}/`)) ? null : { repo, path, isThere: true };
  }
  const [first] = candidates;
  return first === undefined || !/\.\w+$/u.test(first.path) ? null : { ...first, isThere: false };
}

function untouched(
  { task, step, blocking }: TaskFiles,
  { repo, path, isThere }: Place,
  answered: readonly string[],
): FindingDraft {
  const draft: FindingDraft = {
    severity: 'major',
    blocking: blocking && isThere,
    repo,
    file: path,
    line: null,
    identity: `planned ${task}`,
    owner: step,
    problem: isThere
      ? `The plan says of the task ${task} that ${path} changes, and it did not.`
      : `The plan says of the task ${task} that ${path} comes to be, and there is none.`,
    fix: 'Do what is missing there. If nothing is, dispute this with the reason, which the reviewer reads.',
  };
  return unlessAnswered(draft, answered);
}

/** Stopped is what its tasks were to build in certain places, and nothing changed in any of them. */
function checkRequirement(
  { id, text, tasks }: PlannedRequirement,
  changes: readonly FileChange[],
  answered: readonly string[],
): FindingDraft[] {
  const last = tasks.at(-1);
  if (last === undefined) return [forgotten(id, text)];
  const isTouched = ({ scopes }: TaskFiles): boolean => {
    const isInScope = scopeMatcher(scopes);
    return !scopes.some(isPlace) || changes.some(({ repo, path }) => isInScope(repo, path));
  };
  if (tasks.some(isTouched)) return [];
  const places = [...new Set(tasks.flatMap(({ scopes }) => scopes.filter(isPlace)))].slice(0, MAX_NAMED);
  const draft: FindingDraft = {
    severity: 'major',
    blocking: tasks.some(({ blocking }) => blocking),
    repo: null,
    file: null,
    line: null,
    identity: `planned ${id}`,
    owner: last.step,
    problem: `The plan says that ${tasks.length === 1 ? 'the task' : 'the tasks'} ${tasks.map(({ task }) => task).join(', ')} ${tasks.length === 1 ? 'builds' : 'build'} ${id} (${text}), and nothing changed in ${places.join(', ')}.`,
    fix: 'Do what is missing there. If nothing is, dispute this with the reason, which the reviewer reads.',
  };
  return [unlessAnswered(draft, answered)];
}

const isPlace = (scope: string): boolean => !scope.startsWith('!');

function forgotten(id: string, text: string): FindingDraft {
  return {
    severity: 'minor',
    blocking: false,
    repo: null,
    file: null,
    line: null,
    identity: `unplanned ${id}`,
    problem: `No task of the plan names ${id} (${text}), as others are named.`,
    fix: 'Nothing, if the change does it: the reviewer should say where. Else plan it and build it.',
  };
}

function unlessAnswered(draft: FindingDraft, answered: readonly string[]): FindingDraft {
  if (!answered.includes(fingerprintOf(draft, GATE))) return draft;
  return {
    ...draft,
    blocking: false,
    problem: `${draft.problem} Its author says that this is right: the reviewer should see why.`,
  };
}

/** What follows its source (tests, documents, manifests with their lockfiles) needs no plan. */
function unplanned(changes: readonly FileChange[], expected: readonly string[] | null): FindingDraft[] {
  if (expected === null) return [];
  const isPlanned = scopeMatcher(expected);
  const folders = expected.map(folderOf);
  const strays = changes.filter(
    ({ repo, path, status, linesRemoved }) =>
      !(status === 'deleted' && linesRemoved === 0) &&
      !isPlanned(repo, path) &&
      !isTestPart(path) &&
      !isDocumentation(path) &&
      packageFileKind(path) === null,
  );
  if (strays.length === 0) return [];
  const isFar = strays.some(({ repo, path }) =>
    folders.every((folder) => !`${repo}/${path}`.startsWith(folder) && !path.startsWith(folder)),
  );
  const named = strays.slice(0, MAX_NAMED).map(({ repo, path }) => `${repo}/${path}`);
  const more = strays.length - named.length;
  return [
    {
      severity: isFar ? 'major' : 'minor',
      blocking: false,
      repo: null,
      file: null,
      line: null,
      identity: 'unplanned',
      problem: `The plan names no place of ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}${isFar ? ', and of some not even the folder' : ''}.`,
      fix: 'Nothing, if the request needs it: the reviewer should say so. Else take it out.',
    },
  ];
}

/** The fixed beginning of a scope, up to its last slash. Of one at the top its own name: the top holds everything. */
function folderOf(scope: string): string {
  const fixed = scope.replace(/^\.\//u, '').replace(/[*?].*$/u, '');
  const end = fixed.lastIndexOf('/');
  return end === -1 ? fixed || '\0' : fixed.slice(0, end + 1);
}
