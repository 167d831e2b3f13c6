/** Programs as gates find them: in the folders of the system alone, without anybody's home. */
import { execFileSync } from 'node:child_process';

const ENV = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/nonexistent' };

/** Whether it starts there and ends with 0. */
export function runsHere(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { env: ENV, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export const hasPytest = (): boolean => runsHere('/usr/bin/python3', '-c', 'import pytest');
