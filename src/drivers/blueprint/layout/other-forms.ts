/** Routes in a form that the rules do not write: seen, and said, so that nobody looks for what is missing. */
import { posix } from 'node:path';
import type { RepoFiles } from './repo-files.ts';
import { MORE_IN_CALL } from './unlike.ts';

const CALL = /\b\w+\.(?:get|post|put|patch|delete)\(\s*['"`]\/[^'"`]*['"`]\s*,/;
const TABLE = /\broutes\b[^=\n]*=\s*\[/;
const INLINE =
  /\b\w+\.(?:get|post|put|patch|delete)\(\s*['"`]\/[^'"`]*['"`]\s*,\s*(?:async\b|function\b|\(|\w+\s*=>)/;
const SCRIPT = /\.(?:[cm]?js|[cm]?ts|jsx|tsx)$/;
/** `app.use('/orders', orders)`, `app.route('/orders', orders)`, `app.register(orders, { prefix: '/orders' })`. */
const MOUNTED =
  /\b\w+\.(?:use|route)\(\s*['"`](\/[^'"`]+)['"`]\s*,\s*(\w+)\s*\)|\b\w+\.register\(\s*(\w+)\s*,\s*\{[^{}]*\bprefix:\s*['"`](\/[^'"`]+)['"`]/g;

/** What is there instead, in a clause behind "I find"; null: no routes at all. */
export function otherForm(files: RepoFiles, all: readonly string[]): string | null {
  const isTest = (path: string): boolean => /(?:^|\/)(?:tests?|__tests__)\/|\.(?:test|spec)\.\w+$/.test(path);
  for (const path of all.filter((each) => SCRIPT.test(each) && !isTest(each))) {
    const text = files.read(path) ?? '';
    if (!CALL.test(text) && !TABLE.test(text)) continue;
    const extension = posix.extname(path);
    if (/tsx?$/.test(extension)) return `routes in TypeScript (\`${path}\`), and I write JavaScript alone`;
    if (extension === '.cjs' || /\brequire\(|\bmodule\.exports\b/.test(text))
      return `routes in a CommonJS module (\`${path}\`), and I write modules with \`import\` alone`;
    if (INLINE.test(text))
      return `routes in \`${path}\` whose handlers are written on the spot, and I write those that are imported by name`;
    const more = MORE_IN_CALL.exec(text)?.[0].trim();
    if (more !== undefined)
      return `routes in \`${path}\` with more than their handler (\`${more}\`), and none without, as I write them`;
  }
  return null;
}

/** A file of routes that another one puts under a path of its own; null: its paths are those that callers see. */
export function mountedAt(files: RepoFiles, all: readonly string[], routesFile: string): string | null {
  for (const path of all.filter((each) => each.endsWith('.js') && each !== routesFile)) {
    const text = files.read(path) ?? '';
    for (const [, prefix, name, plugin, pluginPrefix] of text.matchAll(MOUNTED)) {
      const from = fromOf(text, name ?? plugin ?? '');
      if (from !== null && posix.normalize(posix.join(posix.dirname(path), from)) === routesFile)
        return prefix ?? pluginPrefix ?? null;
    }
  }
  return null;
}

/** The module that a name is imported from, by name or as its default. */
function fromOf(source: string, name: string): string | null {
  const pattern = new RegExp(
    String.raw`^import\s+(?:${name}\b|\{[^}]*\b${name}\b[^}]*\}).*?from\s*['"]([^'"]+)['"]`,
    'm',
  );
  return pattern.exec(source)?.[1] ?? null;
}
