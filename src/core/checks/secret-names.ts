/** Which values of an environment, or of a settings file, are secrets. */

const PARTS =
  /(?:^|_)(?:KEY|APIKEY|TOKEN|AUTHTOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|PAT|PEM|DSN)(?:_|$)|(?:KEY|TOKEN|SECRET|PASSWORD)$/iu;
/** What stands beside a secret and is none: where it is got, how it is called, what it is made with, keys that everybody may see. */
const BESIDE =
  /_(?:URLS?|URI|ENDPOINT|HOST|PATH|FILE|DIR|NAME|PREFIX|SUFFIX|ISSUER|AUDIENCE|HEADER|TYPE|ALGORITHM|ALG|HASHER|TTL|EXPIRY|EXPIRES_IN|LIFETIME|LENGTH|LIMIT|ROUNDS)$|(?:PUBLIC|PARTITION|SORT|CACHE|PRIMARY|FOREIGN|IDEMPOTENCY)_?KEY|(?:^|_)(?:MON|TUR|DON|HOC|JOC)KEY$/iu;
/** Shorter ones, and those of few different signs, stand in ordinary text by chance. */
const SHORTEST = 16;
const FEWEST_SIGNS = 8;

/** Whether a variable of this name usually holds a secret. */
export function isSecretName(name: string): boolean {
  return PARTS.test(name) && !BESIDE.test(name);
}

/** Whether a value can be one: it is told from ordinary text, and is no path. */
export function canBeSecret(value: string): boolean {
  return value.length >= SHORTEST && new Set(value).size >= FEWEST_SIGNS && !/^[~.]?\//u.test(value);
}

/** The password of an address; null: it has none. */
export function passwordIn(address: string): string | null {
  const found = /^[a-z][a-z0-9+.-]*:\/\/[^/@\s:]*:([^/@\s]+)@/iu.exec(address);
  const alone = /^https?:\/\/([^/@\s:]{16,})@/iu.exec(address);
  return found?.[1] ?? alone?.[1] ?? null;
}
