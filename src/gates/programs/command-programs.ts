/** Which files the words of a command run, or are told to load before they check something. Pure. */

/** What a simple command runs: files as it names them, and scripts of package.json by their names. */
export interface RunByCommand {
  files: string[];
  scripts: string[];
}

/** Words before a program that change nothing of which program it is. */
const PREFIXES = /^(?:env|exec|time|nice|command|npx|pnpx|bunx|cross-env|[A-Za-z_]\w*=.*)$/u;
const PACKAGE_RUNNERS = /^(?:npm|pnpm|yarn|bun)$/u;
/** Options whose value is a file that says what is checked or how it is reported, or is loaded before it is. */
const FILE_OPTIONS =
  /^--(?:config|config-file|configuration|rcfile|project|tsconfig|require|import|loader|experimental-loader|preload|setup|setup-files?|setupFiles|setupFilesAfterEnv|rules|ruleset|settings|settings-path|ignore-path|plugin|makefile|env-file|global-setup|globalSetup|globalTeardown|reporter|reporters|test-reporter|formatter|format|runner|testRunner|test-runner|resolver|transform|environment|env)$/u;
/** The same in one letter, for the programs that mean a file by it: `pip -r` and `php -l` do not. */
const SHORT_FILE_OPTIONS: readonly { program: RegExp; options: RegExp }[] = [
  { program: /^(?:node|nodejs|bun|tsx|ts-node|mocha|nyc|c8|ava|jest|vitest|tap)$/u, options: /^-r$/u },
  { program: /^(?:g?make|just|task|ninja)$/u, options: /^(?:-f|--file)$/u },
  { program: /^(?:tsc|vue-tsc|tsd|tsc-files|pyright|basedpyright)$/u, options: /^-p$/u },
  {
    program: /^(?:eslint|stylelint|jest|vitest|mocha|pytest|ruff|black|mypy|flake8|pylint|golangci-lint)$/u,
    options: /^-c$/u,
  },
];

/**
 * How a script is named to its interpreter. `without`: with one of these options it checks, tests or runs a text, and the
 * files that it names are what it looks at; `values`: options that take a word.
 */
interface Interpreter {
  program: RegExp;
  without: RegExp;
  values?: RegExp;
}

const INTERPRETERS: readonly Interpreter[] = [
  {
    program: /^(?:node|nodejs|tsx|ts-node)$/u,
    without: /^(?:-c|--check|-e|--eval|-p|--print|-pe|--test|--test-only|--run(?:=.*)?)$/u,
    values:
      /^(?:-r|-C|--conditions|--require|--import|--loader|--experimental-loader|--env-file|--tsconfig)$/u,
  },
  {
    program: /^bun$/u,
    without: /^(?:-e|--eval|-p|--print|test|build|install|i|add|x)$/u,
    values: /^(?:-r|--preload|--require|--env-file|--config|-c)$/u,
  },
  {
    program: /^deno$/u,
    without: /^(?:eval|test|task|check|lint|fmt|doc|info|cache|bench|compile|bundle|install|coverage)$/u,
    values: /^(?:-c|--config|--import-map|--lock|--env-file)$/u,
  },
  { program: /^(?:python[\d.]*|pypy\d*)$/u, without: /^-\w*[mc]$/u, values: /^-[WX]$/u },
  { program: /^(?:ruby|perl)$/u, without: /^-(?:\w*[ec]\w*)$/u, values: /^-[rIM]$/u },
  { program: /^php$/u, without: /^(?:-l|-r|-B|--syntax-check|--run)$/u, values: /^-[cdz]$/u },
  { program: /^(?:sh|bash|zsh|dash)$/u, without: /^-\w*[nc]\w*$/u, values: /^[-+]\w*o$/u },
];

/** How a script of a shell says `my own folder`. */
const OWN_FOLDER =
  /\$\(\s*dirname\s+(?:--\s+)?"?\$\{?(?:0|BASH_SOURCE(?:\[0\])?)\}?"?\s*\)|`dirname\s+"?\$0"?`|\$\{(?:0|BASH_SOURCE(?:\[0\])?)%\/\*\}/gu;
const WAY_OF_FOLDER =
  /\$\(\s*cd\s+(?:--\s+)?"?\$HERE([^"\s)&]*)"?\s*(?:>\s*\S+\s*)?&&\s*pwd(?:\s+-P)?\s*\)/gu;
/** Options that say where a program shall look for its package or its files. */
const FOLDER_OPTIONS = /^(?:--prefix|-C|--cwd|--dir|--directory|-w|--workspace)$/u;

/** The simple commands of a line for a shell, each as words without quotes; a script's own folder is `$HERE`. */
export function commandsIn(text: string): string[][] {
  return text
    .replace(/\\\n/gu, ' ')
    .replace(OWN_FOLDER, '$$HERE')
    .replace(WAY_OF_FOLDER, '$$HERE$1')
    .split(/&&|\|\||[;&|\n()`]/u)
    .map((command) =>
      command
        .split(/\s+/u)
        .map((word) => word.replace(/['"]/gu, ''))
        .filter(Boolean),
    )
    .filter((words) => words.length > 0);
}

/** A file that is only looked at (`node --check x`, `eslint x`, `prettier x`) is not among them. */
export function runBy(given: readonly string[]): RunByCommand {
  const start = given.findIndex((word) => !PREFIXES.test(word));
  const [program = '', ...rest] = start === -1 ? [] : given.slice(start);
  const name = program.split('/').at(-1) ?? '';
  const files = [
    ...optionFiles(name, rest),
    ...(program.includes('/') ? [program] : []),
    ...(program === '.' || program === 'source' ? rest.slice(0, 1) : []),
    ...scriptIn(name, rest),
  ];
  const isRunner = PACKAGE_RUNNERS.test(name) || rest.some((word) => /^--run(?:=|$)/u.test(word));
  return { files, scripts: isRunner ? rest.map(scriptName) : [] };
}

/** Folders that a command goes to, or is told to work in. */
export function foldersOf(words: readonly string[]): string[] {
  const [program = '', target = ''] = words;
  if (program === 'cd' || program === 'pushd') return [target];
  return words.flatMap((word, index) => {
    const [, option = word, value] = /^(--[\w-]+)=(.+)$/u.exec(word) ?? [];
    return FOLDER_OPTIONS.test(option) ? [value ?? words[index + 1] ?? ''] : [];
  });
}

const scriptName = (word: string): string => {
  const name = word.replace(/^--run=/u, '');
  return name === 't' ? 'test' : name;
};

/** The values of options that name files: `--config x`, `--config=x`. */
function optionFiles(program: string, words: readonly string[]): string[] {
  const short = SHORT_FILE_OPTIONS.filter((each) => each.program.test(program));
  const isFile = (option: string): boolean =>
    FILE_OPTIONS.test(option) || short.some(({ options }) => options.test(option));
  return words.flatMap((word, index) => {
    const [, option = '', value = ''] = /^(--?[\w-]+)=(.+)$/u.exec(word) ?? [];
    if (option !== '') return isFile(option) ? [value] : [];
    return isFile(word) ? words.slice(index + 1, index + 2) : [];
  });
}

/** The first word that is neither an option nor an option's value; none where the interpreter only looks at files. */
function scriptIn(program: string, words: readonly string[]): string[] {
  const interpreter = INTERPRETERS.find((each) => each.program.test(program));
  if (interpreter === undefined) return [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (interpreter.without.test(word)) return [];
    if (interpreter.values?.test(word) === true) at += 1;
    else if (word !== 'run' && word !== 'watch' && !/^[-+]/u.test(word)) return [word];
  }
  return [];
}
