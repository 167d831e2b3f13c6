/** Whether anybody here could do the work of a run: one line of `baton doctor`, from what its other lines found. */
import type { AgentChoices } from '../../definitions/config.ts';
import { nearest } from '../../definitions/nearest.ts';
import type { Profile } from '../../definitions/profile-schema.ts';
import type { ProviderFacts } from '../../gateway/gateway.ts';
import type { CliContext } from '../context.ts';
import type { Finding } from './finding.ts';

/** What was found of a profile's program. `not_tried`: it is there, and nobody allowed to start it. */
export interface CheckedProfile {
  profile: Profile;
  program: 'answers' | 'not_tried' | 'missing';
}

/** What `baton.yaml` chooses; absent: anybody will do. */
export type Choice = Partial<Pick<AgentChoices, 'driver' | 'profile'>>;

const FIX =
  'Install the program of a profile and set its key (or log in with it), or set the key of a provider: docs/guides/agents.md. Without a model there are --agent-command, with a program of yours, and --driver blueprint.';

/** A warning where nobody can, since a run may name a driver that takes no model; a problem where `baton.yaml` chose who. */
export async function checkAgents(
  context: CliContext,
  found: { profiles: readonly CheckedProfile[]; providers: readonly ProviderFacts[]; choice: Choice },
): Promise<Finding> {
  const { profiles, providers, choice } = found;
  const { driver, profile: wanted = null } = choice;
  const isModelOnly = driver === 'in-process';
  if (wanted !== null && !isModelOnly && !profiles.some(({ profile }) => profile.name === wanted))
    return unknownProfile(
      wanted,
      profiles.map(({ profile }) => profile.name),
    );
  const asked = isModelOnly
    ? []
    : profiles.filter(({ profile }) => wanted === null || profile.name === wanted);
  const usable = (
    await Promise.all(asked.map(async (each) => ((await isUsable(each, context, providers)) ? [each] : [])))
  ).flat();
  const callable = driver === 'acp' || wanted !== null ? [] : providers.filter((each) => each.usable);
  const names = [
    ...usable.map(
      ({ profile, program }) => `profile ${profile.name}${program === 'answers' ? '' : ' (not started)'}`,
    ),
    ...callable.map(({ name }) => `models of ${name}`),
  ];
  if (names.length > 0) return { name: 'agents', state: 'ok', detail: names.join(', '), fix: '' };
  const chosen = isModelOnly ? 'the driver in-process' : wanted === null ? null : `profile ${wanted}`;
  const who = chosen === null ? 'no agent can work' : `baton.yaml names ${chosen}, which cannot work`;
  const lacks = isModelOnly
    ? 'no provider can be called'
    : 'no program answers that has a key or a login, and no provider can be called';
  const why = wanted === null ? lacks : 'its program does not answer, or has neither key nor login';
  const state = chosen === null ? 'warning' : 'problem';
  return { name: 'agents', state, detail: `${who}: ${why}`, fix: FIX };
}

function unknownProfile(wanted: string, known: readonly string[]): Finding {
  const near = nearest(wanted, known);
  const list = `Profiles: ${known.join(', ')}.`;
  return {
    name: 'agents',
    state: 'problem',
    detail: `baton.yaml names profile ${wanted}, and there is none of this name`,
    fix: near === null ? list : `Did you mean \`${near}\`? ${list}`,
  };
}

/** With a key, or with a login. */
async function isUsable(
  { profile, program }: CheckedProfile,
  { environment }: CliContext,
  providers: readonly ProviderFacts[],
): Promise<boolean> {
  if (program === 'missing') return false;
  const { findProblems } = await import('../../drivers/acp/preflight.ts');
  const { isMetered } = await import('../../drivers/acp/invocation.ts');
  return (['key', 'login'] as const).some((auth) => {
    const options = { profile, auth, env: [], environment };
    return (
      findProblems({ ...options, isMetered: isMetered(options) }, { models: [], providers }).length === 0
    );
  });
}
