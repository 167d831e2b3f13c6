/** Finds what programs make out of sources and keep for themselves, where a change brings it into the repository. Pure. */

/** Folders and files that nobody writes by hand, in any language. */
const ALWAYS =
  /(?:^|\/)((?:__pycache__|\.venv|\.pytest_cache|\.mypy_cache|\.ruff_cache|\.tox|\.nyc_output|\.next|\.nuxt|\.svelte-kit|\.turbo|\.parcel-cache|\.gradle|\.eggs|[^/]+\.egg-info|\.terraform)\/.+|\.DS_Store|Thumbs\.db|npm-debug\.log|yarn-error\.log|[^/]+\.(?:pyc|pyo|class|o|obj|tsbuildinfo|orig|rej|swp))$/u;
/** Folders of output in most repositories; some keep sources there. */
const USUAL = /^(.*?(?:^|\/)(?:dist|coverage|htmlcov))\//u;
/** The same where what lies in them says so. */
const SOMETIMES =
  /^(.*?(?:^|\/)(?:build\/(?:libs|classes|lib|reports|tmp|outputs)|out\/(?:production|test|Release|Debug)|target\/(?:debug|release|classes|test-classes|surefire-reports|doc)))\//u;
/** Test data may be anything. */
const TEST_DATA = /(?:^|\/)(?:fixtures|__fixtures__|testdata|test-data)\//u;

/** The folder, or the file, that is output; null: it is none by its name. `mayBeSource`: where the base keeps files there, it is none either. */
export function buildOutputOf(path: string): { place: string; mayBeSource: boolean } | null {
  if (TEST_DATA.test(path)) return null;
  const always = ALWAYS.exec(path);
  if (always !== null) {
    const [, found = ''] = always;
    const end = found.indexOf('/');
    const place = path.slice(0, path.length - found.length) + (end === -1 ? found : found.slice(0, end));
    return { place, mayBeSource: false };
  }
  const place = (SOMETIMES.exec(path) ?? USUAL.exec(path))?.[1];
  return place === undefined ? null : { place, mayBeSource: true };
}

/** What a minified file was made from, by the usual names; null: it is no such file. */
export function sourcesOfMinified(path: string): string[] | null {
  const [, stem, style] = /^(.*)\.min\.(?:[cm]?js|(css))$/u.exec(path) ?? [];
  if (stem === undefined) return null;
  const endings = style === undefined ? ['js', 'mjs', 'cjs', 'ts'] : ['css', 'scss', 'less'];
  return endings.map((ending) => `${stem}.${ending}`);
}
