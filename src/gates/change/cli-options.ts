/** Options and commands that a change adds to a command line, seen by how libraries and people declare them. Pure. */
import type { ChangedLine } from './changed-lines.ts';
import { isTestCode } from '../suites/test-files.ts';

export interface CliAddition {
  kind: 'option' | 'command';
  /** Without dashes. */
  name: string;
  repo: string;
  path: string;
  line: number;
}

interface Rule {
  kind: CliAddition['kind'];
  pattern: RegExp;
  /** Only where the path says that it is a command line: the form is common elsewhere. */
  inCliOnly: boolean;
}

const MAX_LINE = 2_000;
const CODE = /\.(?:[cm]?[jt]sx?|py|go|rb|rs|sh|php)$|(?:^|\/)bin\/[^/.]+$/;
const CLI_PATH = /(?:^|\/)(?:bin|cli|cmd|commands?)(?:\/|\.[^/]+$)/;
const RULES: readonly Rule[] = [
  {
    // commander, cac, click, argparse, clap: the long form stands in the declaration.
    kind: 'option',
    inCliOnly: false,
    pattern: /(?:[oO]ption|add_argument|requiredOption)\(\s*["'`](?:-\w[ ,|/]{0,3})?--([a-z][\w-]*)/g,
  },
  { kind: 'option', inCliOnly: false, pattern: /add_argument\(\s*["']-\w["'],\s*["']--([a-z][\w-]*)/g },
  // By hand: `case '--json':`, `argv.includes('--json')`, `arg === '--json'`.
  {
    kind: 'option',
    inCliOnly: false,
    pattern: /(?:\bcase |arg[sv]?\w{0,20}\.(?:includes|indexOf)\(|===? )["'`]--([a-z][\w-]*)["'`]/g,
  },
  // Go: `flag.String("name"`, `cmd.Flags().BoolVar(&x, "name"`.
  {
    kind: 'option',
    inCliOnly: false,
    pattern:
      /\b(?:flag|[fF]lags\(\))\.(?:String|Bool|Int|Int64|Uint|Float64|Duration)(?:Slice|Array)?(?:Var)?P?\((?:&[\w.]{1,80},\s*)?"([a-z][\w-]*)"/g,
  },
  // yargs.
  { kind: 'option', inCliOnly: true, pattern: /\.option\(\s*["']([a-z][\w-]*)["']/g },
  // parseArgs of Node.
  {
    kind: 'option',
    inCliOnly: true,
    pattern: /(?:^|[{,])\s*["']?([a-z][\w-]*)["']?:\s*\{\s*type:\s*["'](?:boolean|string)["']/g,
  },
  {
    kind: 'command',
    inCliOnly: true,
    pattern: /(?:\.command|add_parser|createCommand)\(\s*["'`]([a-z][\w-]*)/g,
  },
  { kind: 'command', inCliOnly: true, pattern: /\bUse:\s*"([a-z][\w-]*)/g },
];

/** What the added lines declare and the removed ones did not: a line that only moved adds nothing. */
export function findCliAdditions(lines: {
  added: readonly ChangedLine[];
  removed: readonly ChangedLine[];
}): CliAddition[] {
  const before = new Set(lines.removed.flatMap(declaredIn).map(keyOf));
  const found = new Map<string, CliAddition>();
  for (const addition of lines.added.flatMap(declaredIn)) {
    const key = keyOf(addition);
    if (!before.has(key) && !found.has(key)) found.set(key, addition);
  }
  return [...found.values()];
}

const keyOf = ({ kind, name, repo }: CliAddition): string => `${repo} ${kind} ${name}`;

function declaredIn({ repo, path, line, text }: ChangedLine): CliAddition[] {
  if (!CODE.test(path) || isTestCode(path)) return [];
  return RULES.filter((rule) => !rule.inCliOnly || CLI_PATH.test(path)).flatMap(({ kind, pattern }) =>
    [...text.slice(0, MAX_LINE).matchAll(pattern)].flatMap(([, name]) =>
      name === undefined ? [] : [{ kind, name, repo, path, line }],
    ),
  );
}

/** Whether a help text names it, as a word of its own. */
export function isNamedIn(help: string, { kind, name }: CliAddition): boolean {
  const word = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // A command line of Go may write one dash; `--[no-]name` names it too.
  const before = kind === 'option' ? '(?:^|[^\\w-])--?(?:\\[no-\\])?' : '(?:^|[^\\w-])';
  return new RegExp(`${before}${word}(?![\\w-])`, 'm').test(help);
}

/** As it is written on a command line. */
export function showAddition({ kind, name }: CliAddition): string {
  return kind === 'option' ? `--${name}` : name;
}
