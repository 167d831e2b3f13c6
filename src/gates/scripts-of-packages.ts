/**
 * Whether packages run scripts when they are installed, where files say it: npm's lockfile by package, the others by what they are allowed.
 * Whatever is not known to be so counts as if scripts ran.
 */
import { asObject, isObject, type Json } from '../core/json.ts';

/** Where packages are installed, in the words of npm. */
export interface Machine {
  os: string;
  cpu: string;
  /** `glibc` or `musl`; null: nobody knows, or it is no Linux. */
  libc: () => string | null;
}

export function thisMachine(): Machine {
  return { os: process.platform, cpu: process.arch, libc: libcOfProcess };
}

function libcOfProcess(): string | null {
  if (process.platform !== 'linux') return null;
  // Else names of hosts would be looked up; the types do not know it yet.
  const report = Object.assign(process.report, { excludeNetwork: true });
  const { header, sharedObjects } = asObject(report.getReport());
  if (typeof asObject(header)['glibcVersionRuntime'] === 'string') return 'glibc';
  const loaded = Array.isArray(sharedObjects) ? sharedObjects.map(String) : [];
  return loaded.some((file) => /libc\.musl-|ld-musl-/u.test(file)) ? 'musl' : null;
}

/** Of npm's lockfile: packages for other machines than this one are left out when it is installed; null: nobody knows which it is. The first format does not say who has scripts. */
export function locksNoScripts(lockfile: string, machine: Machine | null): boolean {
  const packages = parse(lockfile)?.['packages'];
  if (!isObject(packages)) return false;
  return Object.values(packages)
    .map(asObject)
    .every((each) => each['hasInstallScript'] !== true || (machine !== null && isForOthers(each, machine)));
}

function isForOthers({ os, cpu, libc }: Json, machine: Machine): boolean {
  return (
    excludes(os, machine.os) ||
    excludes(cpu, machine.cpu) ||
    (libc !== undefined && machine.libc() !== null && excludes(libc, machine.libc() ?? ''))
  );
}

/** A list as in a manifest: what is wanted, and with `!` what is not. */
function excludes(list: unknown, ours: string): boolean {
  const words = typeof list === 'string' ? [list] : list;
  if (!Array.isArray(words) || words.length === 0 || !words.every((word) => typeof word === 'string'))
    return false;
  if (words.includes(`!${ours}`)) return true;
  const wanted = words.filter((word) => !word.startsWith('!'));
  return wanted.length > 0 && !wanted.includes(ours) && !wanted.includes('any');
}

/** From this version on pnpm runs no scripts of packages unless settings name them; all these settings are seen elsewhere. */
const PNPM_ASKS = 10;
/** Lockfiles of pnpm up to version 8 name the packages that have something to build: these are the same whichever version installs them. */
const PNPM_SAYS = /^lockfileVersion: ['"]?[56]\./mu;
const PNPM_BUILDS = /^\s+(?:requiresBuild|prepare|hasInstallScript): true$/mu;

/** By its lockfile, or by its version: `installed` is the one that the command starts, and the manifest may name another one that it hands over to. */
export function pnpmRunsNothing(
  { lockfile, manifest }: { lockfile: string; manifest: string },
  installed: number | null,
): boolean {
  if (PNPM_SAYS.test(lockfile)) return !PNPM_BUILDS.test(lockfile);
  const { packageManager, devEngines } = parse(manifest) ?? {};
  if (installed === null || installed < PNPM_ASKS || devEngines !== undefined) return false;
  const text = typeof packageManager === 'string' ? packageManager : '';
  const named = packageManager === undefined ? installed : majorOf(text, /^pnpm@(\d+)\./u);
  return named !== null && named >= PNPM_ASKS;
}

export function majorOf(text: string, pattern: RegExp): number | null {
  const [, major] = pattern.exec(text) ?? [];
  return major === undefined ? null : Number(major);
}

/** Without a list of its own bun trusts packages that it knows. */
export function bunRunsNothing(manifest: string): boolean {
  const trusted = parse(manifest)?.['trustedDependencies'];
  return Array.isArray(trusted) && trusted.length === 0;
}

export function yarnRunsNothing(settings: string): boolean {
  const said = [...settings.matchAll(/^enableScripts:\s*(\S+)\s*$/gmu)].map(([, word]) => word);
  return said.length === 1 && said[0] === 'false';
}

function parse(text: string): Json | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null;
  }
}
