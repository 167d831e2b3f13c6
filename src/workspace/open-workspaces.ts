/** Puts the workspace port together: stores for what is kept, directories for what agents and gates use. */
import { join, relative } from 'node:path';
import type { RepoBase } from '../core/records.ts';
import type { Revision } from '../core/results.ts';
import { filesBeside } from './beside.ts';
import { cloneInto, exportInto, openKeptClones, replaceDirectory } from './check-out.ts';
import { fingerprintOf } from './fingerprint.ts';
import { inspectRepositories } from './inspect-all.ts';
import { keepAnswers } from './kept-answers.ts';
import { mergeRevisions } from './merge-revisions.ts';
import { movePointers } from './move-pointers.ts';
import { hasOwnCommits } from './own-commits.ts';
import { readAt } from './read-at.ts';
import { secretsOfRepository } from './repository-secrets.ts';
import { removeTree } from './remove-tree.ts';
import { createRevision, repoOf } from './revision.ts';
import { checkRunId } from './safe-key.ts';
import { keepTree, measureCheckout, type Measured } from './snapshot.ts';
import { rehearseRevert, type RevertTried } from './rehearse-revert.ts';
import { signingOf, signingProblem, type SignWay } from './signing.ts';
import { squashRepository, type Squashed } from './squash.ts';
import { StoredRevisions } from './stored-revisions.ts';
import { adoptRepositories, dropRefs, forgetStores, keptRef, storesOf } from './stores.ts';
import {
  checkWorkspacePath,
  openRunDirectory,
  withScratchIndex,
  workspaceDirectory,
} from './work-directory.ts';
import type { MergeResult, Snapshot, Workspace, Workspaces } from './workspaces.ts';

/** Of what is kept of one run or another, so that it is not asked for again: paths, bytes, commits. */
const MAX_KEPT_COMMITS = 100;

export interface WorkspacesOptions {
  /** The engine's own git directories: `.baton/git`. */
  storeDir: string;
  /** Below it lie all workspaces and gate checkouts; never inside a repository, never beside the journal. */
  workDir: string;
  /** Dates the commits of snapshots. */
  clock?: { now(): Date };
  /** The caller's: where keys are found that sign. Left out: nowhere. */
  environment?: Readonly<Record<string, string | undefined>>;
}

/** Workspaces on plain git. Touches nothing until it is used. */
export function createWorkspaces(options: WorkspacesOptions): Workspaces {
  return new GitWorkspaces(options);
}

class GitWorkspaces extends StoredRevisions implements Workspaces {
  readonly #workDir: string;
  readonly #clock: { now(): Date };
  readonly #environment: Readonly<Record<string, string | undefined>>;
  /** Commits that a workspace was opened at, by directory: tells an agent's commits from ours. */
  readonly #openedAt = new Map<string, Revision>();
  readonly #clones = openKeptClones();
  /** What was submitted, by everything that decides it. */
  readonly #squashed = keepAnswers<Squashed>(MAX_KEPT_COMMITS, () => 1);

  constructor(options: WorkspacesOptions) {
    super(options.storeDir);
    this.#workDir = options.workDir;
    this.#clock = options.clock ?? { now: () => new Date() };
    this.#environment = options.environment ?? {};
  }

  inspect(repos: { path: string; ref: string | null }[]): ReturnType<Workspaces['inspect']> {
    return inspectRepositories(repos);
  }

  readAt(repo: RepoBase, path: string): ReturnType<Workspaces['readAt']> {
    return readAt(repo, path);
  }

  secretsOf(repo: RepoBase): ReturnType<Workspaces['secretsOf']> {
    return secretsOfRepository(repo);
  }

