/** What a run's stores hold, revision by revision: trees, blobs, and what changed between two of them. Writes nothing. */
import type { Finding, Revision } from '../core/results.ts';
import { treeChanges, type TreeChange } from './changes.ts';
import { unifiedDiff, type RepoDiff } from './diff.ts';
import { runGit } from './git.ts';
import { keepAnswers } from './kept-answers.ts';
import { lastWriterOf } from './last-writer.ts';
import { readPointer } from './move-pointers.ts';
import { listTree, readBlobs, type TreeFile } from './read-tree.ts';
import { repoOf } from './revision.ts';
import { baseRef, storeOf } from './stores.ts';
import type { ChangedBlob, FileChange, RevisionReader } from './workspaces.ts';

/** Of what is kept of one run or another, so that it is not asked for again: paths, bytes. */
const MAX_KEPT_CHANGES = 20_000;
const MAX_KEPT_DIFF_BYTES = 2 * 1024 * 1024;

/** More of a blob than this is nobody's to read. */
const MAX_BLOB_BYTES = 16 * 1024 * 1024;

export class StoredRevisions implements RevisionReader {
  protected readonly storeDir: string;
  /** By repository and trees. */
  readonly #changes = keepAnswers<TreeChange[]>(MAX_KEPT_CHANGES, (changes) => changes.length + 1);
  readonly #diffs = keepAnswers<RepoDiff>(MAX_KEPT_DIFF_BYTES, ({ bytes }) => bytes.length + 1_024);

  constructor(storeDir: string) {
    this.storeDir = storeDir;
  }

  diff(
    runId: string,
    from: Revision,
    to: Revision,
    maxBytes: number,
    paths?: readonly string[],
  ): Promise<{ text: string; truncated: boolean }> {
    return unifiedDiff({
      storeOf: (repo) => this.storePath(runId, repo),
      kept: this.#diffs,
      from,
      to,
      maxBytes,
      ...(paths === undefined ? {} : { paths }),
    });
  }

  async changes(runId: string, from: Revision, to: Revision): Promise<FileChange[]> {
    return (await this.#treeChanges(runId, from, to)).map(({ change }) => change);
  }

  async changedBlobs(runId: string, from: Revision, to: Revision): Promise<ChangedBlob[]> {
    const isThere = (blob: string): boolean => /[^0]/.test(blob);
    return (await this.#treeChanges(runId, from, to)).map(({ change, bytes, newMode, newBlob, oldBlob }) => ({
      repo: change.repo,
      path: change.path,
      bytes,
      mode: newMode,
      blob: isThere(newBlob) ? newBlob : null,
      oldBlob: isThere(oldBlob) ? oldBlob : null,
    }));
  }

  async #treeChanges(runId: string, from: Revision, to: Revision): Promise<TreeChange[]> {
    const lists = to.repos.map(({ name, tree }) => {
      const trees = {
        store: this.storePath(runId, name),
        repo: name,
        from: repoOf(from, name).tree,
        to: tree,
      };
      return this.#changes.get(Object.values(trees).join(' '), () => treeChanges(trees));
    });
    return (await Promise.all(lists)).flat();
  }

  async readBlob(runId: string, repo: string, blob: string): Promise<Uint8Array | null> {
    const gitDir = this.storePath(runId, repo);
    const answer = await runGit({
      gitDir,
      args: ['cat-file', 'blob', blob],
      answers: [128],
      maxBytes: MAX_BLOB_BYTES,
      overflow: 'cut',
    });
    return answer.code === 0 ? answer.stdout : null;
  }

  readFile(runId: string, revision: Revision, repo: string, path: string): Promise<Uint8Array | null> {
    return this.readBlob(runId, repo, `${repoOf(revision, repo).tree}:${path}`);
  }

  async hasPath(runId: string, revision: Revision, repo: string, path: string): Promise<boolean> {
    const gitDir = this.storePath(runId, repo);
    const args = ['cat-file', '-e', `${repoOf(revision, repo).tree}:${path}`];
    return (await runGit({ gitDir, args, answers: [1, 128] })).code === 0;
  }

  listFiles(runId: string, revision: Revision, repo: string): Promise<TreeFile[]> {
    return listTree(this.storePath(runId, repo), repoOf(revision, repo).tree);
  }

  readBlobs(runId: string, repo: string, blobs: readonly string[]): Promise<Map<string, Uint8Array>> {
    return readBlobs(this.storePath(runId, repo), blobs);
  }

  readPointer(
    runId: string,
    revision: Revision,
    { repo, path }: { repo: string; path: string },
  ): Promise<string | null> {
    return readPointer(this.storePath(runId, repo), repoOf(revision, repo).tree, path);
  }

  async lastWriter(runId: string, finding: Finding, revisions: Revision[]): Promise<number> {
    const newest = revisions.at(-1);
    const repo = finding.repo ?? (newest?.repos.length === 1 ? (newest.repos[0]?.name ?? null) : null);
    if (finding.file === null || repo === null || newest?.repos.some(({ name }) => name === repo) !== true)
      return -1;
    const store = this.storePath(runId, repo);
    return lastWriterOf({
      store,
      base: baseRef(runId),
      commits: revisions.map((revision) => repoOf(revision, repo).commit),
      file: finding.file.replace(/^(\.\/)+/, ''),
      line: finding.line,
    });
  }

  storePath(runId: string, repo: string): string {
    return storeOf(this.storeDir, runId, repo);
  }
}
