import { posix } from 'node:path';
import { importsOf, resolveImport } from './modules.ts';
import type { RepoFiles } from './repo-files.ts';
import type { LayoutReading } from './service-layout.ts';

export interface ClientLayout {
  files: RepoFiles;
  clientFile: string;
  typesFile: string;
  /** JSON list of `{method, path, call}`. */
  contractFile: string;
  testsDir: string;
  testSupport: string;
}

/** Reads how the client library is laid out: one object of calls, a file of types, a contract of routes. */
export function readClientLayout(files: RepoFiles): LayoutReading<ClientLayout> {
  const all = files.list();
  const clientFile = all.find(
    (path) => path.endsWith('.js') && /^export function createClient\(/m.test(files.read(path) ?? ''),
  );
  if (clientFile === undefined)
    return { kind: 'unknown', missing: ['a client (`export function createClient(`)'], open: null };
  const typesFile = /@import \{[^}]*\} from '([^']+)'/.exec(files.read(clientFile) ?? '')?.[1];
  const contractFile = all.find((path) => path.endsWith('.json') && isContract(files.read(path) ?? ''));
  const support = all
    .filter((path) => path.endsWith('.test.js'))
    .flatMap((path) =>
      importsOf(files.read(path) ?? '')
        .filter(({ names }) => names.includes('createStubbedClient'))
        .map(({ from }) => ({ testsDir: posix.dirname(path), file: resolveImport(path, from) })),
    )[0];
  if (typesFile === undefined || contractFile === undefined || support === undefined) {
    return {
      kind: 'unknown',
      open: null,
      missing: [
        ...(typesFile === undefined ? ['the types of the client'] : []),
        ...(contractFile === undefined
          ? ['a contract of its routes (JSON rows of method, path and call)']
          : []),
        ...(support === undefined ? ['tests with a stubbed client (`createStubbedClient`)'] : []),
      ],
    };
  }
  return {
    kind: 'found',
    layout: {
      files,
      clientFile,
      typesFile: resolveImport(clientFile, typesFile),
      contractFile,
      testsDir: support.testsDir,
      testSupport: support.file,
    },
  };
}

export interface ContractRow {
  method: string;
  path: string;
  call: string;
}

/** The rows of a contract; empty where the text is not one. */
export function contractRowsOf(text: string): ContractRow[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isContractRow) : [];
  } catch {
    return [];
  }
}

function isContract(text: string): boolean {
  return contractRowsOf(text).length > 0;
}

function isContractRow(value: unknown): value is ContractRow {
  if (typeof value !== 'object' || value === null) return false;
  return 'method' in value && 'path' in value && 'call' in value && typeof value.call === 'string';
}
