/** The variables that forges read their tokens from. They are Baton's own to use: no agent, gate, service or provider of models is handed one. */

/** As `gh` has it: those of github.com (and of the server that Actions names), and those of all other servers. */
export const FORGE_TOKENS = {
  usual: ['GITHUB_TOKEN', 'GH_TOKEN'],
  own: ['GH_ENTERPRISE_TOKEN', 'GITHUB_ENTERPRISE_TOKEN'],
} as const;

/** What such a name is answered with, as the end of a sentence that begins with `it`. */
export const FORGE_TOKEN_RULE =
  'must not name a token that Baton opens pull requests with; what needs a token gets one of its own, in a variable of another name';

export function isForgeToken(name: string): boolean {
  const names: readonly string[] = [...FORGE_TOKENS.usual, ...FORGE_TOKENS.own];
  return names.includes(name);
}
