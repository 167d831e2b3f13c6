/** Where a run submits to, and which tokens are there. They are looked for, never shown. */
import type { CliContext } from '../context.ts';
import type { Finding } from './finding.ts';

const TOKENS = ['GITHUB_TOKEN', 'GH_TOKEN'] as const;

/** This version has one forge, which is on this machine; a token that is set goes to nobody. */
export function checkForge(context: CliContext): Finding {
  const tokens = TOKENS.map((name) => `${name} ${(context.environment[name] ?? '') === '' ? 'no' : 'yes'}`);
  const detail = `local, the only one of this version; it uses no token (set here, for nothing: ${tokens.join(', ')})`;
  return { name: 'forge', state: 'ok', detail, fix: '' };
}
