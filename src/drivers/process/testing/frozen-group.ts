/** Processes that no signal ends, for tests: a frozen one sleeps uninterruptibly until it is thawed. */
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { until } from '../../testing/process-search.ts';

const PARENT = '/sys/fs/cgroup/freezer';

export interface FrozenGroup {
  freeze(pid: number): void;
  /** Lets them go on, to whatever signal waits for them. */
  thaw(): Promise<void>;
}

/** null: this system has none (only the first version of groups keeps KILL away), or this user may not make one. */
export function openFrozenGroup(): FrozenGroup | null {
  const folder = `${PARENT}/baton-test-${process.pid}-${Date.now()}`;
  try {
    mkdirSync(folder);
    writeFileSync(`${folder}/freezer.state`, 'FROZEN');
  } catch {
    return null;
  }
  return {
    freeze: (pid) => {
      writeFileSync(`${folder}/cgroup.procs`, String(pid));
    },
    thaw: async () => {
      writeFileSync(`${folder}/freezer.state`, 'THAWED');
      await until(() => isRemoved(folder), `${folder} is empty`);
    },
  };
}

function isRemoved(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
