import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OrderFinding } from '../order.ts';

/** How many versions of a file are looked through for the tests that went missing. */
const MAX_VERSIONS = 20;

/**
 * Brings back a test file that lost tests, from the history of the checkout: the newest version that had the
 * named test. Returns `repo/path` of what was restored.
 */
export function restoreTests(repos: { name: string; path: string }[], finding: OrderFinding): string[] {
  const { file } = finding;
  if (file === null || !/\.test\.\w+$/.test(file)) return [];
  const gone = /delet|emptied|missing|removed|no longer|gone/i.test(`${finding.problem} ${finding.fix}`);
  if (!gone) return [];
  const name = /["'`“]([^"'`“”]{4,})["'`”]/.exec(finding.problem)?.[1] ?? null;
  return repos
    .filter((repo) => finding.repo === null || repo.name === finding.repo)
    .flatMap((repo) => {
      const text = lastVersionWith(repo.path, file, name);
      if (text === null) return [];
      mkdirSync(dirname(join(repo.path, file)), { recursive: true });
      writeFileSync(join(repo.path, file), text);
      return [`${repo.name}/${file}`];
    });
}

function lastVersionWith(cwd: string, file: string, name: string | null): string | null {
  const commits = git(cwd, ['log', '--format=%H', `-${MAX_VERSIONS}`, '--', file])?.split('\n') ?? [];
  for (const commit of commits.filter((line) => line !== '')) {
    const text = git(cwd, ['show', `${commit}:${file}`]);
    // A test's name may be put together in the source: then the longest version that is not empty has to do.
    if (
      text !== null &&
      text.includes('it(') &&
      (name === null || !isPlainName(name) || containsTest(text, name))
    )
      return text;
  }
  return null;
}

function containsTest(text: string, name: string): boolean {
  return name
    .split(' › ')
    .concat(name)
    .some((part) => text.includes(part));
}

const isPlainName = (name: string): boolean => /^[\w ,.'-]+$/.test(name);

/** null where git refuses: the file never was there, or this is no clone. */
function git(cwd: string, args: string[]): string | null {
  try {
    return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return null;
  }
}
