/**
 * What specifiers mean, asked of a resolver that knows Node's rules and TypeScript's. It looks at a folder: a copy of the tree's
 * names without their contents, but for package.json and tsconfig. Nothing of it is run, and nothing outside of it is read.
 */
import { mkdir, mkdtemp, realpath, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { isObject, type Json } from '../../core/json.ts';
import { removeTree } from '../../workspace/remove-tree.ts';
import { packageEntries, type PackageFile } from './package-entries.ts';
import { readJsonWithComments } from './parse.ts';
import type { Parse } from './read-module.ts';
import { fileMeant } from './source-files.ts';

export interface ModuleResolver extends AsyncDisposable {
  /** Modules of the repository; none where it means something else, or nothing. */
  resolve(from: string, specifier: string): string[];
  /** The file that a text in a module may name. */
  named(from: string, path: string): string[];
}

const WRITTEN_AT_ONCE = 64;
const PACKAGE_NAME = /^(?:@[\w.-]+\/)?[\w-][\w.-]*$/;
const BUILT_IN = /^(?:node|https?|data|bun|jsr|npm):/;

export async function openResolver(
  sources: ReadonlySet<string>,
  settings: ReadonlyMap<string, string>,
  given: { packages: readonly PackageFile[]; parse: Parse },
): Promise<ModuleResolver> {
  const { packages, parse } = given;
  const root = await realpath(await mkdtemp(join(tmpdir(), 'baton-reach-')));
  const texts = new Map([...sources].map((path) => [path, '']));
  for (const [path, text] of settings) {
    if (posix.basename(path) === 'package.json') texts.set(path, text);
    else if (isTypeScriptConfig(path)) texts.set(path, ownSettings(path, text, parse));
  }
  try {
    await writeAll(root, texts);
    await linkPackages(root, packages);
  } catch (error) {
    await removeTree(root);
    throw error;
  }
  const { ResolverFactory } = await import('oxc-resolver');
  const options = {
    conditionNames: ['source', 'development', 'node', 'import', 'require', 'default'],
    extensions: ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs', '.vue', '.svelte'],
    extensionAlias: {
      '.js': ['.ts', '.tsx', '.js', '.jsx'],
      '.jsx': ['.tsx', '.jsx'],
      '.mjs': ['.mts', '.mjs'],
      '.cjs': ['.cts', '.cjs'],
    },
    mainFields: ['source', 'module', 'main'],
  };
  const plain = new ResolverFactory(options);
  const typed = plain.cloneWithOptions({ ...options, tsconfig: 'auto' });
  const has = (path: string): boolean => sources.has(path);
  const inTree = (path: string | undefined): string[] => {
    const inside = path?.startsWith(`${root}/`) === true ? path.slice(root.length + 1) : null;
    return inside !== null && has(inside) ? [inside] : [];
  };
  const named = (from: string, path: string): string[] =>
    [posix.dirname(from), '.']
      .map((folder) => fileMeant(folder, path, has))
      .filter((file) => file !== null)
      .slice(0, 1);
  const ask = (from: string, specifier: string): string[] => {
    if (BUILT_IN.test(specifier) || specifier === '' || specifier.startsWith('/')) return [];
    // Written out as it lies there: most of TypeScript's own, and no question.
    const exact = /^\.{1,2}\/.*\.[cm]?tsx?$/.test(specifier)
      ? posix.join(posix.dirname(from), specifier)
      : null;
    if (exact !== null && has(exact)) return [exact];
    const bare = specifier.replace(/[?#].*$/, (rest) => (specifier.startsWith('#') ? rest : ''));
    const file = join(root, from);
    const found = inTree(typed.resolveFileSync(file, bare).path);
    if (found.length > 0) return found;
    const again = inTree(plain.sync(dirname(file), bare).path);
    if (again.length > 0) return again;
    if (/^\.{1,2}(?:\/|$)/.test(bare)) return named(from, bare).slice(0, 1);
    return ofPackage(bare, packages, sources) ?? byItsEnd(bare, packages, sources);
  };
  const known = new Map<string, string[]>();
  return {
    named,
    resolve(from, specifier) {
      const key = `${posix.dirname(from)}\0${specifier}`;
      const found = known.get(key) ?? ask(from, specifier);
      known.set(key, found);
      return found;
    },
    [Symbol.asyncDispose]: () => removeTree(root),
  };
}

export function isTypeScriptConfig(path: string): boolean {
  return /(?:^|\/)[tj]sconfig[\w.-]*\.json$/.test(path);
}

async function writeAll(root: string, texts: ReadonlyMap<string, string>): Promise<void> {
  const folders = new Set([...texts.keys()].map((path) => posix.dirname(path)));
  for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
  const all = [...texts];
  for (let at = 0; at < all.length; at += WRITTEN_AT_ONCE) {
    const some = all.slice(at, at + WRITTEN_AT_ONCE);
    await Promise.all(some.map(([path, text]) => writeFile(join(root, path), text)));
  }
}

/** As an install would link them; a name that is taken stays with whoever has it. */
async function linkPackages(root: string, packages: readonly PackageFile[]): Promise<void> {
  for (const { name, folder } of packages) {
    if (name === null || folder === '.' || !PACKAGE_NAME.test(name)) continue;
    const link = join(root, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(root, folder), link).catch(() => undefined);
  }
}

/** Settings that lie in packages or outside of the repository are not there. */
function ownSettings(path: string, text: string, parse: Parse): string {
  const settings = readJsonWithComments(text, parse) ?? {};
  const isOwn = (each: unknown): boolean =>
    typeof each === 'string' &&
    /^\.{1,2}\//.test(each) &&
    !posix.join(posix.dirname(path), each).startsWith('..');
  const inherited = [settings.extends].flat().filter(isOwn);
  const options: Json = isObject(settings.compilerOptions) ? settings.compilerOptions : {};
  const { baseUrl, paths, rootDirs } = options;
  const kept = { baseUrl, paths, rootDirs, allowJs: true };
  return JSON.stringify({
    ...(inherited.length === 0 ? {} : { extends: inherited }),
    ...(settings.references === undefined ? {} : { references: settings.references }),
    ...(settings.files === undefined ? {} : { files: settings.files }),
    ...(settings.include === undefined ? {} : { include: settings.include }),
    compilerOptions: kept,
  });
}

/** A package of the workspace that offers what only a build makes: its sources. null: it is none. */
function ofPackage(
  specifier: string,
  packages: readonly PackageFile[],
  sources: ReadonlySet<string>,
): string[] | null {
  const pack = packages.find(
    ({ name }) => name !== null && (specifier === name || specifier.startsWith(`${name}/`)),
  );
  if (pack === undefined) return null;
  const rest = specifier.slice(pack.name?.length ?? 0).replace(/^\//, '');
  const inside = ['', 'src', 'dist']
    .map((folder) => fileMeant(posix.join(pack.folder, folder), rest, (path) => sources.has(path)))
    .filter((file) => file !== null);
  if (rest !== '' && inside.length > 0) return inside.slice(0, 1);
  return packageEntries(pack, sources);
}

/** An alias that only a bundler's settings explain: the sources that end like it. */
function byItsEnd(
  specifier: string,
  packages: readonly PackageFile[],
  sources: ReadonlySet<string>,
): string[] {
  const names = specifier.split('/');
  const of = (specifier.startsWith('@') && names[0] !== '@' ? names.slice(0, 2) : names.slice(0, 1)).join(
    '/',
  );
  if (packages.some((pack) => dependsOn(pack, of))) return [];
  for (const rest of [names, names.slice(1)]) {
    if (rest.length === 0) continue;
    const end = `/${rest.join('/').replace(/\.[cm]?[jt]sx?$/, '')}`;
    const found = [...sources].filter((path) => {
      const bare = `/${path.replace(/\.[^./]+$/, '')}`;
      return bare.endsWith(end) || bare.endsWith(`${end}/index`);
    });
    if (found.length > 0) return specifier.includes('/') || specifier.startsWith('#') ? found : [];
  }
  return [];
}

function dependsOn({ fields }: PackageFile, name: string): boolean {
  return ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'].some(
    (key) => isObject(fields[key]) && Object.hasOwn(fields[key], name),
  );
}
