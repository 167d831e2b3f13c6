/** Looks at what kinds of files a change brings: output of builds, large binaries, programs, contents in the place of pointers. */
import type { Limits } from '../../core/limits.ts';
import type { Revision } from '../../core/results.ts';
import type { ChangedBlob, FileChange, Workspaces } from '../../workspace/workspaces.ts';
import type { FindingDraft } from '../findings.ts';
import type { ChangedLines } from './changed-lines.ts';
import { buildOutputOf, sourcesOfMinified } from './build-output.ts';

const MAX_CITED = 20;
/** More of a file is not read. */
const MOST_READ = 16 * 1024 * 1024;
const EXECUTABLE = '100755';
const LINK = '120000';
/** As git does, a NUL among the first bytes says that a file is no text. */
const LOOKED_AT = 8_000;
const POINTER = 'version https://git-lfs.github.com/spec/v1\n';
/** How programs for Linux, macOS (both orders, and for several machines) and Windows begin. */
const PROGRAMS = ['7f454c46', 'cffaedfe', 'cefaedfe', 'feedfacf', 'feedface', '4d5a'];

export interface FilesOrder {
  runId: string;
  from: Revision;
  to: Revision;
  changes: readonly FileChange[];
  lines: ChangedLines;
  limits: Pick<Limits, 'max_binary_bytes'>;
  workspaces: Pick<Workspaces, 'changedBlobs' | 'readBlob' | 'hasPath'>;
}

/** In the order of the changes. */
export async function checkCommittedFiles(order: FilesOrder): Promise<FindingDraft[]> {
  const blobs = await order.workspaces.changedBlobs(order.runId, order.from, order.to);
  const output = await findOutput(order);
  const counted = new Map(order.changes.map((change) => [`${change.repo}/${change.path}`, change]));
  const before = new Set(blobs.map(({ oldBlob }) => oldBlob));
  const wasPointer = new Set(
    order.lines.removed
      .filter(({ text }) => `${text}\n` === POINTER)
      .map(({ repo, path }) => `${repo}/${path}`),
  );
  const found: FindingDraft[] = [];
  for (const blob of blobs) {
    const { repo, path, mode } = blob;
    const change = counted.get(`${repo}/${path}`);
    // git counts no lines of what is no text; the rest is read where its mode or its lines give a reason.
    const isText = change !== undefined && change.linesAdded + change.linesRemoved > 0;
    const isOld = before.has(blob.blob) && blob.oldBlob !== blob.blob;
    if (blob.blob === null || mode === LINK || isOld) continue;
    if (!isText || mode === EXECUTABLE || wasPointer.has(`${repo}/${path}`))
      found.push(...(await checkContent(order, blob)));
  }
  return [...output, ...found.slice(0, MAX_CITED)];
}

/** Once per folder of output. */
async function findOutput({ runId, from, to, changes, workspaces }: FilesOrder): Promise<FindingDraft[]> {
  const drafts = new Map<string, FindingDraft>();
  for (const { repo, path, status } of changes) {
    if (status === 'deleted') continue;
    const output = buildOutputOf(path);
    const key = `${repo}/${output?.place ?? path}`;
    if (drafts.has(key)) continue;
    if (output !== null) {
      const isKept =
        status === 'modified' ||
        (output.mayBeSource && (await workspaces.hasPath(runId, from, repo, output.place)));
      if (!isKept) drafts.set(key, describeOutput(repo, path, output.place));
    } else if (status !== 'modified') {
      const sources = sourcesOfMinified(path) ?? [];
      const there = await Promise.all(sources.map((source) => workspaces.hasPath(runId, to, repo, source)));
      if (sources.length > 0 && !there.includes(true)) drafts.set(key, describeMinified(repo, path));
    }
  }
  return [...drafts.values()].slice(0, MAX_CITED);
}

