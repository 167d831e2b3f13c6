/** The files that a text names. */

const FILE =
  /(?<![\w/.-])(?:[\w.-]+\/)+[\w.-]+\.\w{1,5}\b|(?<![\w/.-])[\w-]+\.(?:ts|js|mjs|go|py|rs|java|sql|proto|tf|ya?ml|json|toml|md)\b/g;

/** The files that a text names, each once. */
export function filesIn(words: string): string[] {
  return [...new Set(words.match(FILE) ?? [])];
}

/** Files below two members of a monorepo are two packages. */
export function packagesIn(words: string): string | null {
  const members = filesIn(words).flatMap((file) => {
    return /^(?:packages|modules|services|apps|cmd)\/[\w.-]+(?=\/)/.exec(file)?.[0] ?? [];
  });
  const [first, second] = [...new Set(members)];
  return first === undefined || second === undefined ? null : `${first}, ${second}`;
}
