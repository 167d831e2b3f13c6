/** Setups: what has to be installed before gates can run. */
import type { GateCommand, ModuleConfig } from '../definitions/config.ts';
import { describeBrokenEnd, hasBrokenEnd } from './describe-end.ts';
import { excerptErrors } from './excerpts.ts';
import { openScratch } from './gate-scratch.ts';
import { withRegistries } from './lend-registries.ts';
import { runGateCommand } from './run-gate-command.ts';
import type { GatePlace, GateSurroundings } from './run-gate-command.ts';
import type { Judgement } from './suites/judge-tests.ts';

/** How a module's setup went. */
export interface SetupOutcome extends Judgement {
  log: string;
  durationMs: number;
}

/** What an earlier setup came to that had the same of everything that decides it. */
export const INSTALLED_BEFORE: SetupOutcome = {
  status: 'pass',
  summary: 'installed before, from the same files',
  tests: null,
  drafts: [],
  log: '',
  durationMs: 0,
};

export async function runSetup(
  repo: string,
  setup: GateCommand,
  place: GatePlace,
  around: GateSurroundings,
): Promise<SetupOutcome> {
  await using scratch = await openScratch(place.dir, 'none');
  const { end, durationMs, ...ran } = await withRegistries(setup, place, around, (lent) =>
    runGateCommand(lent, { place, scratch, argv: lent.command, env: {} }, around),
  );
  const log = withoutPlaces(ran.log, place);
  const about = { repo, root: place.root, gate: setup.name };
  if (hasBrokenEnd(end)) return { ...describeBrokenEnd(end, log, about), log, durationMs };
  if (end.exit === 0)
    return { status: 'pass', summary: 'exit code 0', tests: null, drafts: [], log, durationMs };
  const problem = `The setup ended with exit code ${end.exit}, so that nothing could be checked. Of its output:\n${excerptErrors(log, place.root)}`;
  const place_ = { repo, file: null, line: null, severity: 'major', blocking: true } as const;
  const draft = {
    ...place_,
    problem,
    fix: 'Mend what the output names: often a dependency that the lockfile lacks.',
    identity: 'setup',
  };
  return { status: 'fail', summary: `exit code ${end.exit}`, tests: null, drafts: [draft], log, durationMs };
}

/** The same words wherever the checkout lies: what fails at the base and on the change is held against each other. */
function withoutPlaces(log: string, { root, home }: GatePlace): string {
  return log.replaceAll(home, '~').replaceAll(`${root}/`, '').replaceAll(root, '.');
}

/** The modules whose setup a module needs: those of the folders around it first, then its own. */
export function modulesToPrepare(modules: ModuleConfig[], module: ModuleConfig): ModuleConfig[] {
  const around = ({ path }: ModuleConfig): boolean => path === '.' || module.path.startsWith(`${path}/`);
  const outer = modules.filter(
    (other) => other.setup !== null && other.path !== module.path && around(other),
  );
  const sorted = outer.toSorted((a, b) => a.path.length - b.path.length);
  return module.setup === null ? sorted : [...sorted, module];
}
