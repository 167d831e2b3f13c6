import { describe, expect, it } from 'vitest';
import { watchMemory } from '../testing/watch-memory.ts';
import { readYaml } from './yaml-source.ts';
import { cpuMs, within } from '../testing/time-bounds.ts';

const codes = (text: string): string[] => readYaml(text, 'f.yaml').diagnostics.map((d) => d.code);

describe('readYaml', () => {
  it('gives plain values, and the place of each value and key', () => {
    const { source, diagnostics } = readYaml('a: 1\nb:\n  - x: yes\n  - "y"\n', 'f.yaml');
    expect(diagnostics).toEqual([]);
    expect(source?.value).toEqual({ a: 1, b: [{ x: 'yes' }, 'y'] });
    expect(source?.place(['b', 0, 'x'])).toEqual({ file: 'f.yaml', line: 3, col: 8 });
    expect(source?.keyPlace(['b', 0, 'x'])).toEqual({ file: 'f.yaml', line: 3, col: 5 });
    expect(source?.place(['b', 1])).toEqual({ file: 'f.yaml', line: 4, col: 5 });
    // What is not there is looked for where it would be.
    expect(source?.place(['b', 0, 'absent', 'deep'])).toEqual({ file: 'f.yaml', line: 3, col: 5 });
  });

  it('counts lines from where the text starts in its file', () => {
    expect(readYaml('a: [', 'f.md', 7).diagnostics[0]?.place?.line).toBe(7);
    expect(readYaml('a: 1', 'f.md', 7).source?.place(['a'])).toEqual({ file: 'f.md', line: 7, col: 4 });
  });

  it('takes ordinary aliases, and says what is no YAML or a second document', () => {
    expect(readYaml('a: &x [1]\nb: *x', 'f').source?.value).toEqual({ a: [1], b: [1] });
    expect(codes('a: *nothing')).toEqual(['E_CONFIG_SYNTAX']);
    expect(codes('a: 1\n---\nb: 2')).toEqual(['E_CONFIG_SYNTAX']);
    expect(codes('a:\n\tb: 1')).toEqual(['E_CONFIG_SYNTAX']);
  });

  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
  for (let i = 1; i < 9; i++)
    bomb.push(`${'abcdefghi'[i]}: &${'abcdefghi'[i]} [${`*${'abcdefghi'[i - 1]},`.repeat(9)}]`);
  const hostile: [string, string, string][] = [
    ['an alias bomb', bomb.join('\n'), 'E_CONFIG_LIMIT'],
    ['an alias to itself', 'a: &a [*a]', 'E_CONFIG_LIMIT'],
    ['10,000 open lists', '['.repeat(10_000), 'E_CONFIG_LIMIT'],
    ['10,000 nested lists', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, 'E_CONFIG_LIMIT'],
    ['10,000 nested mappings', '{a: '.repeat(10_000), 'E_CONFIG_LIMIT'],
    ['10,000 compact lists', `${'- '.repeat(10_000)}x`, 'E_CONFIG_LIMIT'],
    [
      '1,300 levels of indentation',
      Array.from({ length: 1_300 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      'E_CONFIG_LIMIT',
    ],
    ['101 levels', Array.from({ length: 102 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), 'E_CONFIG_LIMIT'],
    ['80,000 keys', Array.from({ length: 80_000 }, (_, i) => `k${i}: 1`).join('\n'), 'E_CONFIG_LIMIT'],
    ['a tag that makes a function', 'a: !!js/function "f"', 'E_CONFIG_LIMIT'],
    ['a tag of its own', 'a: !thing [1]', 'E_CONFIG_LIMIT'],
    ['a set', 'a: !!set {b}', 'E_CONFIG_LIMIT'],
    ['a duplicate key', 'a: 1\nb: 2\na: 3', 'E_CONFIG_KEY'],
    ['a duplicate key in another spelling', 'a: 1\n"\\u0061": 3', 'E_CONFIG_KEY'],
    ['__proto__', '__proto__: {polluted: 1}', 'E_CONFIG_KEY'],
    ['__proto__, escaped', 'x: {"\\u005f_proto__": {polluted: 1}}', 'E_CONFIG_KEY'],
    ['constructor', 'constructor: {prototype: {polluted: 1}}', 'E_CONFIG_KEY'],
  ];
  readYaml('warm: up', 'f');
  it.each(hostile)(
    'CFG-7: refuses %s within 200 ms and 50 MB, and pollutes nothing',
    async (_name, text, code) => {
      const memory = watchMemory();
      const { source, diagnostics } = readYaml(text, 'f.yaml');
      expect(source).toBeNull();
      expect(new Set(diagnostics.map((d) => d.code))).toEqual(new Set([code]));
      expect(memory.roseMiB()).toBeLessThan(50);
      // The first time the parser is compiled as well.
      await within(200, () => readYaml(text, 'f.yaml'), { clock: cpuMs });
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    },
  );

  it('CFG-7: the measure of memory counts from its own start, whatever the process took before', () => {
    const first = watchMemory();
    const held = [Buffer.alloc(200 * 1024 * 1024, 1)];
    expect(first.roseMiB()).toBeGreaterThan(150);
    const second = watchMemory();
    expect(second.roseMiB()).toBeLessThan(50);
    held.push(Buffer.alloc(100 * 1024 * 1024, 1));
    expect(second.roseMiB()).toBeGreaterThan(80);
    expect(held).toHaveLength(2);
  });

  it('CFG-7: names the place of a duplicate key', () => {
    expect(readYaml('a: 1\nb: 2\na: 3', 'f.yaml').diagnostics[0]).toMatchObject({
      place: { line: 3, col: 1 },
    });
  });

  it('takes 100 levels', () => {
    const text = Array.from({ length: 100 }, (_, i) => `${' '.repeat(i)}a:`).join('\n');
    expect(codes(text)).toEqual([]);
  });
});
