import { describe, expect, it } from 'vitest';
import { judgeRust } from './judge-rust.ts';
import { maskRust } from './mask-rust.ts';
import { readRust } from './read-rust.ts';

const MAIN = 'mod store;\nfn main() { store::serve(); }\n';
const STORE =
  'pub struct Store;\nimpl Store {\n    pub fn new() -> Store { Store }\n}\npub fn serve() { Store::new(); }\n';

/** The names that are told, of a change that puts these files beside a program. */
function told(
  files: Record<string, string>,
  given: { offered?: boolean; tests?: Record<string, string>; entries?: string[] } = {},
): string[] {
  const base = new Map(Object.entries({ 'src/main.rs': MAIN, 'src/store.rs': STORE }));
  const head = new Map([...base, ...Object.entries(files)]);
  const factsOf = (texts: Map<string, string>) =>
    new Map([...texts].map(([path, text]) => [path, readRust(text)]));
  const judged = judgeRust({
    repo: 'api',
    base: factsOf(base),
    head: factsOf(head),
    tests: new Map(
      Object.entries(given.tests ?? {}).map(([path, text]) => [path, new Set(text.match(/\w+/g))]),
    ),
    isHere: () => true,
    isOffered: () => given.offered === true,
    isEntry: (path) => given.entries?.includes(path) === true,
  });
  return judged.drafts.map(({ file, line, problem }) => `${file}:${line} ${/`([^`]+)`/.exec(problem)?.[1]}`);
}

const CALLS_RENT = MAIN.replace('store::serve();', 'store::serve(); rent::rent(1);');
const RENT =
  'const MOST: u32 = 30;\n\nfn price_of(days: u32) -> u32 { days * MOST }\n\npub fn rent(days: u32) -> u32 { price_of(days) }\n';

describe('what a change of Rust declares', () => {
  it('is in use where a program gets to it, over as many functions as it takes', () => {
    expect(told({ 'src/main.rs': `mod rent;\n${CALLS_RENT}`, 'src/rent.rs': RENT })).toEqual([]);
  });

  it('is told where nothing does, the outermost function alone, whatever modules and imports name', () => {
    expect(told({ 'src/rent.rs': RENT })).toEqual(['src/rent.rs:5 rent']);
    const named = `mod rent;\npub use rent::rent;\nuse crate::rent::{rent, price_of};\n${MAIN}`;
    expect(told({ 'src/main.rs': named, 'src/rent.rs': RENT })).toEqual(['src/rent.rs:5 rent']);
    const said = `${MAIN}// rent(1)\n/* rent(2) /* rent(3) */ */\nconst LINE: &str = "rent(4)"; const RAW: &str = r#"rent("5")"#; fn line() { LINE; RAW; } fn other() { line(); }\nfn more() { other(); }`;
    expect(told({ 'src/main.rs': said, 'src/rent.rs': RENT })).toContain('src/rent.rs:5 rent');
    expect(told({ 'src/rent.rs': 'pub fn rent(n: u32) { if n > 0 { rent(n - 1) } }\n' })).toHaveLength(1);
    expect(told({ 'src/rent.rs': 'pub fn a() { b() }\npub fn b() { a() }\n' })).toHaveLength(2);
  });

  it('is told where only tests use it, also tests in its own file', () => {
    const inside = `${RENT}\n#[cfg(test)]\nmod tests {\n    use super::*;\n    #[test]\n    fn costs() { assert_eq!(rent(1), 30); }\n}\n`;
    expect(told({ 'src/rent.rs': inside })).toEqual(['src/rent.rs:5 rent']);
    const judged = judgeRust({
      repo: 'api',
      base: new Map(),
      head: new Map([['src/rent.rs', readRust(RENT)]]),
      tests: new Map([['tests/rent.rs', new Set(['rent'])]]),
      isHere: () => true,
      isOffered: () => false,
      isEntry: () => false,
    });
    expect(judged).toMatchObject({ status: 'fail', drafts: [{ blocking: true }] });
    expect(judged.drafts[0]?.problem).toContain('Only tests use it (`tests/rent.rs`)');
  });

  it('is a type told with its methods, and a method of a type that is in use told by itself', () => {
    const type =
      'pub struct Rental { days: u32 }\nimpl Rental {\n    pub fn new(days: u32) -> Rental { Rental { days } }\n    pub fn price(&self) -> u32 { self.days }\n}\n';
    expect(told({ 'src/rent.rs': type })).toEqual(['src/rent.rs:1 Rental']);
    const used = MAIN.replace('store::serve();', 'store::serve(); rent::Rental::new(1);');
    expect(told({ 'src/rent.rs': type, 'src/main.rs': used })).toEqual(['src/rent.rs:4 Rental::price']);
  });

  it('is in use where a trait, an attribute of a framework or another language calls it', () => {
    const called = [
      "impl std::fmt::Display for Store { fn fmt(&self, f: &mut Formatter<'_>) -> Result { helper(f) } }",
      'fn helper(f: &mut Formatter) -> Result { Ok(()) }',
      '#[get("/rentals")]\npub async fn list() -> Json { load() }',
      'fn load() -> Json { Json }',
      '#[no_mangle]\npub extern "C" fn rent_c(days: u32) -> u32 { days }',
    ].join('\n');
    expect(told({ 'src/rent.rs': called })).toEqual([]);
    expect(told({ 'src/rent.rs': '#[inline]\n#[must_use]\npub fn rent() {}\n' })).toEqual([
      'src/rent.rs:3 rent',
    ]);
  });

  it('is for others where a library offers it, but not what it keeps to itself', () => {
    expect(told({ 'src/rent.rs': RENT }, { offered: true })).toEqual([]);
    expect(told({ 'src/rent.rs': 'pub(crate) fn rent() {}\n' }, { offered: true })).toHaveLength(1);
    expect(told({ 'src/rent.rs': RENT }, { entries: ['src/rent.rs'] })).toEqual([]);
  });

  it('is nothing new where it was there, wherever it lies now', () => {
    expect(told({ 'src/store.rs': 'pub use crate::kept::*;\n', 'src/kept.rs': STORE })).toEqual([]);
  });
});

it('keeps every line where it was, and lifetimes apart from characters', () => {
  const text = `fn a<'x>(s: &'x str) -> char { '"' } // "\nfn b() { let c = '\\''; b(); }\n`;
  const code = maskRust(text);
  expect(code).toHaveLength(text.length);
  expect(code.split('\n')).toHaveLength(3);
  expect(code).toContain("fn a<'x>(s: &'x str) -> char {");
  expect(code).toContain('b(); }');
});
