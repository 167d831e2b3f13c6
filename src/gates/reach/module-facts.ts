/** What one module says of itself and of others: all that is looked at when the modules are put together. */

/** Stands for everything that a module exports. */
export const ALL = '*';
/** Stands for a module's being loaded, whatever it exports. */
export const NOTHING = '';

export interface ModuleUse {
  specifier: string;
  /** The exported name, or `ALL`. */
  name: string;
}

export interface ExportFact {
  name: string;
  /** What its own module calls it; exports of one local name are the same code. */
  local: string | null;
  /** Counted from 1. */
  line: number;
  /** Whether its own module mentions it, outside of its own declaration. */
  used: boolean;
}

/** A name that a module passes on. `exported` is `ALL` for `export * from`. */
export interface Forward extends ModuleUse {
  exported: string;
}

export interface ModuleFacts {
  /** Modules whose code runs when this one's does. */
  loads: string[];
  uses: ModuleUse[];
  forwards: Forward[];
  /** Code only: no types. */
  exports: ExportFact[];
  /** Texts that may name a file: workers, child processes, loaders. */
  paths: string[];
  /** What `import(…)` begins with where the rest is known at run time only. */
  prefixes: string[];
  /** Whether it holds anything but types and what it passes on. */
  isCode: boolean;
  commonjs: boolean;
}

/** Of a file that nobody can parse, or of which scripts are a part: what stands in quotes may be used whole. */
export function looseFacts(text: string): ModuleFacts {
  const quoted = [...text.matchAll(/["'`]((?:\.{1,2}|[~@\w-]*)\/[\w@./-]+)["'`]/g)].map(
    ([, path = '']) => path,
  );
  const specifiers = [...new Set(quoted)];
  return {
    loads: specifiers,
    uses: specifiers.map((specifier) => ({ specifier, name: ALL })),
    forwards: [],
    exports: [],
    paths: specifiers,
    prefixes: [],
    isCode: true,
    commonjs: true,
  };
}
