/** The command that starts a run from a plan, whole: it can be pasted as it is. */
import type { Effort } from '../core/words.ts';
import type { EventOf } from '../core/events.ts';
import { listBuiltinWorkflows } from '../definitions/builtin.ts';
import type { DriverSpec } from '../drivers/spec.ts';
import { quote } from './render/result-text.ts';

/** What is said of a start on the command line; nothing is said of what is left out. */
export interface StartWords {
  workflow?: string | undefined;
  repo?: readonly string[];
  base?: string | undefined;
  driver?: string | undefined;
  model?: string | undefined;
  profile?: string | undefined;
  auth?: string | undefined;
  agentCommand?: string | undefined;
  agentEnv?: readonly string[];
  agentNetwork?: boolean | undefined;
  forge?: string | undefined;
  sandbox?: string | undefined;
  effort?: Effort | undefined;
}

const USUAL = { forge: 'local', sandbox: 'required', auth: 'key' };

/** `baton run` with this plan and these words. */
export function runCommand(plan: string, words: StartWords): string {
  const flag = (name: string, value: string | undefined): string[] =>
    value === undefined ? [] : [`--${name} ${quote(value)}`];
  const unlessUsual = (name: keyof typeof USUAL): string[] =>
    words[name] === USUAL[name] ? [] : flag(name, words[name]);
  return [
    'baton run',
    ...flag('workflow', words.workflow),
    ...flag('plan', plan),
    ...(words.repo ?? []).flatMap((path) => flag('repo', path)),
    ...flag('base', words.base),
    ...flag('driver', words.driver),
    ...flag('model', words.model),
    ...flag('profile', words.profile),
    ...unlessUsual('auth'),
    ...flag('agent-command', words.agentCommand),
    ...(words.agentEnv ?? []).flatMap((name) => flag('agent-env', name)),
    ...(words.agentNetwork === true ? ['--agent-network'] : []),
    ...unlessUsual('forge'),
    ...unlessUsual('sandbox'),
    ...flag('effort', words.effort),
  ].join(' ');
}

/** What a stored run was started with; `own` is the repository of the caller, which needs no naming. */
export function wordsOfRun(
  started: EventOf<'run_started'>,
  driver: DriverSpec | null,
  own: string | null,
): StartWords {
  const paths = started.repos.map((repo) => repo.path);
  return {
    workflow: workflowWord(started.graph.workflow),
    repo: paths.length === 1 && paths[0] === own ? [] : paths,
    ...(driver === null ? {} : driverWords(driver)),
    agentNetwork: started.agent_network === true,
    forge: started.forge,
    sandbox: started.sandbox === 'off' ? 'off' : 'required',
  };
}

/** A run knows its workflow, not the file that it came from. */
function workflowWord(name: string): string {
  return listBuiltinWorkflows().some((each) => each.name === name) ? name : `${name}.yaml`;
}

function driverWords(spec: DriverSpec): StartWords {
  switch (spec.name) {
    case 'command':
      return { agentCommand: spec.command.map(quote).join(' '), agentEnv: spec.env };
    case 'acp':
      return { driver: 'acp', profile: spec.profile.name, auth: spec.auth, agentEnv: spec.env };
    case 'in-process':
      return { driver: 'in-process', model: spec.model ?? undefined, agentEnv: spec.env };
    case 'blueprint':
      return { driver: 'blueprint' };
    case 'scripted':
      return 'file' in spec ? { driver: `scripted:${spec.file}` } : {};
  }
}
