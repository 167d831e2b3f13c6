/** Which lines are comments, by the kind of the file: `#` is none in JavaScript, `*` and `--` are none in a shell. Pure. */

const SLASHES =
  /\.(?:[cm]?[jt]sx?|vue|svelte|go|java|kts?|cs|rs|swift|scala|php|c|cc|cpp|h|hpp|groovy|gradle|dart|json5|jsonc)$|(?:^|\/)Jenkinsfile$/i;
const DASHES = /\.(?:sql|lua|hs|elm)$/i;
const MARKUP = /\.(?:html?|xml|vue|svelte)$/i;
/** What closes a comment and goes on behind it is code. */
const GOES_ON = /(?:\*\/|-->)\s*[^\s]/;

export function isComment(path: string, text: string): boolean {
  const line = text.trimStart();
  return marksOf(path).some((mark) => mark.test(line)) && !GOES_ON.test(line);
}

function marksOf(path: string): RegExp[] {
  const marks = [
    ...(SLASHES.test(path) ? [/^\/\/|^\/\*|^\*(?:\s|\/|$)/] : []),
    ...(DASHES.test(path) ? [/^--/] : []),
    ...(MARKUP.test(path) ? [/^<!--/] : []),
    ...(path.endsWith('.php') ? [/^#/] : []),
  ];
  return marks.length > 0 ? marks : [/^#/];
}
