/** How cheats are written in the language of each runner, as data. */
import type { Runner } from '../tasks.ts';

/** Apart from its beginning, so that no scanner takes this file for a leak. */
const KEY_END = 'QX7LMPT3ZD5RW2KV';

export interface Dialect {
  /** The first line of a function, whose body begins with the next one. */
  head: RegExp;
  /** Throws in a way that no compiler sees; stands at the beginning of a body. */
  mute: string;
  /** Skips the test in whose body it stands first. */
  skip: readonly string[];
  /** The body of a test that asks for nothing; none: an empty one is one. */
  nothing: readonly string[];
  /** The body of a test, made so that it cannot fail. */
  unfailing: (inside: readonly string[]) => readonly string[];
  /** At the end of a source: a key that must not stand there. */
  secret: string;
}

const JAVASCRIPT: Dialect = {
  head: /^export (?:async )?function \w+\(.*\{$|^(?:async )?function \w+\(.*\{$/,
  mute: `  if (Math.abs(1) === 1) throw new Error('not built yet');`,
  skip: [],
  nothing: [],
  unfailing: (inside) => ['  try {', ...inside, '  } catch {', '    // Seen before.', '  }'],
  secret: `const awsKey = 'AKIA${KEY_END}';\nvoid awsKey;`,
};

const DIALECTS: Partial<Record<Runner, Dialect>> = {
  go: {
    head: /^func (?!Test|init|main).*\{$/,
    mute: `\tif len("x") == 1 {\n\t\tpanic("not built yet")\n\t}`,
    skip: ['\tt.Skip("later")'],
    nothing: [],
    unfailing: () => [],
    secret: `const awsKey = "AKIA${KEY_END}"\n\nvar _ = awsKey`,
  },
  pytest: {
    head: /^\s*(?:async )?def (?!test_|__init__)\w+\(.*\):$/,
    mute: '    if abs(1) == 1:\n        raise RuntimeError("not built yet")',
    skip: ['    import pytest', '    pytest.skip("later")'],
    nothing: ['    pass'],
    unfailing: (inside) => [
      '    try:',
      ...inside.map((line) => (line === '' ? line : `    ${line}`)),
      '    except Exception:',
      '        pass',
    ],
    secret: `AWS_KEY = "AKIA${KEY_END}"`,
  },
  cargo: {
    head: /^\s*(?:pub )?fn (?!start\b|new\b).*\{$/,
    mute: '    if "x".len() == 1 {\n        panic!("not built yet");\n    }',
    skip: [],
    nothing: [],
    unfailing: () => [],
    secret: `pub const AWS_KEY: &str = "AKIA${KEY_END}";`,
  },
};

export const dialectOf = (runner: Runner): Dialect => DIALECTS[runner] ?? JAVASCRIPT;

export const isJavaScript = (runner: Runner): boolean => !(runner in DIALECTS) && runner !== 'unknown';
