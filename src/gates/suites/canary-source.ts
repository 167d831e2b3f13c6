/** The text of canaries: one fails by itself, one through each assertion that the tests around may use. Pure. */
import { extname } from 'node:path';
import type { TestReporter } from '../../definitions/config.ts';
import { camel } from './canary-names.ts';
import { namedFunctions, namedMatchers } from './named-assertions.ts';

/** The test file that a canary stands beside, or at whose end it stands. */
export interface Neighbour {
  name: string;
  text: string;
  /** Its package says that all files in it are modules, whatever is written in them. */
  isModule: boolean;
}

/** Two numbers that differ, for what is compared. */
export type Pair = readonly [number, number];

/** What a test of JavaScript is asked to do. */
interface JavaScriptTest {
  /** Its suites and its title. */
  path: readonly string[];
  body: string;
}

/** A file of its own: the first test fails by itself, the second through assertions. */
export function javaScriptCanary(
  reporter: TestReporter,
  [plain, asserting]: readonly [readonly string[], readonly string[]],
  neighbour: Neighbour,
  pair: Pair,
): string {
  const message = JSON.stringify(`expected ${pair[0]} to be ${pair[1]}`);
  const tests = [
    { path: plain, body: `() => {\n  throw new Error(${message});\n}` },
    { path: asserting, body: assertions(reporter, neighbour, pair, false) },
  ];
  const uncheckedTypes = isTyped(neighbour) ? '// @ts-nocheck\n' : '';
  return `${uncheckedTypes}${register(reporter, neighbour, tests, ['group', 'check'])}`;
}

/**
 * At the end of a test file: it loads what that loads, and asserts with what that has. `words`: free names in there.
 */
export function appendedCanary(
  reporter: TestReporter,
  path: readonly string[],
  neighbour: Neighbour,
  { pair, words }: { pair: Pair; words: readonly [string, string] },
): string {
  const tests = [{ path, body: assertions(reporter, neighbour, pair, true) }];
  return `${neighbour.text}\n;${register(reporter, neighbour, tests, words)}`;
}

