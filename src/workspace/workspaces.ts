/**
 * The workspace port: git as the engine uses it. The user's checkouts are never touched, and git is never
 * run inside a `.git` that an agent could write to.
 */
import type { TreeFile } from './read-tree.ts';
import type { RefusedPath } from './refused-paths.ts';
import type { RevertTried } from './rehearse-revert.ts';
import type { SignWay } from './signing.ts';
import type { CommitIdentity } from './squash.ts';
import type { FindSecrets } from './secret-files.ts';
import type { ChangeLimits } from './change-size.ts';
import type { Finding, Revision } from '../core/results.ts';
import type { MovedPointer, RepoBase, Submodule } from '../core/records.ts';

export interface Workspace {
  /** Holds one checkout per repository, outside any repository. */
  dir: string;
  repos: { name: string; path: string }[];
}

export interface Snapshot {
  revision: Revision;
  changes: FileChange[];
  linesAdded: number;
  linesRemoved: number;
  /** What no output may hold: outward symlinks, special files, nested repositories, paths under `.git`. The whole snapshot is refused. */
  refused: RefusedPath[];
  /** Why there is too much to be measured: then nothing of it was read, and the revision is the base. */
  excess: { path: string; problem: string } | null;
  /** Whether the agent left HEAD, refs or stash of its own; harmless, recorded. */
  ownCommits: boolean;
  /** Files that lie in the workspace beside the repositories: no part of the change. The first twenty. */
  beside: string[];
}

export interface FileChange {
  repo: string;
  path: string;
  status: 'added' | 'modified' | 'deleted' | 'renamed' | 'type_changed';
  linesAdded: number;
  linesRemoved: number;
}

/** What could be brought together, and the sides (by their place) that collided with it and were left out, or are marked in it. */
export interface MergeResult {
  revision: Revision;
  left: { side: number; against: number; paths: string[] }[];
}
/** A changed path with exactly what is there now. */
export interface ChangedBlob {
  repo: string;
  path: string;
  /** The path's bytes as latin1: exact where it is not UTF-8. */
  bytes: string;
  mode: string;
  /** null: deleted. */
  blob: string | null;
  /** null: it was not there. */
  oldBlob: string | null;
}

/** What a run's stores hold, revision by revision. */
export interface RevisionReader {
  /** Unified diff over all repositories, bounded. */
  diff(
    runId: string,
    from: Revision,
    to: Revision,
    maxBytes: number,
    /** Of these paths only, as `repo/path`. */
    paths?: readonly string[],
  ): Promise<{ text: string; truncated: boolean }>;
  changes(runId: string, from: Revision, to: Revision): Promise<FileChange[]>;
  /** What `changes` names, with blobs, sorted by repository and path. */
  changedBlobs(runId: string, from: Revision, to: Revision): Promise<ChangedBlob[]>;
  /** The bytes of a blob that `changedBlobs` named; null where it is no blob (a submodule's commit). */
  readBlob(runId: string, repo: string, blob: string): Promise<Uint8Array | null>;

  /** The bytes of a file of a revision; null where there is none of this path. A link's are its target. */
  readFile(runId: string, revision: Revision, repo: string, path: string): Promise<Uint8Array | null>;

  /** Whether a revision has a file or a folder of this path. */
  hasPath(runId: string, revision: Revision, repo: string, path: string): Promise<boolean>;
  /** The plain files of a repository at a revision, with their blobs and sizes in bytes; no links. */
  listFiles(runId: string, revision: Revision, repo: string): Promise<TreeFile[]>;
  /** The bytes of many blobs at once; what is none is left out. */
  readBlobs(runId: string, repo: string, blobs: readonly string[]): Promise<Map<string, Uint8Array>>;

  /** What a submodule points at in a revision; null: it has none at this path. */
  readPointer(
    runId: string,
    revision: Revision,
    place: { repo: string; path: string },
  ): Promise<string | null>;

  /** Of the place that a finding names: which of the candidate revisions (oldest first) last wrote the line it names; -1 for none of them. */
  lastWriter(
    runId: string,
    place: Pick<Finding, 'repo' | 'file' | 'line'>,
    revisions: Revision[],
  ): Promise<number>;