async function checkContent(order: FilesOrder, blob: ChangedBlob): Promise<FindingDraft[]> {
  const bytes = await order.workspaces.readBlob(order.runId, blob.repo, blob.blob ?? '');
  if (bytes === null) return [];
  const isNew = blob.oldBlob === null;
  const isChanged = blob.oldBlob !== blob.blob;
  const start = Buffer.from(bytes.subarray(0, LOOKED_AT));
  const limit = order.limits.max_binary_bytes;
  if (isProgram(start)) return isChanged ? [describeProgram(blob, isNew)] : [];
  if (start.includes(0) && bytes.length > limit && isChanged)
    return [describeBinary(blob, bytes.length, limit)];
  const isRunnable = blob.mode === EXECUTABLE && (isNew || !isChanged);
  if (isRunnable && start.toString('latin1', 0, 2) !== '#!') return [describeMode(blob)];
  return checkPointer(order, blob);
}

const isProgram = (start: Buffer): boolean =>
  start.includes(0) && PROGRAMS.some((magic) => start.toString('hex', 0, 4).startsWith(magic));

/** A pointer of the base is small; what takes its place is a pointer as well, or it is the content. */
async function checkPointer(order: FilesOrder, blob: ChangedBlob): Promise<FindingDraft[]> {
  if (blob.oldBlob === null || blob.blob === null) return [];
  const read = async (id: string): Promise<string> => {
    const bytes = await order.workspaces.readBlob(order.runId, blob.repo, id);
    return Buffer.from(bytes?.subarray(0, POINTER.length) ?? []).toString('latin1');
  };
  if ((await read(blob.oldBlob)) !== POINTER || (await read(blob.blob)) === POINTER) return [];
  return [
    {
      ...place(blob, 'lfs_content'),
      problem: 'A pointer of Git LFS was replaced by content: the file would lie in the repository itself.',
      fix: 'Bring the pointer back. New content has to be handed to Git LFS by somebody who has it.',
    },
  ];
}

function describeOutput(repo: string, file: string, output: string): FindingDraft {
  return {
    ...place({ repo, path: file }, `build_output ${output}`),
    problem: `${output} is made by a program, and the base does not keep it.`,
    fix: 'Take it out and let git ignore it; if the repository shall keep it, the plan has to say so.',
  };
}

function describeMinified(repo: string, file: string): FindingDraft {
  return {
    ...place({ repo, path: file }, 'minified'),
    blocking: false,
    problem: `${file} is minified, and what it was made from does not lie beside it: nobody can review it.`,
    fix: 'Bring its source, or take it from a package; else the reviewer should know where it is from.',
  };
}

function describeProgram(blob: ChangedBlob, isNew: boolean): FindingDraft {
  return {
    ...place(blob, 'program'),
    blocking: isNew,
    problem: `${isNew ? 'A new' : 'A changed'} file is a compiled program, which nobody can review.`,
    fix: 'Take it out: build it from sources, or take it from a package.',
  };
}

function describeBinary(blob: ChangedBlob, bytes: number, limit: number): FindingDraft {
  return {
    ...place(blob, 'binary'),
    problem: `A file that is no text has ${bytes} bytes${bytes >= MOST_READ ? ' or more' : ''}; ${limit} is the limit (\`max_binary_bytes\`).`,
    fix: 'Make it smaller, keep it elsewhere, or let somebody raise the limit who wants it in the repository.',
  };
}

function describeMode(blob: ChangedBlob): FindingDraft {
  return {
    ...place(blob, 'executable'),
    severity: 'minor',
    blocking: false,
    problem: 'A file may be executed now and is no script: it does not begin with `#!`.',
    fix: 'Take the right to execute it away, or say in its first line what runs it.',
  };
}

function place(
  { repo, path }: { repo: string; path: string },
  identity: string,
): Omit<FindingDraft, 'problem' | 'fix'> {
  return { severity: 'major', blocking: true, repo, file: path, line: null, identity };
}
