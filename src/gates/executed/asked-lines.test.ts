import { expect, it } from 'vitest';
import { parseDiff } from '../change/changed-lines.ts';
import { askedLines } from './asked-lines.ts';

/** Whether the line has to be run when it comes in the place of the other one. */
function isAsked(path: string, removed: string, added: string): boolean {
  const diff = `--- a/service/${path}\n+++ b/service/${path}\n@@ -1,1 +1,1 @@\n-${removed}\n+${added}\n`;
  return askedLines(parseDiff(diff)).length > 0;
}

it.each<[string, string, string]>([
  ['a.ts', 'x();', '  // Helo world'],
  ['a.ts', 'x();', ' * of a comment, in its middle */'],
  ['a.ts', 'x();', '/** One line. */'],
  ['a.ts', 'x();', ''],
  ['a.go', 'x()', '\t// Hello'],
  ['a.py', 'x()', '    # Hello'],
  ['a.js', "  console.error('Helo', id);", "  console.error('Hello', id);"],
  ['a.js', "throw new HttpError(404, 'Helo');", 'throw new HttpError(404, "it\'s hello");'],
  ['a.ts', 'this.logger.warn(`helo`);', 'this.logger.warn(`hello`);'],
  ['a.go', '\treturn errors.New("helo")', '\treturn errors.New("hello")'],
  ['a.py', 'raise ValueError("helo")', 'raise ValueError("hello")'],
])('in %s nobody has to run another word: %j becomes %j', (path, removed, added) => {
  expect(isAsked(path, removed, added)).toBe(false);
});

it.each<[string, string, string]>([
  ['a.ts', 'x();', '/* hidden */ pay();'],
  ['a.ts', 'x();', '*pay() {'],
  ['a.ts', 'x();', ' * closed */ pay();'],
  ['a.py', 'x()', '* pay()'],
  ['a.js', "console.error('a', id);", "console.error('a', pay(id));"],
  ['a.js', "console.error('a');", 'console.error(`${pay()}`);'],
  ['a.py', 'print("a")', 'print(f"{pay()}")'],
  ['a.js', "throw new HttpError(404, 'a');", "throw new HttpError(400, 'a');"],
  ['a.js', "x('a');", "console.error('a');"],
  ['a.js', "log('a'); x('a');", "log('a'); y('a');"],
  ['a.js', "save('paid');", "save('pay');"],
])('in %s what is done has to be run: %j becomes %j', (path, removed, added) => {
  expect(isAsked(path, removed, added)).toBe(true);
});
