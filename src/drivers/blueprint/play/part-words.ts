/** Parts as people read of them, in place of their ids. */

const WORDS: Readonly<Record<string, (of: string) => string>> = {
  route: (of) => `the route for ${of}`,
  validate: (of) => `the check of \`${of}\``,
  column: (of) => `the column \`${of}\``,
  required: (of) => `that \`${of}\` is there`,
  document: (of) => `the description of ${of}`,
  client: (of) => `the client's call for ${of}`,
  contract: (of) => `the contract of ${of}`,
  assert: (of) => `what the test of ${of} asks for`,
  test: (of) => `the test of ${of}`,
};

/** `document:get` is the description of get; an id of another form is shown as it is. */
export function partWords(id: string): string {
  const at = id.indexOf(':');
  const words = at < 1 ? undefined : WORDS[id.slice(0, at)];
  return words === undefined ? id : words(id.slice(at + 1).replaceAll(':', ' '));
}
