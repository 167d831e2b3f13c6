import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitCommand } from './split-command.ts';

describe('splitCommand', () => {
  it.each([
    ['npm test', ['npm', 'test']],
    ['  npm\t run   build  \n', ['npm', 'run', 'build']],
    [`node 'my file.js' "a b"`, ['node', 'my file.js', 'a b']],
    [`a'b'"c"d`, ['abcd']],
    ['a\\ b c', ['a b', 'c']],
    [`"a\\"b" 'a\\b' "a\\n"`, ['a"b', 'a\\b', 'a\\n']],
    [`x '' ""`, ['x', '', '']],
    ['one \\\n  two', ['one', 'two']],
    ['node --test **/*.test.js', ['node', '--test', '**/*.test.js']],
    [`echo 'a;b|c>$d' "a;b|c"`, ['echo', 'a;b|c>$d', 'a;b|c']],
    ['echo \\$HOME "\\$HOME"', ['echo', '$HOME', '$HOME']],
  ])('splits %j', (line, words) => {
    expect(splitCommand(line)).toEqual({ ok: true, words, shellSyntax: null });
  });

  it.each([
    ['a; b', ';'],
    ['a | b', '|'],
    ['a && b', '&&'],
    ['a || b', '||'],
    ['a &', '&'],
    ['a > b', '>'],
    ['a < b', '<'],
    ['a `b`', '`'],
    ['a "`b`"', '`'],
    ['a $B', '$'],
    ['a "x${B}"', '$'],
    ['(a)', '('],
    ['a\nb', 'a line break'],
  ])('CFG-12: says that only a shell understands %j', (line, sign) => {
    expect(splitCommand(line)).toMatchObject({ ok: true, shellSyntax: sign });
  });

  it.each([
    ['', 'empty'],
    ['  \n', 'empty'],
    [`a 'b`, 'not closed'],
    ['a "b\\"', 'not closed'],
    ['a \\', 'backslash'],
  ])('CFG-12: refuses %j', (line, problem) => {
    const split = splitCommand(line);
    expect(split.ok ? '' : split.problem).toContain(problem);
  });

  it('splits as a shell does, whatever is quoted how', () => {
    const piece = fc.constantFrom('a', ' ', 'b', "'", '"', '\\', '\t', 'é', '-', ';', '|', '$', '>', '=');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const split = splitCommand(pieces.join(''));
        if (!split.ok || split.shellSyntax !== null) return;
        const printed = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${pieces.join('')}`], {
          encoding: 'utf8',
        });
        expect(split.words).toEqual(printed.split('\0').slice(0, -1));
      }),
      { numRuns: 300 },
    );
  });
});
