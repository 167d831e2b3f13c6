/** `baton init`: looks at this repository and writes baton.yaml. */
import { existsSync, writeFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BatonError } from '../../core/errors.ts';
import type { GateCommand, RepoConfig } from '../../definitions/config.ts';
import { createCommand, usageError } from '../command.ts';
import { CONFIG_FILE, isEmptyYaml } from '../config-here.ts';
import { printJson, printLines, type CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { AGENT_PROGRAMS, findPrograms } from '../doctor/found-agents.ts';
import { heldPrograms, sayHeld } from '../doctor/held-programs.ts';
import { findRepository, newStateDir } from '../places.ts';
import { escapeText } from '../render/escape.ts';

/** File systems whose locks cannot be relied on, by their magic numbers. */
const NETWORK_FILE_SYSTEMS = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x517b, 'SMB'],
  [0x01021997, '9p'],
]);

/** Writes what was detected, once; a file with anything in it is replaced only with `--force`. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand('init', 'Looks at this repository and writes baton.yaml.', context)
    .option('--force', `replace an existing ${CONFIG_FILE}`)
    .option('--json', 'print one JSON document')
    .parse(argv, { from: 'user' });
  const { force, json } = command.opts();
  const repository = findRepository(context.cwd);
  if (repository === null) throw noRepository(context);
  const file = join(repository, CONFIG_FILE);
  const isEmpty = existsSync(file) && isEmptyYaml(file);
  if (existsSync(file) && !isEmpty && force !== true)
    throw usageError(`${file} is there already.`, 'Edit it, or replace it: `baton init --force`.');
  const { name, config, seen, hasCommits } = await look(repository, context);
  const { renderConfig } = await import('../../gates/detect/render-config.ts');
  writeFileSync(file, renderConfig({ [name]: config }), { flag: force === true || isEmpty ? 'w' : 'wx' });
  const stateDir = newStateDir(context);
  await createStore(stateDir, context);
  const warnings = await fileSystemWarnings(stateDir);
  const held = await heldPrograms(repository, config);
  const notes = [...seen, ...[sayHeld(held) ?? []].flat(), ...warnings];
  if (json === true)
    printJson(context, { file, state_dir: stateDir, repository: name, config, seen, held, warnings });
  else printLines(context, initLines({ file, stateDir, config, seen: notes, hasCommits }, context));
  return EXIT.done;
}

async function look(
  repository: string,
  { environment }: CliContext,
): Promise<{ name: string; config: RepoConfig; seen: string[]; hasCommits: boolean }> {
  const [{ detectRepo }, { withNetworkSettings }, { inspectRepository }, { sayUnshared }] = await Promise.all(
    [
      import('../../gates/detect/detect-repo.ts'),
      import('../../gates/network-settings.ts'),
      import('../../workspace/inspect.ts'),
      import('../../gates/plan-install.ts'),
    ],
  );
  const detected = await detectRepo(repository);
  // A repository without a commit has no base yet, and can be looked at all the same.
  const base = await inspectRepository({ path: repository, ref: null }).then(
    (inspected) => ({ name: inspected.repo.name, hasCommits: true }),
    (error: unknown) => ({ name: basename(repository), hasCommits: !isWithoutCommits(error) }),
  );
  const config = withNetworkSettings(detected.config, environment);
  const unshared = config.modules.map(async ({ setup, path: module }) =>
    setup === null ? null : sayUnshared({ setup, root: repository, module, environment }),
  );
  const said = (await Promise.all(unshared)).filter((each) => each !== null);
  return { ...base, seen: [...detected.seen, ...said], config };
}

const isWithoutCommits = (error: unknown): boolean =>
  error instanceof BatonError && error.message.endsWith('has no commits.');

async function createStore(stateDir: string, context: CliContext): Promise<void> {
  const [{ openSqliteJournal }, { readOwnIdentity }] = await Promise.all([
    import('../../journal/sqlite/open.ts'),
    import('../../journal/process-identity.ts'),
  ]);
  const host = readOwnIdentity(context.hostName);
  await using _journal = await openSqliteJournal({ dir: stateDir, clock: context.now, host });
}

async function fileSystemWarnings(dir: string): Promise<string[]> {
  const { type } = await statfs(dir);
  const name = NETWORK_FILE_SYSTEMS.get(type);
  if (name === undefined) return [];
  return [
    `${dir} lies on ${name}, where locks cannot be relied on: set BATON_HOME to a folder on a local disk.`,
  ];
}

interface Written {
  file: string;
  stateDir: string;
  config: RepoConfig;
  seen: string[];
  hasCommits: boolean;
}

function initLines({ file, stateDir, config, seen, hasCommits }: Written, context: CliContext): string[] {
  const gates = config.modules.flatMap((module) =>
    module.gates.map(
      (gate) =>
        `  ${module.path}  ${gate.name} (${gate.kind}, ${gate.set}${reporterWords(gate)}): ${whatItRuns(gate)}`,
    ),
  );
  return [
    `wrote ${file}`,
    ...gates.map((line) => escapeText(line)),
    ...seen.map((line) => `  ${escapeText(line)}`),
    `runs are kept in ${stateDir}, which ignores itself in git`,
    ...(hasCommits
      ? []
      : ['this repository has no commits yet: a run starts from one, so commit what is here first']),
    ...nextLines(context),
  ];
}

/** With the agents that are installed here; none is chosen. */
function nextLines({ environment }: CliContext): string[] {
  const found = findPrograms(AGENT_PROGRAMS, environment['PATH']).flatMap(({ name, path }) =>
    path === null ? [] : [`--profile ${name}`],
  );
  const ways = [
    ...found,
    '--driver in-process --model PROVIDER/NAME',
    '--driver blueprint (rules, no model: one HTTP resource)',
    '--agent-command "node my-agent.mjs"',
  ];
  return [
    `next: commit ${CONFIG_FILE} (a run takes it as it stands here when it starts), try it with \`baton gates\`, and ask \`baton doctor\``,
    ...(found.length === 0 ? [`none of ${AGENT_PROGRAMS.join(', ')} is on your PATH`] : []),
    'then: baton run "<request>" with one of',
    ...ways.map((way) => `  ${way}`),
  ];
}

function whatItRuns({ kind, command }: GateCommand): string {
  if (kind === 'reach') return 'reads the code, runs nothing';
  if (kind === 'executed') return 'runs the tests once more, and notes what they run';
  return kind === 'probe' ? 'starts the service with `npm start`, and asks it' : command.join(' ');
}

/** How the names of tests are read. */
function reporterWords({ kind, reporter }: GateCommand): string {
  return kind === 'tests' && reporter !== 'none' ? `, names by ${reporter}` : '';
}

function noRepository(context: CliContext): BatonError {
  return new BatonError({
    code: 'E_REPO',
    message: `${context.cwd} is in no git repository.`,
    fix: 'Go to the repository that Baton shall work on.',
  });
}
