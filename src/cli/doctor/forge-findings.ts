/** Where a run can submit to, and which tokens are there. They are looked for, never shown and never tried. */
import { FORGE_TOKENS } from '../../core/checks/forge-tokens.ts';
import type { CliContext } from '../context.ts';
import type { Finding } from './finding.ts';

export function checkForge(context: CliContext): Finding {
  const names = [...FORGE_TOKENS.usual, ...FORGE_TOKENS.own];
  const set = names.filter((name) => (context.environment[name] ?? '') !== '');
  const found = set.length === 0 ? 'no token for it is set' : `${set.join(', ')} set`;
  return { name: 'forge', state: 'ok', detail: `local, which needs no token; github (${found})`, fix: '' };
}
