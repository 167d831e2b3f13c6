/** What a package offers to whoever uses or starts it, by its package.json. */
import { posix } from 'node:path';
import { isObject, type Json } from '../../core/json.ts';
import { compileGlob } from '../../core/conditions/glob.ts';
import { fileMeant } from './source-files.ts';

export interface PackageFile {
  folder: string;
  name: string | null;
  fields: Json;
}

/** Read by Node, or started by `npm start`, where nothing else is said. */
const BY_DEFAULT = ['index.js', 'server.js'];
const FIELDS = ['main', 'module', 'browser', 'bin', 'exports', 'source', 'imports', 'types'];

/** null: it cannot be read. */
export function readPackageFile(path: string, text: string): PackageFile | null {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return null;
    const folder = posix.dirname(path);
    return { folder, name: typeof value.name === 'string' ? value.name : null, fields: value };
  } catch {
    return null; // A broken file offers nothing.
  }
}

/** The files that the fields of the package name. `names` are all sources of the tree. */
export function packageEntries(pack: PackageFile, names: ReadonlySet<string>): string[] {
  const has = (path: string): boolean => names.has(path);
  const texts = FIELDS.flatMap((field) => textsIn(pack.fields[field]));
  const found = texts.flatMap((text) =>
    text.includes('*') ? matching(pack.folder, text, names) : [fileMeant(pack.folder, text, has)],
  );
  const byDefault = BY_DEFAULT.map((name) => posix.join(pack.folder, name)).filter(has);
  return [...new Set([...found.filter((path) => path !== null), ...byDefault])];
}

/** `./dist/*.js` offers all of a folder. */
function matching(folder: string, pattern: string, names: ReadonlySet<string>): string[] {
  const whole = posix.join(folder, pattern).replace('*', '**');
  const globs = [whole, whole.replace(/(^|\/)(?:dist|build|lib|out)\//, '$1src/')].map((glob) =>
    compileGlob(glob.replace(/(?:\.d)?\.[cm]?[jt]s$/, '.*')),
  );
  return [...names].filter((name) => globs.some((fits) => fits(name)));
}

/** All texts in a value, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}
