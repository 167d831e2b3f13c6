/** Programs that end at once because they were started wrongly: the next attempt would end the same way. */

/** A shell's words for a command that cannot be run, and for one that is not there. */
const SHELL_CODES: readonly (number | null)[] = [126, 127];
const USAGE =
  /^\s*usage:|\b(?:unknown|unrecognized|unrecognised|invalid|unexpected) (?:option|argument|flag|command|subcommand)\b|\bcommand not found\b/im;

/** Whether a program that did nothing of its work was not there, or did not understand how it was started. */
export function isHopeless({ code, said }: { code: number | null; said: string }): boolean {
  return code !== 0 && code !== null && (SHELL_CODES.includes(code) || USAGE.test(said));
}
