/** The diff that a reviewer is sent. Where the change is longer: code first, small files first, and the names of all that is not in it. */
import type { Revision } from '../core/results.ts';
import type { FileChange, RevisionReader } from '../workspace/workspaces.ts';

/** Of code, and of all else, no more is read to choose from. */
const MAX_READ_BYTES = 16 * 1024 * 1024;
/** Characters of the list of what is not shown. */
const MAX_LIST_CHARS = 8_000;
const MAX_PATH_CHARS = 300;
/** Documents, data, and what programs wrote: looked at last. By the name's end alone: a script in a folder of documents is code. */
const NO_CODE =
  /\.(?:md|mdx|adoc|rst|txt|lock|snap|svg|csv|tsv|jsonl|ndjson|map|min\.(?:js|css))$|(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|go\.sum|LICENSE)$/i;
const CODE = 0;
const SETTINGS = /\.(?:json|ya?ml|toml|xml|ini)$/i;

export interface ReviewDiff {
  text: string;
  /** What of it is not sent, in one line; null: it is whole. */
  shortened: string | null;
}

/** `room`: characters of the diff, with the list of what is not in it. */
export async function reviewDiff(
  workspaces: Pick<RevisionReader, 'diff' | 'changes'>,
  { runId, from, to, room }: { runId: string; from: Revision; to: Revision; room: number },
): Promise<ReviewDiff> {
  const whole = await workspaces.diff(runId, from, to, room);
  if (!whole.truncated) return { text: whole.text, shortened: null };
  const changes = await workspaces.changes(runId, from, to);
  const read = async (isWanted: (path: string) => boolean): Promise<FileDiff[]> => {
    const paths = changes.filter(({ path }) => isWanted(path)).map(nameOf);
    const { text, truncated } = await workspaces.diff(runId, from, to, MAX_READ_BYTES, paths);
    return splitDiff(text, truncated);
  };
  const parts = [
    ...(await read((path) => !NO_CODE.test(path))),
    ...(await read((path) => NO_CODE.test(path))),
  ];
  const shown = choose(parts, Math.max(0, room - MAX_LIST_CHARS));
  const names = new Map(shown.map(({ name, isWhole }) => [name, isWhole]));
  const missing = changes.filter((change) => names.get(nameOf(change)) !== true && isSeen(change, changes));
  const list = listMissing(missing, names);
  return {
    text: `${list}\n${shown.map(({ text }) => text).join('')}`,
    shortened: `diff: ${missing.length} of ${changes.length} files are not in it, or not whole; it begins with their names`,
  };
}

interface FileDiff {
  /** As `repo/path`. */
  name: string;
  text: string;
  isWhole: boolean;
}

/** One for each file; the last one is not whole where the diff was cut. */
function splitDiff(diff: string, truncated: boolean): FileDiff[] {
  const parts = diff.split(/^(?=diff --git )/m).filter((part) => part !== '');
  return parts.map((text, index) => ({
    name: fileOf(text),
    text,
    isWhole: !truncated || index < parts.length - 1,
  }));
}

/** Of its new path, or its old one where it is gone; git quotes what is no plain name. */
function fileOf(part: string): string {
  const hunks = part.search(/^@@ /m);
  const head = hunks < 0 ? part : part.slice(0, hunks);
  const said =
    /^\+\+\+ (?:b\/(.*?)\t?|"b\/(.*)")$/m.exec(head) ??
    /^--- (?:a\/(.*?)\t?|"a\/(.*)")$/m.exec(head) ??
    /^rename to (?:(.*)|"(.*)")$/m.exec(head) ??
    /^diff --git .* (?:b\/(.*)|"b\/(.*)")$/m.exec(head);
  return said?.[1] ?? unquote(said?.[2] ?? '');
}

/** As git writes a name with signs that are none of plain text. */
function unquote(text: string): string {
  const signs: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };
  return text.replace(/\\(.)/g, (_, sign: string) => signs[sign] ?? sign);
}

/** Code before settings before all else, smaller ones first; of code that has no room its beginning. */
function choose(parts: readonly FileDiff[], room: number): FileDiff[] {
  const ordered = parts.toSorted(
    (a, b) =>
      rankOf(a.name) - rankOf(b.name) ||
      Number(b.isWhole) - Number(a.isWhole) ||
      a.text.length - b.text.length,
  );
  const shown: FileDiff[] = [];
  let left = room;
  for (const part of ordered) {
    if (part.text.length <= left) {
      shown.push(part);
      left -= part.text.length;
      continue;
    }
    const beginning = part.text.slice(0, part.text.lastIndexOf('\n', left) + 1);
    if (rankOf(part.name) === CODE && beginning.includes('\n@@ '))
      shown.push({ ...part, text: beginning, isWhole: false });
    break;
  }
  return shown;
}

function rankOf(path: string): number {
  return NO_CODE.test(path) ? 2 : SETTINGS.test(path) ? 1 : CODE;
}

/** The old path of a renamed file is told with the new one. */
function isSeen(change: FileChange, changes: readonly FileChange[]): boolean {
  return (
    change.status !== 'deleted' ||
    change.linesRemoved > 0 ||
    !changes.some(({ repo, status }) => repo === change.repo && status === 'renamed')
  );
}

function listMissing(missing: readonly FileChange[], names: ReadonlyMap<string, boolean>): string {
  const lines: string[] = [];
  let left = MAX_LIST_CHARS - 400;
  for (const change of missing.toSorted((a, b) => rankOf(a.path) - rankOf(b.path))) {
    const begun = names.has(nameOf(change)) ? ', only its beginning is below' : '';
    const line = `  ${shownName(nameOf(change))} +${change.linesAdded} −${change.linesRemoved}${begun}`;
    left -= line.length + 1;
    if (left < 0) break;
    lines.push(line);
  }
  const rest = missing.length - lines.length;
  return [
    '[cut: the change is longer than what can be sent. Not below, or not whole; read them in the checkout:',
    ...lines,
    ...(rest === 0 ? [] : [`  and ${rest} more files`]),
    ']',
  ].join('\n');
}

function shownName(name: string): string {
  const plain = /\p{Cc}/u.test(name) ? JSON.stringify(name) : name;
  return plain.length > MAX_PATH_CHARS ? `${plain.slice(0, MAX_PATH_CHARS - 1)}…` : plain;
}

function nameOf({ repo, path }: FileChange): string {
  return `${repo}/${path}`;
}
