/** What commands that call agents have in common: the options that say how agents are run, and what comes of them. */
import { Option } from '@commander-js/extra-typings';
import type { Config } from '../../definitions/config.ts';
import { AUTH_WAYS } from '../../definitions/profile-schema.ts';
import type { DriverSpec } from '../../drivers/spec.ts';
import { chooseDriver } from './choose-driver.ts';
import { collect, createCommand } from '../command.ts';
import { profileFolders } from '../trust/profile-folders.ts';
import type { CliContext } from '../context.ts';
import { sandboxOption } from './sandbox-option.ts';

const NOTHING: string[] = [];

/** A command with the options that say how agents are run. */
export function createAgentCommand(name: string, description: string, context: CliContext) {
  return createCommand(name, description, context)
    .option('--driver <name>', 'how agents are run: acp, in-process, command, blueprint, scripted:FILE')
    .option(
      '--profile <name>',
      'the agent program that the driver "acp" runs: claude, codex, gemini, opencode, or your own',
    )
    .option(
      '--model <name>',
      'the model of agents about whom baton.yaml says nothing else; PROVIDER/NAME for "in-process"',
    )
    .addOption(
      new Option(
        '--auth <way>',
        'how that program authenticates: with a key, or with your own login',
      ).choices(AUTH_WAYS),
    )
    .option(
      '--agent-command <command>',
      'the program that the driver "command" runs; split like a shell does, run without one',
    )
    .option('--agent-env <name>', 'a variable that agents may see, may be given again', collect, NOTHING)
    .option(
      '--agent-network',
      'agents may reach the whole network; by default only what Baton opens for them',
    )
    .addOption(sandboxOption())
    .option('--record <folder>', 'write down what models answer, one file per call')
    .option('--replay <folder>', 'take the answers of models from such a folder, and ask nobody');
}

export type AgentFlags = ReturnType<ReturnType<typeof createAgentCommand>['opts']>;

/** The driver that flags, environment and configuration name; throws where there is none. */
export function driverHere(flags: AgentFlags, config: Config, context: CliContext): DriverSpec {
  return chooseDriver(
    {
      driver: flags.driver,
      agentCommand: flags.agentCommand,
      agentEnv: [...new Set([...config.agentEnv, ...flags.agentEnv])],
      model: flags.model,
      profile: flags.profile,
      auth: flags.auth,
      configured: config.agents,
      profileFolders: profileFolders(context),
    },
    context,
  );
}

/** The configuration as it is with these flags: `--model` stands for `model` under `agents`. */
export function withFlags(config: Config, { model, agentNetwork }: AgentFlags): Config {
  const open = agentNetwork === true ? { ...config, agentNetwork: true } : config;
  if (model === undefined) return open;
  const nothing = { profile: null, auth: 'key' as const, roles: {}, names: {} };
  return { ...open, agents: { ...nothing, ...open.agents, model } };
}
