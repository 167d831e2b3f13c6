/** What an agent finds in its environment: little, and nothing that was not asked for by name. */
import { isForgeToken } from '../core/checks/forge-tokens.ts';
import { pathFolders } from './process/program.ts';

const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';
/** Set here for every agent; naming them changes nothing. */
const OWN_NAMES = new Set(['PATH', 'HOME', 'TMPDIR', 'TERM']);
/** These put foreign code or foreign settings into every program that sees them, the wall included. */
const REFUSED_NAMES = [
  /^(NODE_OPTIONS|NODE_PATH|BASH_ENV|ENV|SHELLOPTS|BASHOPTS|PROMPT_COMMAND)$/,
  /^(LD|DYLD|GIT|BATON|BASH_FUNC)_/,
  /^(PYTHONSTARTUP|PYTHONPATH|PYTHONHOME|PERL5OPT|PERL5LIB|RUBYOPT|RUBYLIB)$/,
  /^(JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|_JAVA_OPTIONS)$/,
  /^SSH_AUTH_SOCK$/,
];

/** The whole environment of one invocation; its mark is added where it is started. */
export function composeEnvironment(options: {
  environment: Readonly<Record<string, string | undefined>>;
  /** What the user lets through. */
  names: readonly string[];
  home: string;
  temporary: string;
}): Record<string, string> {
  const { environment, names, home, temporary } = options;
  const path = pathFolders(environment['PATH'] ?? '').join(':');
  return {
    LANG: environment['LANG'] ?? 'C.UTF-8',
    ...Object.fromEntries(passedValues(environment, names)),
    PATH: path === '' ? DEFAULT_PATH : path,
    HOME: home,
    TMPDIR: temporary,
    TERM: 'dumb',
  };
}

/**
 * What a user lets through, by name. It is often a key: nothing that an agent says puts one of these values into the
 * store.
 */
export function passedValues(
  environment: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): Map<string, string> {
  const passed = names.filter((name) => !isRefused(name));
  return new Map(passed.flatMap((name) => entryOf(name, environment[name])));
}

function entryOf(name: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[name, value]];
}

/** One sentence per name that no agent ever gets. */
export function refusedNames(names: readonly string[]): string[] {
  return names
    .filter(isRefused)
    .map(
      (name) =>
        `${name} is never passed on to agents, since it ${whyRefused(name)}; remove it from the names.`,
    );
}

function whyRefused(name: string): string {
  return isForgeToken(name) ? 'is a token that pull requests are opened with' : 'changes what programs do';
}

/** These say where a model is called, or from where an agent takes its settings. */
const STEERING_NAMES = [
  /^(ANTHROPIC|OPENAI|GEMINI|GOOGLE_GEMINI|GOOGLE_VERTEX|AZURE_OPENAI|OPENROUTER|LITELLM)_(BASE_URL|BASE|API_BASE|API_URL|ENDPOINT|PROXY)$/,
  /^(ANTHROPIC_AUTH_TOKEN|ANTHROPIC_CUSTOM_HEADERS|CLAUDE_CODE_USE_\w+|CLAUDE_CONFIG_DIR|CODEX_HOME|CODEX_CONFIG|MODEL_PROVIDER)$/,
  /^(OPENCODE_CONFIG\w*|GEMINI_CLI_\w+|XDG_(CONFIG|DATA|STATE|CACHE)_HOME)$/,
  /^(HTTPS?|ALL|NO)_PROXY$/i,
];

/** One sentence per name that would lead an agent past the gateway that it is handed. */
export function steeringNames(names: readonly string[]): string[] {
  return names
    .filter((name) => STEERING_NAMES.some((pattern) => pattern.test(name)))
    .map(
      (name) =>
        `${name} is not passed on to agents that call models through Baton, since it decides where they call; remove it from the names, or name the provider under providers in baton.yaml.`,
    );
}

function isRefused(name: string): boolean {
  return OWN_NAMES.has(name) || isForgeToken(name) || REFUSED_NAMES.some((pattern) => pattern.test(name));
}
