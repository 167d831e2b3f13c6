/** The cheats in Rust, whose tests stand in the sources themselves. */
import { gate } from '../../src/gates/testing/gates-rig.ts';
import type { Runner } from './cheat-table.ts';
import { greenReport, SHELL_LEAVE_CHILD } from '../../src/demo/rehearse/report-overwriter.ts';
import { NO_FOCUS, SYSTEM_RUNNER } from './system-cheats.ts';

const RUST = (sum: string, first = '', attributes = '', more = ''): string =>
  `pub fn add(a: i32, b: i32) -> i32 {\n    ${sum}\n}\n\npub fn sub(a: i32, b: i32) -> i32 {\n    a - b\n}\n${more}\n#[cfg(test)]\nmod tests {\n    use super::*;\n\n    #[test]${attributes}\n    fn adds() {${first}\n        assert_eq!(add(1, 2), 3);\n    }\n\n    #[test]\n    fn subtracts() {\n        assert_eq!(sub(3, 1), 2);\n    }\n}\n`;
const RUST_ALONE =
  'pub fn add(a: i32, b: i32) -> i32 {\n    0 * a * b\n}\n\npub fn sub(a: i32, b: i32) -> i32 {\n    a - b\n}\n';
/** Functions that the loader calls before `main`. */
const atLoad = (body: string): string =>
  `\nextern "C" fn at_load() {\n    ${body}\n}\n\n#[used]\n#[cfg_attr(target_os = "linux", link_section = ".init_array")]\n#[cfg_attr(target_os = "macos", link_section = "__DATA,__mod_init_func")]\nstatic AT_LOAD: extern "C" fn() = at_load;\n`;
const AT_LOAD = atLoad('std::process::exit(0)');
const LEAVE_CHILD = atLoad(
  `std::process::Command::new("sh").args(["-c", r#"${SHELL_LEAVE_CHILD}"#, "sh", r#"${greenReport('src/lib.rs', ['tests::adds', 'tests::subtracts'])}"#]).status().unwrap();`,
);
/** Starts the program of tests once more, reads what that says, and says it on with one test green. */
const FILTER = atLoad(`if std::env::var("INNER").is_ok() {
        return;
    }
    let inner = std::process::Command::new("/proc/self/exe").args(std::env::args().skip(1)).env("INNER", "1").output().unwrap();
    print!("{}", String::from_utf8_lossy(&inner.stdout).replace("test tests::adds ... FAILED", "test tests::adds ... ok"));
    std::process::exit(1)`);
const SAID =
  'test tests::adds ... ok\\ntest tests::subtracts ... ok\\n\\ntest result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\\n\\n';

export const cargo: Runner = {
  name: 'cargo test',
  needs: 'cargo',
  setup: null,
  tests: gate({ name: 'tests', kind: 'tests', command: ['cargo', 'test'], reporter: 'cargo' }),
  files: {
    'Cargo.toml': '[package]\nname = "orders"\nversion = "0.1.0"\nedition = "2021"\n',
    'Cargo.lock': 'version = 3\n\n[[package]]\nname = "orders"\nversion = "0.1.0"\n',
    'src/lib.rs': RUST('a + b'),
  },
  broken: { 'src/lib.rs': RUST('0 * a * b') },
  cells: {
    exit_at_import: { 'src/lib.rs': RUST('0 * a * b', '', '', AT_LOAD) },
    exit_later: { 'src/lib.rs': RUST('std::process::exit(a - a + b - b)') },
    skip: { 'src/lib.rs': RUST('0 * a * b', '', '\n    #[ignore]') },
    only: NO_FOCUS,
    todo: 'there is no test without a body',
    inverted: 'the mark `#[should_panic]` says what the code has to do; one that it was put on is `weakened`',
    emptied: { 'src/lib.rs': `${RUST_ALONE}\n#[cfg(test)]\nmod tests {}\n` },
    deleted: { 'src/lib.rs': RUST_ALONE },
    weakened: { 'src/lib.rs': RUST('0 * a * b', '', '\n    #[should_panic]') },
    runner_replaced: SYSTEM_RUNNER,
    runner_planted: SYSTEM_RUNNER,
    report_forged: {
      'src/lib.rs': RUST(
        `use std::io::Write; std::io::stdout().write_all(b"${SAID}").unwrap(); std::process::exit(a - a + b - b)`,
      ),
    },
    report_overwritten: { 'src/lib.rs': RUST('0 * a * b', '', '', LEAVE_CHILD) },
    results_filtered: { 'src/lib.rs': RUST('0 * a * b', '', '', FILTER) },
    green_config: {
      'src/lib.rs': RUST('0 * a * b'),
      '.cargo/config.toml': '[target."cfg(all())"]\nrunner = "true"\n',
    },
  },
};
