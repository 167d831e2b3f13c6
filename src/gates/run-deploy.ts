/** Runs a deploy command once, in a fresh checkout of the head, by the same rules as a gate. */
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { GateCommand } from '../definitions/config.ts';
import { hasBrokenEnd, nameEnd } from './describe-end.ts';
import { excerptTail } from './findings.ts';
import { openScratch } from './gate-scratch.ts';
import type { DeployOrder, DeployRun } from './gates.ts';
import { lentDirOf } from './lend-registries.ts';
import { runGateCommand } from './run-gate-command.ts';
import type { GateRunnerOptions } from './run-gates.ts';

/** In the checkout of the configured repository, of the only one, or in the folder that holds them all. */
export async function runDeploy(
  order: DeployOrder,
  options: GateRunnerOptions,
  signal: AbortSignal,
): Promise<DeployRun> {
  const { runId, key, command, environment, wall, timeoutMs, maxOutputBytes } = order;
  const workspace = await options.workspaces.checkout(runId, key, order.revision);
  try {
    const dir = await realpath(workspace.dir);
    const named = workspace.repos.find(({ name }) => name === command.repo);
    if (command.repo !== null && named === undefined)
      return { exit: null, detail: `the run has no repository ${command.repo}`, log: '', durationMs: 0 };
    const only = workspace.repos.length === 1 ? workspace.repos[0] : undefined;
    const root = await realpath((named ?? only)?.path ?? dir);
    const home = join(dir, '.home-deploy');
    await mkdir(home, { recursive: true, mode: 0o700 });
    await using scratch = await openScratch(dir, 'none');
    const gate: GateCommand = {
      ...command,
      name: 'deploy',
      kind: 'command',
      reporter: 'none',
      report: null,
      set: 'full',
    };
    const { end, log, durationMs } = await runGateCommand(
      gate,
      {
        place: { dir, root, module: '.', home, written: root, overlays: [] },
        scratch,
        argv: command.command,
        env: { BATON_ENVIRONMENT: environment, BATON_RUN: runId },
      },
      {
        runCommand: options.runCommand,
        owner: `${runId}/${key}`,
        environment: options.environment,
        lentDir: lentDirOf(options.cacheDir),
        redact: order.redact,
        wall,
        timeoutMs,
        maxOutputBytes,
        signal,
      },
    );
    const how = hasBrokenEnd(end) ? nameEnd(end) : `exit ${end.exit}`;
    const said = end.exit === 0 ? '' : excerptTail(log, root);
    return { exit: end.exit, detail: said === '' ? how : `${how}\n${said}`, log, durationMs };
  } finally {
    await options.workspaces.close(workspace);
  }
}