  async adopt(runId: string, repos: RepoBase[]): Promise<void> {
    await openRunDirectory(this.#workDir, runId);
    await adoptRepositories(this.storeDir, runId, repos);
  }

  async open(runId: string, key: string, revision: Revision): Promise<Workspace> {
    const workspace = await this.#fill(runId, key, revision, (store, commit, dir) =>
      cloneInto({ store, commit, dir, kept: this.#clones }),
    );
    this.#openedAt.set(workspace.dir, revision);
    return workspace;
  }

  async checkout(runId: string, key: string, revision: Revision): Promise<Workspace> {
    const runDirectory = await openRunDirectory(this.#workDir, runId);
    return this.#fill(runId, key, revision, (store, commit, dir) =>
      withScratchIndex(runDirectory, (indexFile) => exportInto({ store, commit, dir, indexFile })),
    );
  }

  async #fill(
    runId: string,
    key: string,
    revision: Revision,
    fillOne: (store: string, commit: string, dir: string) => Promise<void>,
  ): Promise<Workspace> {
    const dir = workspaceDirectory(await openRunDirectory(this.#workDir, runId), key);
    await replaceDirectory(dir, async (beside) => {
      await Promise.all(
        revision.repos.map(({ name, commit }) =>
          fillOne(this.storePath(runId, name), commit, join(beside, name)),
        ),
      );
    });
    return { dir, repos: revision.repos.map(({ name }) => ({ name, path: join(dir, name) })) };
  }

  async snapshot(options: Parameters<Workspaces['snapshot']>[0]): Promise<Snapshot> {
    const { runId, workspace, base } = options;
    const runDirectory = await openRunDirectory(this.#workDir, runId);
    await checkWorkspacePath(this.#workDir, workspace.dir);
    const measured = await Promise.all(
      workspace.repos.map(async ({ name, path }) => {
        const place = { store: this.storePath(runId, name), repo: name, checkout: path };
        const result = await withScratchIndex(runDirectory, (indexFile) =>
          measureCheckout({ ...place, indexFile }, repoOf(base, name).tree, options),
        );
        return { name, result };
      }),
    );
    const refused = measured.flatMap(({ name, result }) =>
      result.refused.map((each) => ({ ...each, path: `${name}/${each.path}` })),
    );
    const excess =
      measured.flatMap(({ name, result: { excess: found } }) =>
        found === null ? [] : [{ ...found, path: `${name}/${found.path}` }],
      )[0] ?? null;
    const isVoid = refused.length > 0 || excess !== null;
    const changes = isVoid
      ? []
      : measured.flatMap(({ result }) => result.changes.map(({ change }) => change));
    return {
      revision: isVoid ? base : await this.#keep(options, measured),
      changes,
      linesAdded: changes.reduce((sum, change) => sum + change.linesAdded, 0),
      linesRemoved: changes.reduce((sum, change) => sum + change.linesRemoved, 0),
      refused,
      excess,
      ownCommits: await this.#hasOwnCommits(workspace, base),
      beside: await filesBeside(workspace),
    };
  }

  async #keep(
    options: Parameters<Workspaces['snapshot']>[0],
    measured: { name: string; result: Measured }[],
  ): Promise<Revision> {
    const { runId, base, message, key } = options;
    const epochSeconds = Math.floor(this.#clock.now().getTime() / 1000);
    const repos = measured.map(async ({ name, result }) => {
      const store = this.storePath(runId, name);
      const ref = keptRef(runId, key);
      const commit = await keepTree({
        store,
        base: repoOf(base, name),
        tree: result.tree,
        message,
        ref,
        epochSeconds,
      });
      return { name, commit, tree: result.tree };
    });
    return createRevision(await Promise.all(repos));
  }

  async #hasOwnCommits(workspace: Workspace, base: Revision): Promise<boolean> {
    const opened = this.#openedAt.get(workspace.dir) ?? base;
    const found = await Promise.all(
      workspace.repos.map(({ name, path }) => hasOwnCommits(path, repoOf(opened, name).commit)),
    );
    return found.includes(true);
  }

  fingerprint(workspace: Workspace): Promise<string> {
    const gitDirs = workspace.repos.map(({ path }) => `${relative(workspace.dir, path)}/.git`);
    return fingerprintOf(workspace.dir, new Set(gitDirs));
  }

  merge(options: Parameters<Workspaces['merge']>[0]): Promise<MergeResult> {
    const { runId, base, sides, message, key, marked = false } = options;
    const stores = (repo: string): string => this.storePath(runId, repo);
    return mergeRevisions({ storeOf: stores, base, sides, message, ref: keptRef(runId, key), marked });
  }

  async movePointers(options: Parameters<Workspaces['movePointers']>[0]): Promise<Revision> {
    const { runId, revision, message, key } = options;
    const runDirectory = await openRunDirectory(this.#workDir, runId);
    const repos = revision.repos.map((repo) =>
      withScratchIndex(runDirectory, (indexFile) =>
        movePointers({
          store: this.storePath(runId, repo.name),
          indexFile,
          repo,
          pointers: options.pointers.filter((pointer) => pointer.repo === repo.name),
          message,
          ref: keptRef(runId, key),
        }),
      ),
    );
    return createRevision(await Promise.all(repos));
  }

  squash(options: Parameters<Workspaces['squash']>[0]): ReturnType<Workspaces['squash']> {
    const { runId, base, head, message, trailers, identity, sign, continues } = options;
    const commits = head.repos.map((repo) => {
      const before = { base: repoOf(base, repo.name), continues: continues?.get(repo.name) ?? null };
      const what = { ...before, head: repo, message, trailers, identity };
      const signed = sign && { way: sign.way, path: sign.paths[repo.name] ?? '/' };
      return this.#squashed.get(JSON.stringify([runId, what, signed]), () =>
        squashRepository({
          ...what,
          store: this.storePath(runId, repo.name),
          ref: keptRef(runId, `submission/${repo.commit}`),
          signed: signed && {
            signing: () => signingOf(signed.way, signed.path, this.#environment),
            ref: (commit) => keptRef(runId, `signed/${commit}`),
          },
        }),
      );
    });
    return Promise.all(commits);
  }

  signingProblem(way: SignWay, path: string): Promise<string | null> {
    return signingProblem(way, path, this.#environment);
  }

  async rehearseRevert(options: Parameters<Workspaces['rehearseRevert']>[0]): Promise<RevertTried[]> {
    const { runId, key, base, head, repos } = options;
    const dir = workspaceDirectory(await openRunDirectory(this.#workDir, runId), key);
    const tried: RevertTried[] = [];
    await removeTree(dir);
    try {
      for (const repo of repos) {
        const store = this.storePath(runId, repo);
        const sides = { base: repoOf(base, repo), head: repoOf(head, repo) };
        tried.push(await rehearseRevert({ store, dir: join(dir, repo), ...sides }));
      }
    } finally {
      await removeTree(dir);
    }
    return tried;
  }

  async close(workspace: Workspace): Promise<void> {
    await checkWorkspacePath(this.#workDir, workspace.dir);
    this.#openedAt.delete(workspace.dir);
    await removeTree(workspace.dir);
  }

  async closeRun(runId: string): Promise<void> {
    const dir = join(this.#workDir, checkRunId(runId));
    for (const opened of this.#openedAt.keys())
      if (opened.startsWith(`${dir}/`)) this.#openedAt.delete(opened);
    await removeTree(dir);
  }

  async dropRun(runId: string): Promise<number> {
    await this.closeRun(runId);
    // What it kept is asked for anew: its references go.
    this.#squashed.clear();
    const counts = storesOf(this.storeDir, runId).map((store) => dropRefs(store, runId));
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  }

  async forgetRun(runId: string): Promise<void> {
    await this.dropRun(runId);
    await forgetStores(this.storeDir, runId);
  }
}
