/** A group of the kernel's whose processes share a small memory, for tests. */
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../testing/process-search.ts';

export interface MemoryGroup {
  /** Puts a process in; its later children follow. */
  add(pid: number): void;
  /** Once the kernel has let go of the last process. */
  remove(): Promise<void>;
}

/** null: this user may not make one here. */
export function openMemoryGroup(bytes: number): MemoryGroup | null {
  for (const { parent, limits } of places(bytes)) {
    const folder = join(parent, `baton-test-${process.pid}-${Date.now()}`);
    try {
      mkdirSync(folder);
    } catch {
      continue; // no such kind of group, or not for this user
    }
    const remove = () => until(() => isRemoved(folder), `${folder} is empty`);
    try {
      for (const [file, value] of limits) writeFileSync(join(folder, file), value);
      return {
        remove,
        add: (pid) => {
          writeFileSync(join(folder, 'cgroup.procs'), String(pid));
        },
      };
    } catch {
      rmdirSync(folder); // the controller is not handed down to here
    }
  }
  return null;
}

function isRemoved(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

function places(bytes: number): { parent: string; limits: [string, string][] }[] {
  const own = readFileSync('/proc/self/cgroup', 'utf8').trim().split('\n');
  return own.flatMap((line): { parent: string; limits: [string, string][] }[] => {
    const [, controllers = '', ...path] = line.split(':');
    const place = path.join(':');
    if (controllers === 'memory') {
      const limits: [string, string][] = [['memory.limit_in_bytes', String(bytes)]];
      return ['/', place].map((each) => ({ parent: join('/sys/fs/cgroup/memory', each), limits }));
    }
    const limits: [string, string][] = [
      ['memory.max', String(bytes)],
      ['memory.swap.max', '0'],
    ];
    return controllers === '' ? [{ parent: join('/sys/fs/cgroup', place), limits }] : [];
  });
}
