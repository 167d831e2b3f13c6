/** Linters and type checkers of Python that a repository is set up for. */
import type { GateKind } from '../../core/words.ts';

export interface PythonCheck {
  name: string;
  kind: GateKind;
  command: string[];
}

/** The tools in the order in which they run, each with the files of its own and its section in a shared one. */
const TOOLS = [
  { name: 'ruff', kind: 'lint', own: ['ruff.toml', '.ruff.toml'], section: /^\[tool\.ruff\b/m },
  { name: 'mypy', kind: 'types', own: ['mypy.ini', '.mypy.ini'], section: /^\[(?:tool\.)?mypy\b/m },
  { name: 'pyright', kind: 'types', own: ['pyrightconfig.json'], section: /^\[tool\.pyright\b/m },
] as const;

/** Files with sections of their tools: two in which several stand beside each other, and those of mypy. */
export const PYTHON_CONFIG = ['pyproject.toml', 'setup.cfg', 'mypy.ini', '.mypy.ini'];

/** What mypy reads when it is told nothing on the command line. */
const MYPY_TARGETS = /^\s*(?:files|packages|modules)\s*=/m;

/** Only what is configured: a tool that is just installed was not chosen for the whole repository. */
export function detectPythonChecks(files: string[], texts: string[]): PythonCheck[] {
  return TOOLS.filter(
    ({ own, section }) =>
      own.some((name) => files.includes(name)) || texts.some((text) => section.test(text)),
  ).map(({ name, kind }) => ({ name, kind, command: commandOf(name, texts) }));
}

function commandOf(name: (typeof TOOLS)[number]['name'], texts: string[]): string[] {
  switch (name) {
    case 'ruff':
      return ['ruff', 'check', '.'];
    case 'mypy':
      return texts.some((text) => MYPY_TARGETS.test(mypySection(text))) ? ['mypy'] : ['mypy', '.'];
    case 'pyright':
      return ['pyright'];
  }
}

/** From the head of mypy's section to the next head; empty where there is none. */
function mypySection(text: string): string {
  return /^\[(?:tool\.)?mypy\][^\n]*\n((?:(?!\[).*(?:\n|$))*)/m.exec(text)?.[1] ?? '';
}
