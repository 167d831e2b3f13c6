/** Which agents this machine has, whether each starts, and who it says it is: a line of `baton doctor` per profile. */
import { BatonError, formatDiagnostic } from '../../core/errors.ts';
import { loadProfiles, type ForeignProfile, type LoadedProfiles } from '../../definitions/load-profiles.ts';
import { suggest } from '../../definitions/nearest.ts';
import type { Profile } from '../../definitions/profile-schema.ts';
import type { CliContext } from '../context.ts';
import type { Finding } from './finding.ts';
import type { CheckedProfile } from './usable-agents.ts';
import { findPrograms } from './found-agents.ts';
import { profileFolders } from '../trust/profile-folders.ts';
import { trustOf } from '../trust/trusted-profiles.ts';

/** Agents load a lot before they say their first word. */
const DEADLINE_MS = 30_000;

/**
 * One after the other, since each takes a whole processor to start. None of them stops a run by being absent. A program that
 * a repository names is somebody else's word: it is started only where the caller names its profile in `tried`.
 */
export async function checkProfiles(
  context: CliContext,
  tried: readonly string[],
): Promise<{ checked: (CheckedProfile & { finding: Finding })[]; broken: Finding[] }> {
  const { profiles, broken, foreign } = loadProfiles(profileFolders(context));
  const unknown = tried.find((name) => !profiles.has(name) && !broken.has(name));
  if (unknown !== undefined)
    throw new BatonError({
      code: 'E_USAGE',
      message: `There is no profile ${unknown} to try.`,
      fix: suggest(unknown, [...profiles.keys()].sort(), 'profiles'),
    });
  const checked: (CheckedProfile & { finding: Finding })[] = [];
  for (const profile of profiles.values()) {
    const found = foreign.get(profile.name) ?? null;
    const mayStart = found === null || tried.includes(profile.name) || trustOf(found, context) === 'trusted';
    checked.push({
      profile,
      ...(await checkProfile(profile, { context, notStarted: mayStart ? null : found })),
    });
  }
  return { checked, broken: brokenProfiles(broken) };
}

/** What is wrong in files of this folder stops who uses the profile, and nobody else. */
function brokenProfiles(broken: LoadedProfiles['broken']): Finding[] {
  return [...broken].flatMap(([name, diagnostics]) =>
    diagnostics.map((each): Finding => ({
      name: `profile ${name}`,
      state: 'warning',
      detail: formatDiagnostic(each),
      fix: each.fix,
    })),
  );
}

async function checkProfile(
  profile: Profile,
  { context, notStarted }: { context: CliContext; notStarted: ForeignProfile | null },
): Promise<Omit<CheckedProfile, 'profile'> & { finding: Finding }> {
  const name = `profile ${profile.name}`;
  const [program = ''] = profile.command;
  const path = program.startsWith('/')
    ? program
    : (findPrograms([program], context.environment['PATH'])[0]?.path ?? null);
  if (path === null) {
    const fix = profile.install === '' ? '' : `\`${profile.install}\`, if you want it.`;
    const detail = `${program} is not on PATH`;
    return { program: 'missing', finding: { name, state: 'warning', detail, fix } };
  }
  if (notStarted !== null)
    return {
      program: 'not_tried',
      finding: {
        name,
        state: 'warning',
        detail: `${path}: not started, since ${notStarted.file} names it`,
        fix: `\`baton doctor --try ${profile.name}\` starts it once, \`baton agents trust ${profile.name}\` shows what it takes.`,
      },
    };
  const { introduceAgent } = await import('../../drivers/acp/introduce-agent.ts');
  const { openWall } = await import('../../workspace/wall/open-wall.ts');
  const { environment } = context;
  const { wall } = await openWall({ mode: 'auto', path: environment['PATH'] ?? '' });
  const met = await introduceAgent({ profile, environment, wall, deadlineMs: DEADLINE_MS });
  if (met.kind === 'silent')
    return {
      program: 'missing',
      finding: {
        name,
        state: 'warning',
        detail: `${path}: ${met.detail}`,
        fix: `Try \`${profile.command.join(' ')}\` by itself.`,
      },
    };
  const { tested } = profile;
  const version = met.version ?? 'of an unknown version';
  const known = tested.length === 0 || tested.includes(version) ? '' : ` (tried with ${tested.join(', ')})`;
  const seconds = (met.tookMs / 1_000).toFixed(1);
  const detail = `${met.name} ${version}${known} answers in ${seconds} s, ${path}`;
  return { program: 'answers', finding: { name, state: 'ok', detail, fix: '' } };
}
