/** How the agents of a run are run: as the flags say, or not at all. No driver is chosen silently. */
import { resolve } from 'node:path';
import { isForgeToken } from '../../core/checks/forge-tokens.ts';
import { BatonError, DefinitionErrors } from '../../core/errors.ts';
import type { AgentChoices } from '../../definitions/config.ts';
import { loadProfiles, PROFILES_FOLDER, type ProfileFolder } from '../../definitions/load-profiles.ts';
import { nearest } from '../../definitions/nearest.ts';
import type { AuthWay } from '../../definitions/profile-schema.ts';
import { splitCommand } from '../../definitions/split-command.ts';
import { resolveCommandWords } from '../../drivers/command-words.ts';
import { splitModelName } from '../../drivers/in-process/model-name.ts';
import type { DriverSpec } from '../../drivers/spec.ts';
import { usageError } from '../command.ts';
import type { CliContext } from '../context.ts';
import { requireTrust } from '../trust/require-trust.ts';
import { AGENT_PROGRAMS, findPrograms } from '../doctor/found-agents.ts';

export interface DriverFlags {
  driver: string | undefined;
  agentCommand: string | undefined;
  /** Names of variables that agents may see: from the flags and from the configuration. */
  agentEnv: string[];
  model: string | undefined;
  profile: string | undefined;
  auth: AuthWay | undefined;
  /** What `baton.yaml` says of agents. */
  configured: Pick<AgentChoices, 'driver' | 'profile' | 'auth'> | undefined;
  /** Where profiles lie besides the built-in ones. */
  profileFolders: readonly ProfileFolder[];
}

