/** Which parts of a Rust file are its tests. */
import { expect, it } from 'vitest';
import { withTestsOf } from './rust-tests.ts';
import { cpuMs, within } from '../../testing/time-bounds.ts';

const SOURCE = (sum: string): string =>
  `//! Sums; no "}" in here ends anything.\n#![allow(dead_code)]\nuse std::{fmt, io};\n\npub fn add<'a>(a: i32, b: &'a i32) -> i32 {\n    let _ = ['{', '\\'', '"'];\n    let _ = (r#"}" {"#, "\\"}"); /* } */\n    ${sum}\n}\n\nconst LEAST: [u8; 2] = [1, 2];\n`;
const TESTS = (attributes: string, body: string): string =>
  `\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]${attributes}\n    fn adds() {\n        ${body}\n    }\n}\n`;
const OLD = TESTS('', 'assert_eq!(add(1, &2), 3);');

it.each([
  ['an emptied test', TESTS('', '')],
  ['a test that is to panic', TESTS('\n    #[should_panic]', 'assert_eq!(add(1, &2), 3);')],
  ['no tests', ''],
])(
  'PRIV-7: puts the tests of the base in the place of %s, and leaves the sources as they are',
  (_what, tests) => {
    expect(withTestsOf(SOURCE('a + b') + OLD, SOURCE('0') + tests)).toBe(SOURCE('0') + OLD);
  },
);

it('knows tests and helpers of tests outside of a module of their own', () => {
  const then = `fn one() -> i32 { 1 }\n#[cfg(test)]\nuse std::io;\n#[test]\nfn is_one() { assert_eq!(one(), 1); }\n`;
  const now = `#[allow(unused)]\n#[test]\nfn is_one() {}\nfn one() -> i32 { 2 }\n`;
  expect(withTestsOf(then, now)).toBe(
    `\nfn one() -> i32 { 2 }\n\n#[cfg(test)]\nuse std::io;\n\n#[test]\nfn is_one() { assert_eq!(one(), 1); }\n`,
  );
});

it.each([
  ['the tests are the same', SOURCE('a + b') + OLD, SOURCE('0') + OLD],
  ['there were none', SOURCE('a + b'), SOURCE('0') + OLD],
])('has nothing to put back where %s', (_what, then, now) => {
  expect(withTestsOf(then, now)).toBeNull();
});

it.each(['/*', '"\\', 'r#"', "'\\", '#[a]', '#[test', '{'])(
  'comes to an end with a file of %s alone',
  async (text) => {
    await within(10_000, () => withTestsOf(OLD, text.repeat(100_000)), { clock: cpuMs });
  },
);
