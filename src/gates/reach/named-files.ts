/** Source files that settings name: serverless handlers, templates of clouds, compose files, pages, scripts. */
import { posix } from 'node:path';
import { ALL } from './module-facts.ts';
import { isForTests, fileMeant } from './source-files.ts';

export interface NamedFile {
  file: string;
  /** What of it is named: an export, or `ALL`. */
  name: string;
}

const SETTINGS =
  /\.(?:ya?ml|json5?|jsonc|toml|html?|sh|bash|service|tf|hcl|conf|ini)$|(?:^|\/)(?:[\w.-]*Dockerfile[\w.-]*|Procfile|Makefile|[Jj]ustfile|Containerfile)$/;
/** These name files to check, to lock or to leave out, not to run. */
const ABOUT_FILES =
  /(?:^|\/)(?:package-lock|npm-shrinkwrap|pnpm-lock|bun|composer|deno|[tj]sconfig[\w.-]*|knip|biome|baton|\.eslintrc|\.prettierrc|\.oxlintrc|\.swcrc|cspell|codecov|sonar[\w-]*|labeler|renovate|typedoc|api-extractor|stryker[\w.]*|jest[\w.-]*|\.?nycrc|\.mocharc|\.c8rc)\.(?:ya?ml|json5?|jsonc|toml|lock)$|(?:^|\/)\.(?:eslintrc|prettierrc|vscode\/|idea\/)|(?:^|\/)(?:coverage|node_modules)\//;
const WORD = /[\w@.\-/[\]$]+/g;
const MAX_WORD = 200;

/** Whether a file's text is looked at for names of sources. */
export function mayNameFiles(path: string): boolean {
  return SETTINGS.test(path) && !ABOUT_FILES.test(path) && !isForTests(path);
}

/** `folders`: those that hold sources. */
export function namedFiles(
  path: string,
  text: string,
  sources: ReadonlySet<string>,
  folders: ReadonlySet<string>,
): NamedFile[] {
  const own = posix.dirname(path);
  const words = [...new Set(text.match(WORD))].filter((word) => word.length <= MAX_WORD);
  // A template says in one place where its code lies and in another what of it is called.
  const said = words.map((word) => posix.join(own, word).replace(/\/$/, '')).filter((at) => folders.has(at));
  const places = [...new Set([own, '.', ...said])];
  return words.flatMap((word) => meantBy(word, places, (file) => sources.has(file)));
}

function meantBy(word: string, places: readonly string[], has: (path: string) => boolean): NamedFile[] {
  const isPath = word.includes('/') || /\.[cm]?[jt]sx?$/.test(word);
  const handler = /^(.*[\w\]-])\.([A-Za-z_$][\w$]*)$/.exec(word);
  if (!isPath && handler === null) return [];
  for (const place of places) {
    const file = isPath ? fileMeant(place, word.replace(/^\/+/, ''), has) : null;
    if (file !== null) return [{ file, name: ALL }];
    const [, path = '', name = ''] = handler ?? [];
    const handled = handler === null ? null : fileMeant(place, path.replace(/^\/+/, ''), has);
    if (handled !== null) return [{ file: handled, name }];
  }
  return [];
}
