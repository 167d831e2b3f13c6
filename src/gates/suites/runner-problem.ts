/** What can be said of a test gate before anything runs: whether its script is there, and whether its reporter can read its runner. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { GateCommand, TestReporter } from '../../definitions/config.ts';

const SCRIPT_RUNNERS = ['npm', 'pnpm', 'yarn', 'bun'];
/** How a runner shows in a command or a script, and the reporters that can read it. */
const RUNNERS: { name: string; shows: RegExp; read: TestReporter[] }[] = [
  { name: 'vitest', shows: word('vitest'), read: ['vitest', 'junit'] },
  { name: 'jest', shows: word('jest'), read: ['jest', 'junit'] },
  { name: 'node --test', shows: /(?:^|[\s/])node\s(?:.*\s)?--test(?:\s|$)/, read: ['node', 'junit'] },
  { name: 'mocha', shows: word('mocha'), read: ['mocha', 'junit'] },
  { name: 'go test', shows: /(?:^|[\s/])go\s+test(?:\s|$)/, read: ['go', 'junit'] },
  { name: 'cargo test', shows: /(?:^|[\s/])cargo\s+(?:.*\s)?test(?:\s|$)/, read: ['cargo', 'junit'] },
  { name: 'ava', shows: word('ava'), read: ['junit'] },
  { name: 'tap', shows: word('tap'), read: ['junit'] },
  { name: 'pytest', shows: word('pytest'), read: ['pytest', 'junit'] },
];

/** null: nothing that speaks against it. What a script starts in turn is not looked into: the canary finds that out. */
export function runnerProblem(gate: GateCommand, place: { root: string; cwd: string }): string | null {
  const line = gate.command.join(' ');
  const script = gate.shell ? null : scriptOf(gate.command);
  const text = script === null ? line : findScript(script, place);
  if (text === null) {
    return gate.command.includes('--if-present')
      ? null
      : `\`${line}\` starts the script \`${script}\`, which package.json does not have. Mend the command, or add the script.`;
  }
  if (gate.reporter === 'none') return null;
  const shown = RUNNERS.filter(({ shows }) => shows.test(text));
  const starts = script === null ? `\`${line}\`` : `\`${text}\`, which \`${line}\` starts`;
  // The canary is red in whichever comes first, and behind `&&` nothing runs any more.
  if (shown.some(({ shows }) => text.split(/&&|;/).filter((part) => shows.test(part)).length > 1))
    return `${starts}, starts its runner more than once. Make a gate of each, or start it once for all.`;
  const [first] = shown;
  if (first === undefined || shown.some(({ read }) => read.includes(gate.reporter))) return null;
  return `the reporter \`${gate.reporter}\` cannot read ${starts}. Set \`reporter: ${first.read[0]}\`, or mend the command.`;
}

function word(name: string): RegExp {
  return new RegExp(`(?:^|[\\s/])${name}(?:\\s|$)`);
}

/** The script that a package manager is told to start; null: none, or flags choose where it is looked for. */
function scriptOf([program = '', verb = '', name = '']: string[]): string | null {
  if (!SCRIPT_RUNNERS.includes(basename(program))) return null;
  if (verb === 'run' || verb === 'run-script') return name === '' || name.startsWith('-') ? null : name;
  // `bun test` is a runner of its own.
  const isTest = verb === 'test' || (basename(program) === 'npm' && ['t', 'tst'].includes(verb));
  return isTest && basename(program) !== 'bun' && !name.startsWith('-') ? 'test' : null;
}

/** Its text in the nearest package.json; null: that has none of this name. Where none can be read, nothing is said. */
function findScript(name: string, { root, cwd }: { root: string; cwd: string }): string | null {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const scripts = readScripts(folder);
    if (scripts === 'unreadable') return '';
    if (scripts !== null) return scripts[name] ?? null;
    if (folder === root || folder === dirname(folder)) return null;
  }
}

/** null: there is no package.json. */
function readScripts(folder: string): Record<string, string> | 'unreadable' | null {
  let text: string;
  try {
    text = readFileSync(join(folder, 'package.json'), 'utf8');
  } catch {
    return null; // absent: the folder above is looked at
  }
  try {
    const { scripts } = JSON.parse(text) as { scripts?: Record<string, unknown> }; // what is no text is left out below
    return Object.fromEntries(
      Object.entries(scripts ?? {}).flatMap(([key, value]) =>
        typeof value === 'string' ? [[key, value]] : [],
      ),
    );
  } catch {
    return 'unreadable';
  }
}