/** Whether suites of these titles can be around a test there. */
export const hasSuites = ({ text }: Neighbour): boolean => /\bdescribe\(/u.test(text);

/** `names`: what the runner's own functions are called, for suites and for tests. */
function register(
  reporter: TestReporter,
  neighbour: Neighbour,
  tests: readonly JavaScriptTest[],
  [group, check]: readonly [string, string],
): string {
  const given = isTyped(neighbour) ? '(globalThis as any)' : 'globalThis';
  const call = ({ path, body }: JavaScriptTest, suite: string, test: string): string => {
    const title = JSON.stringify(path.at(-1) ?? '');
    return path
      .slice(0, -1)
      .reduceRight(
        (inner, name) => `${suite}(${JSON.stringify(name)}, () => {\n${inner}});\n`,
        `${test}(${title}, ${body});\n`,
      );
  };
  // Whatever its interface is, mocha puts one of them there.
  if (reporter === 'mocha')
    return tests.map((test) => call(test, `${given}.describe`, `(${given}.it ?? ${given}.test)`)).join(';');
  // jest knows them by itself; only who imports them may have turned that off.
  if (reporter === 'jest' && !neighbour.text.includes('@jest/globals'))
    return tests.map((test) => call(test, 'describe', 'test')).join('');
  const module = { node: 'node:test', vitest: 'vitest', jest: '@jest/globals' }[reporter as 'node'];
  const lines = tests.map((test) => call(test, group, check)).join('');
  const used = tests.some(({ path }) => path.length > 1);
  const ways = `{ ${used ? `describe: ${group}, ` : ''}test: ${check} }`;
  // Loaded as the tests around load it: who replaces the runner for one way of loading it replaces it here, too.
  if (reporter === 'node' && importsByCalls(neighbour))
    return `const ${ways} = await import('${module}');\n${lines}`;
  return reporter === 'vitest' || isEsm(neighbour)
    ? `import ${ways.replaceAll(':', ' as')} from '${module}';\n${lines}`
    : `{\nconst ${ways} = require('${module}');\n${lines}}\n`;
}

/** Green where one of them lets something wrong pass; else the last one fails, for the runner to see. */
function assertions(reporter: TestReporter, neighbour: Neighbour, pair: Pair, isInside: boolean): string {
  const [one, other] = pair;
  const any = isTyped(neighbour) ? ': any' : '';
  const { text } = neighbour;
  const uses = (name: string): boolean => new RegExp(`['"]${name}['"]`, 'u').test(text);
  const bare = (name: string): string =>
    isInside && new RegExp(`\\b${name}\\s*[.(]`, 'u').test(text)
      ? `typeof ${name} === 'undefined' ? null : ${name}, `
      : '';
  const own = { jest: '@jest/globals', vitest: 'vitest' }[reporter as 'jest'];
  const withNode = own === undefined || /['"](?:node:)?assert(?:\/strict)?['"]/u.test(text);
  const names = [
    ...(own !== undefined && (reporter === 'vitest' || uses(own)) ? [own] : []),
    ...(withNode ? ['node:assert'] : []),
    ...['chai', 'expect', 'should'].filter(uses),
  ];
  // `ok` is asked about nothing, not about false: to say what was false, Node reads and parses the file, which takes as long as all the rest.
  // What a test of jest is not translated for, it cannot import.
  const opened = reporter === 'jest' && !isEsm(neighbour) ? 'require(name)' : 'await import(name)';
  return `async () => {
  const world${any} = globalThis;
  const library${any} = [];
  for (const name of ${JSON.stringify(names)}) {
    try {
      const found${any} = ${opened};
      library.push(found, found.default);
    } catch {
      continue;
    }
  }
  const asserts${any} = [${bare('assert')}world.assert];
  const expects${any} = [${bare('expect')}world.expect];
  for (const found of library) {
    if (!found) continue;
    asserts.push(found, found.strict, found.assert);
    expects.push(found.expect);
  }
  const same${any} = ${one};
  const checks${any} = [];
  const wrong${any} = [
    ['ok'],
    ['ok', false, '${one} is ${other}'],
    ['equal', same, ${other}],
    ['strictEqual', same, ${other}],
    ['notEqual', same, same],
    ['notStrictEqual', same, same],
    ['deepEqual', { value: same }, { value: ${other} }],
    ['deepStrictEqual', { value: same }, { value: ${other} }],
    ['throws', () => {}],${namedFunctions(text, pair)
      .map((each) => `\n    ${each},`)
      .join('')}
  ];
  for (const [name, ...values] of wrong) {
    const asked${any} = new Set();
    for (const assertion of asserts) {
      if (typeof assertion?.[name] !== 'function' || asked.has(assertion[name])) continue;
      asked.add(assertion[name]);
      checks.push(() => assertion[name](...values));
    }
  }
  for (const expectation of expects) {
    if (typeof expectation !== 'function') continue;
    let made${any} = {};
    try {
      made = Object(expectation(same));
    } catch {}
    if ('to' in made) {
      checks.push(
        () => expectation(same).to.equal(${other}),
        () => expectation({ value: same }).to.deep.equal({ value: ${other} }),
        () => expectation(same).to.not.equal(same),
        () => expectation(() => {}).to.throw(),
      );
    }
    if ('to' in made && !('toBe' in made)) continue;
    checks.push(
      () => expectation(false).toBeTruthy(),
      () => expectation({ value: same }).toEqual({ value: ${other} }),
      () => expectation({ value: same }).toStrictEqual({ value: ${other} }),
      () => expectation([same]).toContain(${other}),
      () => expectation(same).not.toBe(same),
      () => expectation(() => {}).toThrow(),${namedMatchers(text, pair)
        .map((each) => `\n      ${each},`)
        .join('')}
      () => expectation(same).toBe(${other}),
    );
  }
  if (same.should !== undefined) checks.push(() => same.should.equal(${other}));
  for (const check of checks) {
    let isNoticed = false;
    try {
      await check();
    } catch {
      isNoticed = true;
    }
    if (!isNoticed) return;
  }
  await checks.at(-1)?.();
  throw new Error('${one} is not ${other}');
}`;
}

/** In its neighbour's package, and built whenever that is: a failure said at once, one by comparison, and those of its libraries. */
export function goCanary(functions: readonly string[], { text }: Neighbour, [one, other]: Pair): string {
  const constraint = /^\/\/go:build .*$/m.exec(text)?.[0] ?? '';
  const clause = /^package\s+\w+/m.exec(text)?.[0] ?? 'package main';
  const imports = goLibraries(text);
  const bodies = [
    `\tt.Fatalf("got %d, want %d", ${one}, ${other})`,
    `\tif got, want := ${one}, ${other}; got != want {\n\t\tt.Errorf("got %d, want %d", got, want)\n\t}`,
    ...imports.map((path) => `\t${path.slice(path.lastIndexOf('/') + 1)}.Equal(t, ${one}, ${other})`),
  ];
  const tests = bodies.map((body, at) => `func ${functions[at] ?? ''}(t *testing.T) {\n${body}\n}\n`);
  const lines = ['testing', ...imports].map((path) => `\t"${path}"\n`).join('');
  return `${constraint}\n\n${clause}\n\nimport (\n${lines})\n\n${tests.join('\n')}`;
}

/** How many functions a canary in Go has there. */
export const goCount = ({ text }: Neighbour): number => 2 + goLibraries(text).length;

function goLibraries(text: string): string[] {
  return ['assert', 'require']
    .map((name) => `github.com/stretchr/testify/${name}`)
    .filter((path) => text.includes(`"${path}"`));
}

/** At the end of a file of Rust: a panic, and one for each macro that compares. */
export function rustCanary(functions: readonly string[], { text }: Neighbour, [one, other]: Pair): string {
  const bodies = [
    `panic!("{} is not {}", ${one}, ${other})`,
    `assert_eq!(${one}, ${other})`,
    `assert_ne!(${one}, ${one})`,
    `assert!(${one} == ${other})`,
  ];
  const tests = bodies.map(
    (body, at) => `#[cfg(test)]\n#[test]\nfn ${functions[at] ?? ''}() {\n    ${body};\n}\n`,
  );
  return `${text}\n${tests.join('\n')}`;
}

export const RUST_COUNT = 4;

/** `TestAdds` and `['empty', 'list']` → `TestAddsEmptyList`. */
export function goName(like: string, words: readonly string[]): string {
  return `${/^Test[A-Z]\w*$/u.test(like) ? like : 'Test'}${camel(words)}`;
}

/** `adds` and `['empty', 'list']` → `adds_empty_list`. */
export function rustName(like: string, words: readonly string[]): string {
  return [...(/^[a-z]\w*$/u.test(like) ? [like] : []), ...words].join('_');
}

const isTyped = ({ name }: Neighbour): boolean => /\.[cm]?tsx?$/u.test(name);

function isEsm({ name, text }: Neighbour): boolean {
  const extension = extname(name);
  if (extension.startsWith('.m')) return true;
  if (extension.startsWith('.c')) return false;
  return /^\s*(?:import\s*[\w{*'"]|export\s)/mu.test(text);
}

/** A module of Node's may say that it is one by its package alone, or by what it waits for at its top. */
function importsByCalls(neighbour: Neighbour): boolean {
  const { name, text, isModule } = neighbour;
  if (extname(name).startsWith('.c')) return false;
  if (isModule && !isEsm(neighbour)) return true;
  // What has `require` is none, whatever stands at the beginning of a line of a text in it.
  const waits = /^(?:(?:const|let|var)\s[^=\n]+=\s*)?await\s/mu.test(text);
  return waits && !/\brequire\s*\(/u.test(text);
}
