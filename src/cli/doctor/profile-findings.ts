/** Which agents this machine has, whether each starts, and who it says it is: a line of `baton doctor` per profile. */
import { join } from 'node:path';
import { loadProfiles, PROFILES_FOLDER } from '../../definitions/load-profiles.ts';
import type { Profile } from '../../definitions/profile-schema.ts';
import type { CliContext } from '../context.ts';
import type { Finding } from './finding.ts';
import { findPrograms } from './found-agents.ts';
import { findRepository } from '../places.ts';

/** Agents load a lot before they say their first word. */
const DEADLINE_MS = 30_000;

/** One after the other, since each takes a whole processor to start. None of them stops a run by being absent. */
export async function checkProfiles(context: CliContext): Promise<Finding[]> {
  const folder = join(findRepository(context.cwd) ?? context.cwd, PROFILES_FOLDER);
  const findings: Finding[] = [];
  for (const profile of loadProfiles([folder]).values()) findings.push(await checkProfile(profile, context));
  return findings;
}

async function checkProfile(profile: Profile, context: CliContext): Promise<Finding> {
  const name = `profile ${profile.name}`;
  const [program = ''] = profile.command;
  const path = program.startsWith('/')
    ? program
    : (findPrograms([program], context.environment['PATH'])[0]?.path ?? null);
  if (path === null) {
    const fix = profile.install === '' ? '' : `\`${profile.install}\`, if you want it.`;
    return { name, state: 'warning', detail: `${program} is not on PATH`, fix };
  }
  const { introduceAgent } = await import('../../drivers/acp/introduce-agent.ts');
  const { openWall } = await import('../../workspace/wall/open-wall.ts');
  const { environment } = context;
  const { wall } = await openWall({ mode: 'auto', path: environment['PATH'] ?? '' });
  const met = await introduceAgent({ profile, environment, wall, deadlineMs: DEADLINE_MS });
  if (met.kind === 'silent')
    return {
      name,
      state: 'warning',
      detail: `${path}: ${met.detail}`,
      fix: `Try \`${profile.command.join(' ')}\` by itself.`,
    };
  const { tested } = profile;
  const version = met.version ?? 'of an unknown version';
  const known = tested.length === 0 || tested.includes(version) ? '' : ` (tried with ${tested.join(', ')})`;
  const seconds = (met.tookMs / 1_000).toFixed(1);
  return {
    name,
    state: 'ok',
    detail: `${met.name} ${version}${known} answers in ${seconds} s, ${path}`,
    fix: '',
  };
}