/** The driver that the flags name. Throws E_NO_DRIVER with what was found and the exact flags. */
export function chooseDriver(flags: DriverFlags, context: CliContext): DriverSpec {
  const { agentCommand } = flags;
  const driver = flags.driver ?? (namesAnother(flags) ? undefined : flags.configured?.driver);
  const isOther = (driver ?? (agentCommand === undefined ? 'acp' : 'command')) !== 'acp';
  if (isOther && (flags.profile !== undefined || flags.auth !== undefined))
    throw usageError(
      'A profile and how it authenticates say how the driver "acp" runs agents.',
      'Add --driver acp, or leave them out.',
    );
  if (agentCommand !== undefined && (driver === undefined || driver === 'command'))
    return commandSpec(agentCommand, flags, context);
  const profile = flags.profile ?? flags.configured?.profile ?? null;
  if (driver === 'acp' || (driver === undefined && profile !== null)) return acpSpec(profile, flags, context);
  if (driver === undefined) throw noDriver(context, flags.model);
  if (agentCommand !== undefined)
    throw usageError(
      `--agent-command says how the driver "command" runs agents, not "${driver}".`,
      'Leave one of the two out.',
    );
  if (driver === 'command')
    throw usageError(
      'The driver "command" needs to know the command.',
      'Add --agent-command "node my-agent.mjs".',
    );
  if (driver === 'in-process') {
    if (flags.model !== undefined) requireProvider(flags.model);
    requireVariables(flags.agentEnv, context);
    return { name: 'in-process', model: flags.model ?? null, env: flags.agentEnv };
  }
  if (driver === 'blueprint') return { name: 'blueprint', careless: [], rogues: {}, seed: 1, paceMs: 0 };
  if (driver.startsWith('scripted:'))
    return { name: 'scripted', file: resolve(context.cwd, driver.slice('scripted:'.length)) };
  const near = nearest(driver, ['acp', 'in-process', 'command', 'blueprint', 'scripted']);
  throw usageError(
    `There is no driver "${driver}".`,
    `${near === null ? '' : `Did you mean \`${near}\`? `}This version has: acp (with --profile), in-process (with --model), command (with --agent-command), blueprint, scripted:FILE.`,
  );
}

/** A flag that belongs to one driver says which one is meant. */
function namesAnother({ agentCommand, profile, auth }: DriverFlags): boolean {
  return agentCommand !== undefined || profile !== undefined || auth !== undefined;
}

function acpSpec(name: string | null, flags: DriverFlags, context: CliContext): DriverSpec {
  const { profiles, broken, foreign } = loadProfiles(flags.profileFolders);
  const names = [...profiles.keys()].sort();
  const known = names.join(', ');
  if (flags.agentCommand !== undefined)
    throw usageError(
      '--agent-command says how the driver "command" runs agents, not "acp".',
      'Leave one of the two out; a profile of your own names another program.',
    );
  if (name === null)
    throw usageError('The driver "acp" needs to know the profile.', `Add --profile with one of ${known}.`);
  const wrong = broken.get(name);
  if (wrong !== undefined) throw new DefinitionErrors(wrong);
  const profile = profiles.get(name);
  const near = nearest(name, [...names, ...broken.keys()]);
  if (profile === undefined)
    throw usageError(
      `There is no profile "${name}".`,
      `${near === null ? '' : `Did you mean \`--profile ${near}\`? `}There are ${known}; your own lie in ~/.config/baton/${PROFILES_FOLDER}, those of a repository in ${PROFILES_FOLDER} beside baton.yaml.`,
    );
  const found = foreign.get(name);
  if (found !== undefined) requireTrust(profile, found, context);
  requireVariables(flags.agentEnv, context);
  return { name: 'acp', profile, auth: flags.auth ?? flags.configured?.auth ?? 'key', env: flags.agentEnv };
}

function commandSpec(text: string, flags: DriverFlags, context: CliContext): DriverSpec {
  const split = splitCommand(text);
  if (!split.ok)
    throw usageError(
      `--agent-command cannot be split: ${split.problem}.`,
      'Write it as you would in a shell.',
    );
  if (split.shellSyntax !== null) {
    throw usageError(
      `--agent-command holds ${split.shellSyntax}, and it is run without a shell.`,
      'Put it into a script and name that, or quote the sign.',
    );
  }
  requireVariables(flags.agentEnv, context);
  return { name: 'command', command: resolveCommandWords(split.words, context.cwd), env: flags.agentEnv };
}

/** All missing names at once; values are never shown. The tokens that pull requests are opened with are Baton's own. */
function requireVariables(names: string[], context: CliContext): void {
  const tokens = names.filter(isForgeToken);
  if (tokens.length > 0)
    throw usageError(
      `The agents are to see ${tokens.join(', ')}, which Baton opens pull requests with: no agent gets such a token.`,
      'Take it out of --agent-env. Where an agent needs a token, make one of its own, and put it into a variable of another name.',
    );
  const missing = names.filter((name) => context.environment[name] === undefined);
  if (missing.length === 0) return;
  throw new BatonError({
    code: 'E_PREFLIGHT',
    message: `The agents are to see ${missing.join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not set.`,
    fix: 'Set them, or take them out of --agent-env and of agent_env in baton.yaml.',
  });
}

/** Its families' names give most models away. */
const FAMILIES: readonly [RegExp, string][] = [
  [/^(?:gpt|chatgpt|codex|o\d)/i, 'openai'],
  [/^(?:claude|opus|sonnet|haiku)/i, 'anthropic'],
  [/^(?:gemini|gemma)/i, 'google'],
];

/** With its provider, as far as its name says whose it is. */
function spellModel(model: string): string {
  if (model.includes('/')) return model;
  return `${FAMILIES.find(([family]) => family.test(model))?.[1] ?? 'PROVIDER'}/${model}`;
}

/** A name without a provider is passed over where a configuration has it; of a flag that would be a surprise. */
function requireProvider(model: string): void {
  if (splitModelName(model) !== null) return;
  throw usageError(
    `The model "${model}" names no provider.`,
    model.includes('/')
      ? 'Write it as PROVIDER/NAME.'
      : `${spellModel(model).startsWith('PROVIDER') ? 'Write it as' : 'Did you mean'} \`--model ${spellModel(model)}\`? Providers are anthropic, openai, google, and those under \`providers\` in baton.yaml.`,
  );
}

function noDriver(context: CliContext, model: string | undefined): BatonError {
  const found = findPrograms(AGENT_PROGRAMS, context.environment['PATH']).flatMap(({ name, path }) =>
    path === null ? [] : [`${name} (${path})`],
  );
  return new BatonError({
    code: 'E_NO_DRIVER',
    message: [
      'Nothing says how agents are run, and none is chosen for you.',
      found.length === 0
        ? `None of ${AGENT_PROGRAMS.join(', ')} is on your PATH.`
        : `Found on your PATH: ${found.join(', ')}. \`baton doctor\` says which profiles can run them.`,
    ].join('\n'),
    fix: [
      ...(model === undefined
        ? []
        : [`To call that model here, add: --driver in-process --model ${spellModel(model)}`]),
      'Add one of these:',
      '  --driver acp --profile claude         an agent that speaks the Agent Client Protocol (claude, codex, gemini, opencode, or your own)',
      '  --driver in-process --model PROVIDER/NAME   a model alone: anthropic/…, openai/…, google/…, or a server of your own',
      '  --agent-command "node my-agent.mjs"   any program that speaks protocol 1 (see examples/agents)',
      '  --driver blueprint                    rules, no model, no key: one HTTP resource in a layout it knows',
      '  --driver scripted:FILE                answers from a file, for rehearsals',
    ].join('\n'),
  });
}
