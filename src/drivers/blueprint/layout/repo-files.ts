import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const SKIPPED = new Set(['.git', 'node_modules', 'dist', 'coverage']);
/** Past this a repository is not one that the rules recognise, and reading all of it would only cost time. */
const MAX_FILES = 5_000;

/** The files of one checkout, by path inside it. */
export class RepoFiles {
  readonly name: string;
  readonly root: string;
  /** What stood in each written file before the first write. */
  readonly #before = new Map<string, string | null>();

  #writes = 0;

  constructor(repo: { name: string; path: string }) {
    this.name = repo.name;
    this.root = repo.path;
  }

  /** The text, or null where there is no such file. */
  read(path: string): string | null {
    try {
      return readFileSync(join(this.root, path), 'utf8');
    } catch {
      return null; // absent, a directory or unreadable: none of them is a file to build on
    }
  }

  write(path: string, text: string): void {
    const file = join(this.root, path);
    this.#remember(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  remove(path: string): void {
    this.#remember(path);
    rmSync(join(this.root, path), { force: true });
  }

  /** Changes a file that is there. */
  edit(path: string, change: (text: string) => string): void {
    const before = this.read(path);
    if (before === null) return;
    const after = change(before);
    if (after !== before) this.write(path, after);
  }

  /** `repo/path` of every file that is not what it was before. */
  changed(): string[] {
    return [...this.#before]
      .filter(([path, text]) => this.read(path) !== text)
      .map(([path]) => `${this.name}/${path}`)
      .sort();
  }

  /** Rises with every write: tells whether a call changed anything. */
  get writes(): number {
    return this.#writes;
  }

  #remember(path: string): void {
    this.#writes += 1;
    if (!this.#before.has(path)) this.#before.set(path, this.read(path));
  }

  /** Every regular file, sorted; symlinks are not followed. */
  list(): string[] {
    const found: string[] = [];
    const visit = (folder: string): void => {
      for (const entry of readdirSync(join(this.root, folder), { withFileTypes: true })) {
        if (found.length >= MAX_FILES) return;
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory() && !SKIPPED.has(entry.name)) visit(path);
        else if (entry.isFile()) found.push(path);
      }
    };
    visit('');
    return found.sort();
  }
}
