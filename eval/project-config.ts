/** The gates of a task's repository, written as its `baton.yaml` and read back as a user's would be. */
import { parseConfig } from '../src/definitions/load-config.ts';
import { formatDiagnostic } from '../src/core/errors.ts';
import type { RepoConfig } from '../src/definitions/config.ts';
import { REPO, type Runner, type TaskCommands } from './tasks.ts';

/** Gates that a project has beside types, lint and tests, as `baton.yaml` spells them. */
export type MoreGates = readonly Record<string, unknown>[];

/** The configuration of the repository; what `baton.yaml` would not take is refused here as there. */
export function gatesOf(
  { setup, typecheck, lint, test }: TaskCommands,
  runner: Runner,
  more: MoreGates,
): RepoConfig {
  const env = runner === 'go' ? { env: ['GOCACHE'] } : {};
  const gates: Record<string, unknown>[] = [
    ...(typecheck === null ? [] : [{ name: 'types', kind: 'types', command: typecheck, ...env }]),
    ...(lint === null ? [] : [{ name: 'lint', kind: 'lint', command: lint, ...env }]),
    { name: 'tests', kind: 'tests', command: test, reporter: runner === 'unknown' ? 'none' : runner, ...env },
    ...more,
  ];
  const steps = setup === null ? {} : { setup: { command: setup, shell: true } };
  const text = JSON.stringify({ repos: { [REPO]: { modules: [{ path: '.', ...steps, gates }] } } });
  const { config, diagnostics } = parseConfig('baton.yaml', new TextEncoder().encode(text));
  const repo = config?.repos[REPO];
  if (repo === undefined) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return repo;
}