  /** Path of the engine's bare store of a repository. */
  storePath(runId: string, repo: string): string;
}

export interface Workspaces extends RevisionReader {
  /** Reads name, commit and tree of each repository at `ref` (default HEAD), and notes on what is not part of the run. Throws E_REPO. */
  inspect(
    repos: { path: string; ref: string | null }[],
  ): Promise<{ repos: RepoBase[]; base: Revision; submodules: Submodule[]; notes: string[] }>;

  /** A file of a user's repository at its base commit, with the path where it lies once links within the repository are followed. null: not there. */
  readAt(repo: RepoBase, path: string): Promise<{ path: string; bytes: Uint8Array } | null>;

  /** Credentials of its remotes and secrets in its uncommitted settings files, each with what it is called. */
  secretsOf(repo: RepoBase): Promise<[string, string][]>;

  /** Fetches the base commits into the engine's own store. Safe to call again. */
  adopt(runId: string, repos: RepoBase[]): Promise<void>;

  /** Fresh clones at a revision, with history, without remotes and credentials. `key` names the directory: a late twin never shares it. */
  open(runId: string, key: string, revision: Revision): Promise<Workspace>;

  /** Measures what is in the workspace now against `base`, and stores it as commits of the engine's under `refs/baton/<run>/…`. Never runs anything of the agent's. */
  snapshot(options: {
    runId: string;
    workspace: Workspace;
    base: Revision;
    message: string;
    /** Names the ref that keeps it. */
    key: string;
    limits: ChangeLimits;
    /** What no file may hold: nothing of such a change is stored. Left out: nothing is looked for. */
    findSecrets?: FindSecrets;
  }): Promise<Snapshot>;

  /** Fingerprint of everything in the workspace, for proving that a read-only role wrote nothing. */
  fingerprint(workspace: Workspace): Promise<string>;

  /** A clean checkout of exactly these commits without any `.git`, for gates and reviewers. */
  checkout(runId: string, key: string, revision: Revision): Promise<Workspace>;

  /** Conflict-free three-way merge or nothing. A side that another one was built on is in it already. Indices in a conflict are those of `sides`. */
  merge(options: {
    runId: string;
    base: Revision;
    sides: Revision[];
    message: string;
    key: string;
    /** Whether a file that collides is left with both versions in it, marked as git does. Left out: the whole side is left out. */
    marked?: boolean;
  }): Promise<MergeResult>;

  /** The revision with these submodules pointed elsewhere; a place where it has none stays. Nothing else of it changes. */
  movePointers(options: {
    runId: string;
    revision: Revision;
    pointers: readonly MovedPointer[];
    message: string;
    key: string;
  }): Promise<Revision>;

  /**
   * One commit on the base whose tree is the revision's, per changed repository: what is submitted. Where a branch holds something
   * already (`continues`, by repository), it goes on from there, and from the base too where that is not in it.
   */
  squash(options: {
    runId: string;
    base: Revision;
    head: Revision;
    message: string;
    trailers: Record<string, string>;
    identity?: CommitIdentity;
    /** By repository, where its user's checkout lies, whose git configuration says with which key. Left out: nobody signs. */
    sign?: { way: SignWay; paths: Readonly<Record<string, string>> };
    continues?: ReadonlyMap<string, string>;
  }): Promise<{ repo: string; commit: string; changed: boolean }[]>;

  /** What would keep commits of this repository of a user's from being signed, in a sentence; null: nothing that is known beforehand. */
  signingProblem(way: SignWay, path: string): Promise<string | null>;

  /** Takes the change back in a scratch clone, in each of these repositories, one after the other. `key` names the folder. */
  rehearseRevert(options: {
    runId: string;
    key: string;
    base: Revision;
    head: Revision;
    repos: readonly string[];
  }): Promise<RevertTried[]>;

  close(workspace: Workspace): Promise<void>;
  /** Removes all workspaces and checkouts of a run; refs stay. */
  closeRun(runId: string): Promise<void>;
  /** Drops everything that the run kept under `refs/baton/<run>/`, and its workspaces. Safe to call again. Returns how many refs went. */
  dropRun(runId: string): Promise<number>;
  /** The same of what was no run: nothing is left that says it was there. */
  forgetRun(runId: string): Promise<void>;
}
