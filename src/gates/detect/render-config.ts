/** Writes the `baton.yaml` that `baton init` leaves behind: what was detected, with a word on each part. */
import { stringify } from 'yaml';
import {
  MUTATION_BOUNDS,
  PROBE_DEFAULTS,
  type GateCommand,
  type ModuleConfig,
  type RepoConfig,
} from '../../definitions/config.ts';
import { formatDuration } from '../../definitions/duration.ts';
import { isWatchable } from './node-package.ts';

const HEAD = `# How Baton checks this work; docs/baton-yaml.md of Baton has every key. Gates run on commits, in fresh checkouts, without network, and always
# with this file as it stands in your checkout when the run starts: what an agent changes here is not used. Commit it.
`;
const TAIL = `
# Bounds of a run; docs/workflows.md of Baton lists them with their ranges.
# limits:
#   max_rework: 3
#   gate_timeout: 30m

# Environment variables that agents may see, by name.
agent_env: []
`;

/** Loads again to exactly these configurations. */
export function renderConfig(repos: Record<string, RepoConfig>): string {
  const entries = Object.entries(repos);
  if (entries.length === 0) return `${HEAD}\nrepos: {}\n${TAIL}`;
  return `${HEAD}\nrepos:\n${entries.map(([name, config]) => renderRepo(name, config)).join('')}${TAIL}`;
}

function renderRepo(name: string, config: RepoConfig): string {
  const modules = config.modules.length === 0 ? ' []\n' : `\n${config.modules.map(renderModule).join('')}`;
  return `  ${scalar(name)}:
    # Patterns of paths that no agent may change without an approval, beside the built-in ones.
    protected: ${flow(config.protectedPaths)}
${renderLayers(config)}    modules:${modules}`;
}

function renderLayers({ tests }: RepoConfig): string {
  if (tests === undefined) return '';
  const layers = Object.entries(tests).map(([layer, globs]) => `      ${layer}: ${flow(globs)}\n`);
  return `    # Where the tests of each layer lie; a file of several belongs to the last of them.\n    tests:\n${layers.join('')}`;
}

function renderModule(module: ModuleConfig): string {
  const setup =
    module.setup === null
      ? ''
      : `        # ${setupWords(module.setup)}\n        setup:\n${lines(setupLines(module.setup), 10)}`;
  const plain = module.gates.filter((gate) => gate.kind !== 'coverage' && gate.kind !== 'help');
  const gates =
    plain.length === 0
      ? '        gates: []\n'
      : `        gates:\n${plain.map(renderGate).join('')}${suggestMore(plain)}`;
  const name = module.name === undefined ? '' : `        name: ${scalar(module.name)}\n`;
  return `      - path: ${scalar(module.path)}\n${name}${setup}${gates}${renderAdditions(module)}`;
}

const setupWords = ({ network }: GateCommand): string =>
  `Runs once in the fresh checkout, before the gates, ${network ? 'with network (`network: false` takes it away)' : 'without network'}.`;

/** A few minutes for each full pass are a person's to spend. */
function suggestMore(gates: readonly GateCommand[]): string {
  const isThere = gates.some(({ kind }) => kind === 'mutation');
  return gates.some(isWatchable) && !isThere ? MUTATION_COMMENT : '';
}

const MUTATION_COMMENT = `          # Whether the tests notice when the changed lines are changed a little: tests that pass whatever the code does
          # show nothing, and answers written for one test are found. Runs them for up to \`time\`, once a phase.
          # - name: mutation
          #   kind: mutation
          #   time: ${formatDuration(MUTATION_BOUNDS.timeMs)}
`;

function renderAdditions(module: ModuleConfig): string {
  return module.gates
    .map((gate) => {
      if (gate.kind === 'coverage')
        return `        # Runs where a workflow asks how much of the changed lines is tested.\n        coverage:\n${lines([...commandLines(gate, false), `lcov: ${scalar(gate.report ?? '')}`], 10)}`;
      if (gate.kind === 'help')
        return `        # Its output has to name the options and commands that a change adds.\n        cli:\n${lines(commandLines(gate, false), 10)}`;
      return '';
    })
    .join('');
}

function renderGate(gate: GateCommand): string {
  const first = `          - name: ${scalar(gate.name)}\n`;
  if (gate.kind === 'reach') return `${REACH_COMMENT}${first}${lines(reachLines(gate), 12)}`;
  if (gate.kind === 'probe') return `${PROBE_COMMENT}${first}${lines(probeLines(gate), 12)}`;
  if (gate.kind === 'mutation') return first + lines(mutationLines(gate), 12);
  if (gate.kind === 'executed')
    return (
      EXECUTED_COMMENT +
      first +
      lines(
        ['kind: executed', ...(gate.unrun === undefined ? [] : [`unrun: ${gate.unrun}`]), setLine(gate.set)],
        12,
      )
    );
  return first + lines([`kind: ${gate.kind}`, ...commandLines(gate, false), ...gateLines(gate)], 12);
}

const REACH_COMMENT = `          # Whether code that is no test reaches what a change exports: read, nothing is run. Files that something loads
          # in ways that reading does not show are named as \`entries: [glob]\`.
`;

