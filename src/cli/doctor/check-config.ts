/** What a run would find where the caller stands: the repository, its `baton.yaml`, the gates. Nothing of it is run. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Config, RepoConfig } from '../../definitions/config.ts';
import { CONFIG_FILE, entryNameOf, isEmptyYaml, sayTaken, sayUnseen } from '../config-here.ts';
import type { CliContext } from '../context.ts';
import type { Finding } from './finding.ts';
import { heldPrograms, sayHeld } from './held-programs.ts';
import { findRepository } from '../places.ts';

/** Never throws for what is wrong in the file: each mistake in it is a finding with its line. */
export async function checkConfigHere(context: CliContext): Promise<Finding[]> {
  const path = findRepository(context.cwd);
  if (path === null)
    return [
      warning(
        'repository',
        `${context.cwd} is in no git repository`,
        'Go to one, or run with `--repo PATH`.',
      ),
    ];
  const repository = await checkRepository(path);
  const file = join(path, CONFIG_FILE);
  const isEmpty = existsSync(file) && isEmptyYaml(file);
  if (isEmpty || !existsSync(file)) {
    const { detectRepo } = await import('../../gates/detect/detect-repo.ts');
    const { withNetworkSettings } = await import('../../gates/network-settings.ts');
    const config = withNetworkSettings((await detectRepo(path)).config, context.environment);
    const fix = '`baton init` writes down what is detected.';
    return [
      ...repository.findings,
      warning(
        'config',
        isEmpty
          ? `${CONFIG_FILE} is empty; a run takes what is detected`
          : `no ${CONFIG_FILE} here; a run takes what is detected`,
        fix,
      ),
      ...(await checkGates({ name: repository.name, path, config }, context)),
    ];
  }
  const { loadConfig } = await import('../../definitions/load-config.ts');
  const { config, diagnostics } = loadConfig(file);
  const { formatDiagnostic } = await import('../../core/errors.ts');
  const wrong = diagnostics.map((each): Finding => {
    const state = each.level === 'error' ? 'problem' : 'warning';
    return { name: 'config', state, detail: formatDiagnostic(each), fix: each.fix };
  });
  if (config === null) return [...repository.findings, ...wrong];
  const valid: Finding[] =
    wrong.length > 0 ? wrong : [{ name: 'config', state: 'ok', detail: file, fix: '' }];
  const gates = await gatesOf(config, { name: repository.name, path }, context);
  return [...repository.findings, ...valid, ...gates];
}

async function checkRepository(path: string): Promise<{ name: string; findings: Finding[] }> {
  const { inspectRepository } = await import('../../workspace/inspect.ts');
  try {
    const { repo } = await inspectRepository({ path, ref: null });
    const detail = `${repo.name} at ${repo.commit.slice(0, 12)}`;
    const { sayTreeSize } = await import('../../workspace/tree-size.ts');
    const size = await sayTreeSize(repo.path, repo.commit);
    const fix =
      'See to room under the state directory; `limits` in baton.yaml bound how much is at work side by side.';
    const large = size === null ? [] : [warning('repository', size, fix)];
    return { name: repo.name, findings: [{ name: 'repository', state: 'ok', detail, fix: '' }, ...large] };
  } catch (thrown) {
    const { message, fix } = thrown as { message: string; fix?: string }; // only errors are thrown; ours have a fix
    return {
      name: basename(path),
      findings: [{ name: 'repository', state: 'problem', detail: message, fix: fix ?? '' }],
    };
  }
}

/** The gates of this repository, and the entries that are another's. */
async function gatesOf(
  config: Config,
  { name, path }: { name: string; path: string },
  context: CliContext,
): Promise<Finding[]> {
  const entry = entryNameOf(config, name);
  const own = entry === undefined ? undefined : config.repos[entry];
  const others = Object.keys(config.repos).filter((each) => each !== entry);
  const named = others.map((each) =>
    warning(
      'repository',
      `${CONFIG_FILE} names ${each}, which is not this repository`,
      `A run works on it only where it is named: \`--repo PATH\`, with a folder called ${each}.`,
    ),
  );
  if (entry !== undefined && entry !== name)
    named.push(
      warning('repository', sayTaken(entry, name), `Name it \`${name}\` in ${CONFIG_FILE}, if it is meant.`),
    );
  if (own !== undefined) return [...(await checkGates({ name, path, config: own }, context)), ...named];
  const { detectRepo } = await import('../../gates/detect/detect-repo.ts');
  const detected = await detectRepo(path);
  return [
    warning('gates', `${CONFIG_FILE} says nothing of ${name}; a run takes what is detected`, ''),
    ...(await checkGates({ name, path, config: detected.config }, context)),
    ...named,
  ];
}

async function checkGates(
  repo: { name: string; path: string; config: RepoConfig },
  context: CliContext,
): Promise<Finding[]> {
  const { checkBeforeRun } = await import('../../gates/preflight.ts');
  const problems = await checkBeforeRun([repo], context.environment);
  const gates = repo.config.modules.flatMap((module) =>
    module.gates.map((gate) => (module.path === '.' ? gate.name : `${module.path}: ${gate.name}`)),
  );
  const what =
    gates.length === 0
      ? warning('gates', 'none: nothing would be checked by machine', `Add gates to ${CONFIG_FILE}.`)
      : { name: 'gates', state: 'ok' as const, detail: gates.join(', '), fix: '' };
  const unseen = await sayUnseen(repo.name, repo.config, context.environment);
  const held = sayHeld(await heldPrograms(repo.path, repo.config));
  return [
    what,
    ...(held === null ? [] : [{ name: 'gates', state: 'ok' as const, detail: held, fix: '' }]),
    ...unseen.map((detail) => warning('setup', detail, 'Without it an install may fail, at the base too.')),
    ...problems.map((detail): Finding => ({
      name: 'gates',
      state: 'problem',
      detail,
      fix: `Mend ${CONFIG_FILE}.`,
    })),
  ];
}

function warning(name: string, detail: string, fix: string): Finding {
  return { name, state: 'warning', detail, fix };
}
