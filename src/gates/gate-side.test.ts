import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { NO_WALL } from '../workspace/wall/open-wall.ts';
import { openWorkspacesRig } from '../workspace/workspaces-rig.ts';
import { createGateSide } from './gate-side.ts';
import { createInstallCache } from './install-cache.ts';
import { createRunCommand } from './run-processes.ts';

it('a module is there while the gate that removed it is still at work, where gates take turns', async () => {
  using git = await openWorkspacesRig({ service: { 'tool/run.js': '' } });
  const side = createGateSide({
    repo: 'service',
    modules: [],
    open: () => git.workspaces.open(git.runId, 'gates', git.base),
    around: {
      runCommand: createRunCommand(),
      owner: 'run/gates',
      environment: {},
      lentDir: join(git.dir, 'lent'),
      wall: NO_WALL,
      timeoutMs: 60_000,
      maxOutputBytes: 1024,
      signal: new AbortController().signal,
    },
    installs: createInstallCache(join(git.dir, 'installs')),
    contents: git.base.id,
  });
  let asked: Promise<boolean> = Promise.resolve(false);
  await side.apart({ module: '.', gate: 'removes', isLast: () => false }, async ({ root }) => {
    await rm(join(root, 'tool'), { recursive: true });
    asked = side.hasModule('tool');
    // Whoever does not wait for its turn has looked by now.
    await Promise.race([asked, passed(200)]);
  });
  expect(await asked).toBe(true);
});