function reachLines({ entries, set }: GateCommand): string[] {
  return ['kind: reach', ...(entries === undefined ? [] : [`entries: ${flow(entries)}`]), setLine(set)];
}

const EXECUTED_COMMENT = `          # Whether tests run each function that changes: runs them once more. What no test runs stops the change;
          # \`unrun: shown\` shows it.
`;

const PROBE_COMMENT = `          # Starts the service with the script \`start\` and sends right and wrong input to the endpoints that accepted
          # requirements name. \`start: [node, server.js]\` starts it otherwise, \`headers:\` go along (a token for tests),
          # \`before:\` fills its store. It is told its port by PORT. Small
          # requests go to one specialist without requirements: then there is nothing to ask, and it is not applicable.
`;

function probeLines({ command, shell, env, timeoutMs, set, probe = PROBE_DEFAULTS }: GateCommand): string[] {
  const { port, portEnv, ready, headers, before, startTimeoutMs, replyTimeoutMs, paths } = probe;
  const words = (argv: string[]): string => (shell ? scalar(argv.join(' ')) : flow(argv));
  const said: (string | false)[] = [
    'kind: probe',
    command.length > 0 && `start: ${words(command)}`,
    shell && 'shell: true',
    before !== null && `before: ${words(before)}`,
    port !== null && `port: ${port}`,
    portEnv !== PROBE_DEFAULTS.portEnv && `port_env: ${portEnv}`,
    ready !== null && `ready: ${scalar(ready)}`,
    Object.keys(headers).length > 0 && `headers: ${JSON.stringify(headers)}`,
    env.length > 0 && `env: ${flow(env)}`,
    timeoutMs !== null && `timeout: ${formatDuration(timeoutMs)}`,
    startTimeoutMs !== PROBE_DEFAULTS.startTimeoutMs && `start_timeout: ${formatDuration(startTimeoutMs)}`,
    replyTimeoutMs !== PROBE_DEFAULTS.replyTimeoutMs && `reply_timeout: ${formatDuration(replyTimeoutMs)}`,
    paths.length > 0 && `paths: ${flow(paths)}`,
    setLine(set),
  ];
  return said.filter((line) => line !== false);
}

function mutationLines({ mutation = MUTATION_BOUNDS }: GateCommand): string[] {
  const { timeMs, mostMutants, minScore } = mutation;
  return [
    'kind: mutation',
    `time: ${formatDuration(timeMs)}`,
    `max_mutants: ${mostMutants}`,
    `min_score: ${minScore}`,
  ];
}

function setupLines(setup: GateCommand): string[] {
  const why = '# Variables that it sees, where they are set: proxies, certificates, registries.';
  return [
    ...(setup.name === 'setup' ? [] : [`name: ${scalar(setup.name)}`]),
    ...(setup.registries === false ? ['registries: false'] : []),
    ...commandLines(setup, true).flatMap((line) => (line.startsWith('env:') ? [why, line] : [line])),
  ];
}

function gateLines(gate: GateCommand): string[] {
  const found: string[] = [];
  if (gate.kind === 'tests')
    found.push(`reporter: ${gate.reporter}${gate.reporter === 'none' ? ' # unverified: no test names' : ''}`);
  if (gate.report !== null) found.push(`report: ${scalar(gate.report)}`);
  if (gate.canary !== undefined) {
    const { file, text } = gate.canary;
    found.push('# A failing test, put beside the others for a run: a report that lacks it proves nothing.');
    found.push('canary:', `  file: ${scalar(file)}`, `  text: ${JSON.stringify(text)}`);
  }
  return [...found, setLine(gate.set)];
}

const setLine = (set: GateCommand['set']): string =>
  `set: ${set}${set === 'quick' ? ' # after each writing agent' : ' # at the end of a phase'}`;

function commandLines(gate: GateCommand, networkByDefault: boolean): string[] {
  const found = [`command: ${gate.shell ? scalar(gate.command.join(' ')) : flow(gate.command)}`];
  if (gate.shell) found.push('shell: true');
  if (gate.env.length > 0) found.push(`env: ${flow(gate.env)}`);
  if (gate.network !== networkByDefault) found.push(`network: ${gate.network}`);
  if (gate.timeoutMs !== null) found.push(`timeout: ${formatDuration(gate.timeoutMs)}`);
  return found;
}

const lines = (texts: string[], indent: number): string =>
  texts.map((text) => `${' '.repeat(indent)}${text}\n`).join('');

/** One line, quoted where YAML would read something else. */
function scalar(text: string): string {
  return stringify(text, {
    lineWidth: 0,
    defaultStringType: /[\n]/.test(text) ? 'QUOTE_DOUBLE' : 'PLAIN',
    blockQuote: false,
  }).trim();
}

/** A list of words on one line; JSON strings are YAML strings. */
function flow(words: string[]): string {
  return `[${words.map((word) => (/^[\w./-]+$/.test(word) ? scalar(word) : JSON.stringify(word))).join(', ')}]`;
}
