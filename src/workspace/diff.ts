/** The unified diff that reviewers and people read. */
import type { Revision } from '../core/results.ts';
import { runGit } from './git.ts';
import type { KeptAnswers } from './kept-answers.ts';
import { repoOf } from './revision.ts';

/** Of one repository; `cut` where it goes on. */
export interface RepoDiff {
  bytes: Buffer;
  cut: boolean;
}

/** One repository after the other, paths as `a/<repository>/<path>`; ends at a whole line once `maxBytes` are reached. */
export async function unifiedDiff(options: {
  storeOf: (repo: string) => string;
  from: Revision;
  to: Revision;
  maxBytes: number;
  kept: KeptAnswers<RepoDiff>;
  /** Of these paths only, as `repo/path`; nothing else of the change is shown. */
  paths?: readonly string[];
}): Promise<{ text: string; truncated: boolean }> {
  let text = '';
  let left = options.maxBytes;
  for (const to of options.to.repos) {
    const from = repoOf(options.from, to.name);
    if (from.tree === to.tree) continue;
    const paths = options.paths?.flatMap((path) =>
      path.startsWith(`${to.name}/`) ? [path.slice(to.name.length + 1)] : [],
    );
    if (paths?.length === 0) continue;
    if (left <= 0) return { text, truncated: true };
    const what = {
      store: options.storeOf(to.name),
      repo: to.name,
      from: from.tree,
      to: to.tree,
      maxBytes: left,
      paths: paths ?? [],
    };
    const part = await options.kept.get(JSON.stringify(what), () => diffOne(what));
    text += part.bytes.toString('utf8');
    left -= part.bytes.length;
    if (part.cut) return { text, truncated: true };
  }
  return { text, truncated: false };
}

async function diffOne(options: {
  store: string;
  repo: string;
  from: string;
  to: string;
  maxBytes: number;
  paths: string[];
}): Promise<RepoDiff> {
  const shape = [
    'diff-tree',
    '-r',
    '-p',
    '-M',
    '--full-index',
    '--no-ext-diff',
    '--no-textconv',
    '--no-color',
  ];
  const prefixes = [`--src-prefix=a/${options.repo}/`, `--dst-prefix=b/${options.repo}/`];
  const answer = await runGit({
    gitDir: options.store,
    args: [...shape, ...prefixes, options.from, options.to, '--', ...options.paths],
    maxBytes: options.maxBytes,
    overflow: 'cut',
  });
  if (!answer.cut) return { bytes: answer.stdout, cut: false };
  return { bytes: answer.stdout.subarray(0, answer.stdout.lastIndexOf(0x0a) + 1), cut: true };
}
