/** Passwords in what a person writes: in addresses, and behind a word that says what they are. Pure; patterns take linear time. */

const LEFT_OUT = '[left out]';
/** `scheme://user:password@host`; the password ends at the last `@` before the next `/`. */
const IN_ADDRESS = /\b([a-z][a-z0-9+.-]{1,30}:\/\/([^/@\s:]{0,200}):)([^/\s"'`<>]{1,200})(?=@[^@\s/])/giu;
/** `DB_PASSWORD=…`, `password: …`, `the password is …`. */
const BEHIND_WORD =
  /((?:^|[^a-z0-9])(?:[a-z0-9]{1,30}[_-]){0,4}(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|access[_-]?key)["'`]?(?:\s{0,5}(=)\s{0,5}|\s{0,5}:\s{1,5}|\s{0,5}:(?=["'`])|\s{1,5}is\s{1,5})["'`]?)([^\s"'`,;]{6,200})/giu;
/** What documentation and local set-ups have, and everybody knows. */
const PUBLIC =
  /^(?:pass(?:word|wd)?|pwd|secret|postgres|mysql|root|admin|guest|test(?:ing)?|user|dev|example|changeme|x+|\*+|\.+)\d{0,4}$/iu;
/** Named, computed or to be filled in. */
const STANDS_FOR = /^[$<{%[]|^(?:your|my)[-_]|example|placeholder|[()]|^[a-z_$][\w$]*(?:\.[a-z_$][\w$]*)+$/iu;
/** Kinds of values, how passwords are kept, and versions are no passwords: `sha256`, `sha512-…`, `argon2id`, `varchar(255)`, `v1.2.3`. */
const KIND =
  /^(?:(?:sha|md|argon|bcrypt|scrypt|pbkdf|base|utf|u?int|float|varchar|char|uuid|oauth|http|[erhp]s|es)(?:\d{0,4}[-_(.]|\d{1,4}[a-z]{0,3}\d{0,2}$)|v\d[\d.-]*$)/iu;

/** The text without passwords that somebody could use; words that stand for one, and those that everybody knows, stay. */
export function maskPasswords(text: string): string {
  return text
    .replace(IN_ADDRESS, (whole, before: string, user: string, password: string) =>
      isReal(password) && password !== user ? before + LEFT_OUT : whole,
    )
    .replace(BEHIND_WORD, (whole, before: string, assigned: string | undefined, found: string) => {
      const value = found.replace(/[.!?)\]}]+$/u, '');
      const rest = found.slice(value.length);
      return isReal(value) && isDrawn(value, assigned !== undefined) ? before + LEFT_OUT + rest : whole;
    });
}

const isReal = (value: string): boolean => !PUBLIC.test(value) && !STANDS_FOR.test(value);

/** Behind a colon or `is` stand types and sentences, too: there it takes one sign more to tell a password. */
function isDrawn(value: string, assigned: boolean): boolean {
  if (value.length < 6 || KIND.test(value) || !/\d/u.test(value) || !/[a-z]/iu.test(value)) return false;
  return assigned || /[^a-z0-9.]/iu.test(value) || (/[a-z]/u.test(value) && /[A-Z]/u.test(value));
}

/** Whether this is a password of somebody's, and none that everybody knows or that stands for one. */
export function isPasswordDrawn(value: string): boolean {
  return value.length >= 8 && isReal(value) && isDrawn(value, true);
}
