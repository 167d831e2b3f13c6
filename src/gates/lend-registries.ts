/** Lends a setup the user's settings of registries for as long as it runs. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { GateCommand } from '../definitions/config.ts';
import { isLeftByDead, markOf } from '../journal/owner-mark.ts';
import { liesWithin } from './gate-scratch.ts';
import { registryFiles, variablesIn } from './registry-files.ts';
import type { GatePlace, GateSurroundings } from './run-gate-command.ts';

/** Where it is noted what setups were lent; out of reach of agents and gates, too. */
export function lentDirOf(cacheDir: string): string {
  return join(cacheDir, 'lent');
}

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
  { environment, lentDir }: Pick<GateSurroundings, 'environment' | 'lentDir'>,
  work: (setup: GateCommand) => Promise<T>,
): Promise<T> {
  const files = lentTo(setup, environment);
  if (files.length === 0) return work(setup);
  const home = place.overlays.find(({ path }) => path === place.home)?.written ?? place.home;
  const lent: string[] = [];
  const note = await noteLending(lentDir, { home, paths: files.map(({ path }) => path) });
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
    await rm(note, { force: true });
  }
}

/** What was lent where: read by whoever starts after this process was killed. */
interface Lending {
  home: string;
  paths: string[];
}

async function noteLending(lentDir: string, lending: Lending): Promise<string> {
  await mkdir(lentDir, { recursive: true, mode: 0o700 });
  const note = join(lentDir, `${markOf()}-${randomBytes(4).toString('hex')}.json`);
  await writeFile(note, JSON.stringify(lending), { flag: 'wx', mode: 0o600 });
  return note;
}

/** Takes away what engines lent that were killed before they could; what lay in the home before was made for it, too, and goes. */
export async function removeLentByDead(lentDir: string): Promise<void> {
  const names = await readdir(lentDir).catch(() => []);
  for (const name of names.filter(isLeftByDead)) {
    const note = join(lentDir, name);
    const lending = await readFile(note, 'utf8').then(
      (text) => JSON.parse(text) as Lending, // written above
      () => null, // cut short, before anything was lent; or somebody else was first
    );
    for (const path of lending?.paths ?? []) {
      const file = join(lending?.home ?? '', path);
      if (lending !== null && (await liesWithin(lending.home, file))) await rm(file, { force: true });
    }
    await rm(note, { force: true });
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
