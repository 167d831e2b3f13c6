/** A provider on this machine that is not there, in a sentence. */
import type { ProviderFacts } from '../gateway/gateway.ts';

/** `who` cannot do without it. */
export function sayRefused(who: string, { name, refusedAt }: ProviderFacts): string {
  return `${who} cannot be reached: nobody listens at ${refusedAt} (connection refused). Start the server of ${name}, or mend its \`base_url\` under \`providers\` in baton.yaml.`;
}
