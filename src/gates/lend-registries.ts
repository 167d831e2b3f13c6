/** Lends a setup the user's settings of registries for as long as it runs. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GateCommand } from '../definitions/config.ts';
import { liesWithin } from './gate-scratch.ts';
import { registryFiles, variablesIn } from './registry-files.ts';
import type { GatePlace, GateSurroundings } from './run-gate-command.ts';

/** Nothing is lent to a setup without network, or where the configuration says so. */
export function lentTo(
  setup: GateCommand,
  environment: GateSurroundings['environment'],
): ReturnType<typeof registryFiles> {
  return setup.network && setup.registries !== false ? registryFiles(environment) : [];
}

/**
 * Does the work with copies of the files in the setup's home, and takes them away before anything else runs there: the
 * user's own files are read and never written. What the setup's home has already stays as it is.
 */
export async function withRegistries<T>(
  setup: GateCommand,
  place: GatePlace,
  environment: GateSurroundings['environment'],
  work: (setup: GateCommand) => Promise<T>,
): Promise<T> {
  const files = lentTo(setup, environment);
  if (files.length === 0) return work(setup);
  const home = place.overlays.find(({ path }) => path === place.home)?.written ?? place.home;
  const lent: string[] = [];
  try {
    for (const { path, text } of files) {
      const file = join(home, path);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      if (await writeNew(file, text)) lent.push(file);
    }
    const names = variablesIn(files, environment).filter((name) => !setup.env.includes(name));
    return await work({ ...setup, env: [...setup.env, ...names] });
  } finally {
    // A folder may have become a link while the setup ran: what lies behind it is nobody's here.
    for (const file of lent) if (await liesWithin(home, file)) await rm(file, { force: true });
  }
}

async function writeNew(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}
