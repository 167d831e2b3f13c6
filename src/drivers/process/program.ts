/** Whether a program can be started at all, found out before a wrapper around it hides the reason. */
import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';

const HEAD_BYTES = 256;
const ELF_MAGIC = '7f454c46';
const ELF_HEADER_BYTES = 52;
/** Where an ELF file says which machine it is for, and what it says for those that Node runs on. */
const ELF_MACHINE_AT = 18;
const ELF_MACHINES: Readonly<Record<string, readonly number[]>> = { x64: [62, 3], arm64: [183, 40] };
const BINFMT = '/proc/sys/fs/binfmt_misc';
/** Mach-O in its four spellings and the universal one. */
const MACH_MAGICS = ['cffaedfe', 'cefaedfe', 'feedfacf', 'feedface', 'cafebabe'];

export type Program = { kind: 'found'; path: string } | { kind: 'unusable'; detail: string };

/** Looks a program up like the system would, and reads its first bytes. The details are sentences. */
export function findProgram(file: string, options: { cwd: string; path: string }): Program {
  if (file.includes('\0') || file === '')
    return unusable('The name of the program is empty or holds a NUL byte.');
  const candidates = file.includes('/')
    ? [resolve(options.cwd, file)]
    : pathFolders(options.path).map((folder) => join(folder, file));
  const existing = candidates.filter(isFile);
  const path = existing.find(isExecutable);
  if (path !== undefined) return checkFormat(path);
  if (existing[0] !== undefined)
    return unusable(`${existing[0]} is not executable; \`chmod +x\` makes it so.`);
  const where = file.includes('/') ? '' : ' in any folder of PATH';
  return unusable(`There is no program ${file}${where}.`);
}

/** Absolute folders only: `.` or an empty entry would make programs of the workspace ours. */
export function pathFolders(path: string): string[] {
  return path.split(':').filter((folder) => isAbsolute(folder));
}

function checkFormat(path: string): Program {
  const head = readHead(path);
  // Readable by nobody but the kernel: that one has to say it.
  if (head === null) return { kind: 'found', path };
  const magic = head.subarray(0, 4).toString('hex');
  if (magic === ELF_MAGIC)
    return isForThisMachine(head)
      ? { kind: 'found', path }
      : unusable(`${path} is damaged, or a program for another kind of machine.`);
  if (MACH_MAGICS.includes(magic)) return { kind: 'found', path };
  const text = head.toString('latin1');
  if (!text.startsWith('#!')) {
    return unusable(`${path} is neither a program nor a script with a first line such as #!/bin/sh.`);
  }
  const interpreter = text.slice(2).trimStart().split(/\s/)[0] ?? '';
  if (isExecutable(interpreter) && isFile(interpreter)) return { kind: 'found', path };
  return unusable(`${path} asks for the interpreter ${interpreter || '(none)'}, which is not there.`);
}

/** Where the kernel has helpers for foreign programs, it alone knows. */
function isForThisMachine(head: Buffer): boolean {
  if (head.length < ELF_HEADER_BYTES) return false;
  const known = ELF_MACHINES[process.arch];
  return (
    known === undefined ||
    known.includes(head.readUInt16LE(ELF_MACHINE_AT)) ||
    existsSync(join(BINFMT, 'status'))
  );
}

function unusable(detail: string): Program {
  return { kind: 'unusable', detail };
}

function readHead(path: string): Buffer | null {
  try {
    const descriptor = openSync(path, 'r');
    try {
      const head = Buffer.alloc(HEAD_BYTES);
      return head.subarray(0, readSync(descriptor, head, 0, HEAD_BYTES, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return null; // executable without being readable
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false; // absent, or in a folder that is not ours to read
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // the caller says which file it was
  }
}
