/** Where a run can submit to, and which tokens are there. They are looked for, never shown and never tried. */
import type { CliContext } from '../context.ts';
import type { Finding } from './finding.ts';

const TOKENS = ['GITHUB_TOKEN', 'GH_TOKEN', 'GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN'] as const;

export function checkForge(context: CliContext): Finding {
  const set = TOKENS.filter((name) => (context.environment[name] ?? '') !== '');
  const found = set.length === 0 ? 'no token for it is set' : `${set.join(', ')} set`;
  return { name: 'forge', state: 'ok', detail: `local, which needs no token; github (${found})`, fix: '' };
}
