/** Packages as manifests ask for them and lockfiles hold them, whatever the language. */

export type SourceKind = 'registry' | 'alias' | 'workspace' | 'folder' | 'outside' | 'git' | 'address';

/** Where a package comes from. */
export interface Source {
  kind: SourceKind;
  /** Of a registry its host (`''`: the usual one, or whatever is configured), else the address, folder or other name. */
  where: string;
}

/** What a manifest asks for. */
export interface Wanted {
  name: string;
  /** Which list of the manifest it stands in. */
  section: string;
  /** As it is written there; `''`: any version. */
  range: string;
  source: Source;
}

export interface Manifest {
  /** What it calls itself; `''`: it has no name. */
  name: string;
  wanted: Wanted[];
  /** Registries beside the usual one that packages may come from, as addresses. */
  registries: string[];
  /** Packages that are allowed to run scripts when they are installed. */
  trusted: string[];
  /** Where its packages come from is held as a part that steers gates already. */
  sourcesHeld: boolean;
}

/** What a lockfile holds of one package. */
export interface Locked {
  name: string;
  version: string;
  source: Source;
  /** As the lockfile has it; `''` where it says none. */
  from: string;
  /** What its content has to be, by algorithm or by file; empty: the lockfile says nothing of it. */
  integrity: ReadonlyMap<string, string>;
  /** Whether the lockfile says that it runs a script when it is installed. */
  scripts: boolean;
}

export interface Lockfile {
  locked: Locked[];
  /** Packages that are allowed to run scripts when they are installed. */
  trusted: string[];
  /** Where its packages come from is held as a part that steers gates already. */
  sourcesHeld: boolean;
  /**
   * Whether it was made for what a manifest asks for; null: it knows no such manifest, or nothing that could be compared.
   */
  answers(asker: Asker, wanted: Wanted): boolean | null;
  /** Whether it still has a package for what that manifest asked for once; null: it does not say who asks. */
  remembers(folder: string, name: string): boolean | null;
  /** Whether it keeps the ranges that were asked for, and not the names alone. */
  keepsRanges: boolean;
}

/** A manifest as a lockfile knows it. */
export interface Asker {
  /** Relative to the lockfile's; `''`: the same. */
  folder: string;
  name: string;
}

export const REGISTRY: Source = { kind: 'registry', where: '' };

/** The host of an address; `''`: it has none. */
export function hostOf(address: string): string {
  const text = address.replace(/^(?:registry|sparse|git|svn)\+/u, '');
  return /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?([^/?#]+)/iu.exec(text)?.[1]?.toLowerCase() ?? '';
}

/** A folder as a manifest in `at` names it: inside of the repository, or not. */
export function folderSource(at: string, named: string): Source {
  const path = named.replace(/^(?:file|link|portal|path):/u, '').replace(/^\/\/(?=\/)/u, '');
  if (/^(?:[/~\\]|[a-z]:)/iu.test(path)) return { kind: 'outside', where: path };
  let depth = at.split('/').filter((part) => part !== '' && part !== '.').length;
  for (const part of path.split('/')) {
    if (part === '..') depth -= 1;
    else if (part !== '' && part !== '.') depth += 1;
    if (depth < 0) return { kind: 'outside', where: path };
  }
  return { kind: 'folder', where: path };
}

/** As a clause that names the source for people; null: a registry that nobody has to look at. */
export function sayWhere({ kind, where: whole }: Source): string | null {
  const where = whole.replace(/(?<=\/\/)[^/@]*@/u, '');
  switch (kind) {
    case 'registry':
      return where === '' ? null : `from the registry ${where}`;
    case 'alias':
      return `as another package: ${where}`;
    case 'workspace':
      return null;
    case 'folder':
      return `from the folder ${where}`;
    case 'outside':
      return `from ${where}, outside of the repository`;
    case 'git':
      return `from the git repository ${where}`;
    case 'address':
      return `from the address ${where}`;
  }
}
