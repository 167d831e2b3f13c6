import { describe, expect, it } from 'vitest';
import { harmless, outgoingBody, outgoingTitle } from './outgoing-text.ts';
import { cpuMs, within } from '../testing/time-bounds.ts';

describe('a text that leaves', () => {
  it.each([
    ['calls nobody', 'cc @ada, @org/team and @types/node', 'cc @ ada, @ org/team and @ types/node'],
    ['leaves addresses alone', 'ada@example.org', 'ada@example.org'],
    ['closes nothing by number', 'Closes #1, fixes: org/api#22', 'Closes # 1, fixes: org/api# 22'],
    ['closes no further one', 'resolves #1, #2 and #3', 'resolves # 1, # 2 and # 3'],
    ['closes nothing by address', 'fixed https://x.org/i/1', 'fixed the one at https://x.org/i/1'],
    [
      'closes nothing by name',
      'Fixes GH-7, implements ABC-12',
      'Fixes the one at GH-7, implements the one at ABC-12',
    ],
    ['names numbers all the same', 'see #12 for why', 'see #12 for why'],
    ['skips no check', 'x [skip ci] [ci skip] [no ci]', 'x (skip ci) (ci skip) (no ci)'],
    ['loads nothing', '![x](https://e.org/?k=1) ![y][z]', '[x](https://e.org/?k=1) [y][z]'],
  ])('INJ-5: %s', (_, text, shown) => {
    expect(outgoingBody(text)).toBe(shown);
    expect(outgoingTitle(text)).toBe(shown);
    expect(harmless(text)).toBe(shown);
  });

  it('INJ-5: hides nothing: no comment, no markup, no character that people do not see', () => {
    const body = 'a <!-- baton run=x --> <img src=x>\u202eb\u200b\u{e0041}\u001b]8;;x\u0007\n<details>';
    expect(outgoingBody(body)).toBe(
      String.raw`a &lt;!-- baton run=x --> &lt;img src=x>\u202eb\u200b\udb40\udc41\u001b]8;;x\u0007` +
        '\n&lt;details>',
    );
    expect(outgoingTitle('one\ntwo <!-- x -->\u202e')).toBe(String.raw`one two < !-- x -->\u202e`);
    expect(outgoingBody('x\nskip-checks: true')).toBe('x\nskip-checks - true');
  });

  it('leaves code as it is, and nothing in it open or hidden', () => {
    const code = '```ts\n@Injectable() // closes #1\nconst a: Array<B> = <B>c;\n```';
    expect(outgoingBody(`${code}\n@ada`)).toBe(`${code}\n@ ada`);
    expect(outgoingBody('```\n<!-- baton run=x -->\n@ada')).toBe('```\n< !-- baton run=x -->\n@ada\n```');
    expect(outgoingBody('~~~~\n```\n@a\n~~~\n~~~~\n@b')).toBe('~~~~\n```\n@a\n~~~\n~~~~\n@ b');
    expect(outgoingBody('``` a ` b\n@ada')).toBe('``` a ` b\n@ ada');
    expect(outgoingBody('    ```\n@ada')).toBe('    ```\n@ ada');
  });

  it('DOS-4: takes linear time', async () => {
    const hostile = `${'closes '.repeat(50)}${'a/'.repeat(80)}# ${'<'.repeat(99)}${'@'.repeat(99)}${' '.repeat(99)}\n`;
    await within(5_000, () => outgoingBody(hostile.repeat(6_000)), { clock: cpuMs });
  });
});
