/** Stops a run whose setup nobody in it can mend. */
import { BatonError } from '../core/errors.ts';
import type { ModuleConfig, RepoConfig } from '../definitions/config.ts';
import type { ChangedLines } from './change/changed-lines.ts';
import { excerptErrors } from './excerpts.ts';
import { excerptTail, normaliseMessage } from './findings.ts';
import type { GateSide } from './gate-side.ts';
import { sayNotPassed, settingsNotPassed } from './network-settings.ts';
import { decidesInstalls } from './proofs/proof-tree.ts';
import type { GateSurroundings } from './run-gate-command.ts';
import { modulesToPrepare, type SetupOutcome } from './run-setup.ts';

interface SetupPlace {
  repo: string;
  config: RepoConfig;
  base: GateSide;
  changed: () => Promise<ChangedLines | null>;
  around: GateSurroundings;
}

/**
 * A setup that fails at the base too is nobody's rework: a registry that cannot be reached, a certificate that is not
 * seen, a lockfile that was broken before. Throws `E_SETUP` then. Where the change touches what installs read, and another
 * thing is wrong now, its author is at it.
 */
export async function refuseBrokenSetup(
  place: SetupPlace,
  module: ModuleConfig,
  failed: SetupOutcome,
): Promise<void> {
  const { repo, config, base, around } = place;
  for (const needed of modulesToPrepare(config.modules, module)) {
    const { setup } = needed;
    if (setup === null || !(await base.hasModule(needed.path))) continue;
    const before = await base.prepare(needed);
    if (before === null || before.status === 'pass') continue;
    if (wordsOf(before) !== wordsOf(failed) && (await touchesInstalls(place))) continue;
    const unseen = sayNotPassed(settingsNotPassed(setup, around.environment));
    throw new BatonError({
      code: 'E_SETUP',
      message: `The setup of ${repo} (\`${setup.command.join(' ')}\`) fails at the run's base as it does on the change, so that no agent can mend it. Of its output:\n${excerptErrors(before.log, '')}`,
      fix: `${unseen === '' ? '' : `${unseen} `}A run keeps the configuration and the base that it was started with: after a change of either start a new one. \`baton resume\` tries the setup again as it is.`,
    });
  }
}

const wordsOf = ({ log }: SetupOutcome): string => normaliseMessage(excerptTail(log, ''));

async function touchesInstalls({ repo, changed }: SetupPlace): Promise<boolean> {
  const lines = await changed();
  if (lines === null) return true;
  return [...lines.added, ...lines.removed].some((line) => line.repo === repo && decidesInstalls(line.path));
}
