/** Who left the place where it works: what each invocation changed is held against its lane. Pure. */
import type { Lane } from '../../core/checks/lanes.ts';
import type { RepoConfig } from '../../definitions/config.ts';
import type { ChangedBlob } from '../../workspace/workspaces.ts';
import type { FindingDraft } from '../findings.ts';
import { lacksLayer, whyOutside } from './scopes.ts';

/** What one invocation changed; `lane` is null where its step is bound to nothing. */
export interface LaneEdit {
  lane: Lane | null;
  blobs: readonly ChangedBlob[];
}

type Repos = Readonly<Record<string, RepoConfig>>;

/** A path that is left as somebody made it who had no business there. */
interface Stray {
  repo: string;
  path: string;
  lane: Lane;
  why: string;
}

/** A finding per path, owned by who made the edit. `edits`: oldest first. */
export function findStrays(edits: readonly LaneEdit[], repos: Repos): FindingDraft[] {
  const strays = [...editsByPath(edits).values()].flatMap((each) => strayOf(each, repos) ?? []);
  return [...strays.map(describeStray), ...describeUnmeasured(edits, repos)];
}

/** The places of what is left outside, for one line of a summary. */
export function strayPaths(drafts: readonly FindingDraft[]): string[] {
  return drafts.flatMap((draft) =>
    draft.identity.startsWith(IDENTITY) ? [`${draft.repo}/${draft.file}`] : [],
  );
}

const IDENTITY = 'outside_scopes ';

interface PathEdit {
  lane: Lane | null;
  blob: ChangedBlob;
}

function editsByPath(edits: readonly LaneEdit[]): Map<string, PathEdit[]> {
  const byPath = new Map<string, PathEdit[]>();
  for (const { lane, blobs } of edits) {
    for (const blob of blobs) {
      const key = `${blob.repo}/${blob.path}`;
      byPath.set(key, [...(byPath.get(key) ?? []), { lane, blob }]);
    }
  }
  return byPath;
}

/**
 * What was there before, and whatever somebody made who may, is as it should be: bringing that back is no stray edit,
 * and is how one is mended.
 */
function strayOf(edits: PathEdit[], repos: Repos): Stray | null {
  const proper = new Set<string>();
  let stray: Stray | null = null;
  for (const { lane, blob } of edits) {
    const { repo, path } = blob;
    if (proper.size === 0) proper.add(contentOf(blob.oldBlob));
    const why = lane === null ? null : whyOutside(lane, { repo, path, gone: blob.blob === null }, repos);
    const now = contentOf(blob.blob);
    if (lane === null || why === null) proper.add(now);
    stray = lane === null || why === null || proper.has(now) ? null : { repo, path, lane, why };
  }
  return stray;
}

const contentOf = (blob: string | null): string => blob ?? 'nothing';

function describeStray({ repo, path, lane, why }: Stray): FindingDraft {
  const blocking = lane.outside === 'refuse';
  return {
    severity: blocking ? 'major' : 'note',
    blocking,
    repo,
    file: path,
    line: null,
    identity: `${IDENTITY}${lane.step}`,
    owner: lane.step,
    problem: `${repo}/${path} was changed by ${lane.step}, which may not change it: ${why}.`,
    fix: blocking
      ? 'Put this file back as it was before, and do the work in the right place; if the task needs it, say what is missing (`blocked`).'
      : 'Nothing, if the task needs it: the reviewer should see why.',
  };
}

/** Once per step and repository. */
function describeUnmeasured(edits: readonly LaneEdit[], repos: Repos): FindingDraft[] {
  const seen = new Map<string, FindingDraft>();
  for (const { lane, blobs } of edits) {
    if (lane === null) continue;
    for (const { repo, path, blob } of blobs) {
      if (!lacksLayer(lane, { path, gone: blob === null }, repos[repo])) continue;
      seen.set(`${lane.step} ${repo}`, {
        severity: 'note',
        blocking: false,
        repo,
        file: null,
        line: null,
        identity: `layer_not_measured ${lane.step}`,
        owner: lane.step,
        problem: `Whether ${lane.layer} tests lie where they belong is not measured: \`tests.${lane.layer}\` is missing for ${repo} in baton.yaml.`,
        fix: 'Nothing in this run: its configuration is that of the start.',
      });
    }
  }
  return [...seen.values()];
}
