/** Finds secrets in what a change adds: in lines, also where one goes on in the next, and in the names of new files. */
import type { FileChange } from '../../workspace/workspaces.ts';
import type { FindingDraft } from '../findings.ts';
import { hashBytes } from '../../journal/hash.ts';
import type { ChangedLine, ChangedLines } from './changed-lines.ts';
import { findSecretShapes, type SecretShape } from './secret-shapes.ts';

/** Of one run of added lines: a longer one is looked at in parts. */
const MAX_JOINED = 400;
/** Where a piece of a text ends in one line, and the next piece begins in the following one. */
const PIECE_BEGINS = /^(?:[+.&]\s*)?["'`]/u;
const PIECE_ENDS = /["'`](?:\s?[+.,&\\])?$|\\$/u;

interface Found {
  shape: SecretShape;
  repo: string;
  path: string;
  line: number | null;
  where: keyof typeof WHERE;
}

/** One per kind and line. What the change takes away elsewhere was only moved. */
export function findSecrets(changes: readonly FileChange[], lines: ChangedLines): FindingDraft[] {
  const before = lines.removed.map(({ text }) => text).join('\n');
  const found = [...changes.flatMap(inName), ...lines.added.flatMap(inLine), ...acrossLines(lines.added)];
  const seen = new Set<string>();
  return found.flatMap((each) => {
    const { shape, repo, path, line } = each;
    const key = [repo, path, line, shape.name].join('\0');
    if (seen.has(key) || before.includes(shape.secret)) return [];
    seen.add(key);
    return [describeSecret(each)];
  });
}

const WHERE = {
  lines: 'stands in what was added',
  name: 'stands in the name of a file',
  binary: 'stands in a file that is not shown as text',
} as const;

/** The name of a file that holds one is not repeated either. */
export function describeSecret({ shape, repo, path, line, where }: Found): FindingDraft {
  return {
    severity: 'critical',
    blocking: true,
    repo,
    file: where === 'name' ? null : path,
    line,
    identity: `secret ${hashBytes(shape.secret)}`,
    problem: `E_SECRET ${sentence(shape.name)} ${WHERE[where]} (${shape.secret.length} characters; not repeated here).`,
    fix: 'Take it out and read it at run time from where secrets are kept. Whoever owns it should call it back: it was in a change.',
  };
}

function sentence(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

function inName({ repo, path, status }: FileChange): Found[] {
  if (status === 'deleted') return [];
  return findSecretShapes(path).map((shape) => ({ shape, repo, path, line: null, where: 'name' }));
}

function inLine({ repo, path, line, text }: ChangedLine): Found[] {
  return findSecretShapes(text).map((shape) => ({ shape, repo, path, line, where: 'lines' }));
}

/** A text that is put together from pieces in lines that follow each other, and a key that has several lines. */
function acrossLines(added: readonly ChangedLine[]): Found[] {
  return runsOf(added).flatMap((run) => [...inText(run, joined(run, '')), ...inText(run, joined(run, '\n'))]);
}

interface Joined {
  text: string;
  /** Where each line begins in it. */
  starts: number[];
}

function joined(run: readonly ChangedLine[], between: string): Joined {
  const starts: number[] = [];
  let text = '';
  for (const line of run) {
    starts.push(text.length);
    text += `${line.text.trim().replace(PIECE_BEGINS, '').replace(PIECE_ENDS, '')}${between}`;
  }
  return { text, starts };
}

function inText(run: readonly ChangedLine[], { text, starts }: Joined): Found[] {
  return findSecretShapes(text).flatMap((shape) => {
    const first = run[starts.findLastIndex((start) => start <= shape.at)];
    return first === undefined
      ? []
      : [{ shape, repo: first.repo, path: first.path, line: first.line, where: 'lines' }];
  });
}

/** Added lines of one file that follow each other. */
function runsOf(added: readonly ChangedLine[]): ChangedLine[][] {
  const runs: ChangedLine[][] = [];
  for (const line of added) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const goesOn =
      last?.repo === line.repo &&
      last.path === line.path &&
      last.line + 1 === line.line &&
      (run?.length ?? 0) < MAX_JOINED;
    if (goesOn) run?.push(line);
    else runs.push([line]);
  }
  return runs;
}
