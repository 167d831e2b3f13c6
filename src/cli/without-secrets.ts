/** What a person types, or an error repeats, without the secrets of the caller's environment. */
import type { CliContext } from './context.ts';

/** Loaded late: most commands have no such text. */
export async function withoutSecrets(text: string, { environment }: CliContext): Promise<string> {
  if (text === '') return text;
  const { createRequestRedactor, environmentSecrets } = await import('../engine/known-secrets.ts');
  return createRequestRedactor(environmentSecrets(environment, {})).text(text);
}
