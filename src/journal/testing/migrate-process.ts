/** Opens a store and dies of SIGKILL at the n-th point of its creation or migration. `node migrate-process.ts STATE_DIR N` */
import { openTestStore } from './open-store.ts';

const [, , dir, last] = process.argv;
let left = Number(last);

if (dir !== undefined) {
  const journal = await openTestStore(dir, {
    probe: () => {
      left -= 1;
      if (left === 0) process.kill(process.pid, 'SIGKILL');
    },
  });
  await journal[Symbol.asyncDispose]();
}
