/** What `make` and `just` run for the targets that a command names. Read line by line; nothing is computed. Pure. */

const FILES: readonly { program: RegExp; names: readonly string[] }[] = [
  { program: /^g?make$/u, names: ['GNUmakefile', 'makefile', 'Makefile'] },
  { program: /^just$/u, names: ['justfile', '.justfile', 'Justfile'] },
];
const FILE_OPTION = /^(?:-f|--file|--makefile|--justfile)$/u;
const VARIABLE = /^(?:export\s+)?([\w.-]+)\s*(?:::|[:?+])?=\s*(.*)$/u;
const RULE = /^([^\s:#=][^:=]*)::?(?!=)([^=;]*)(?:;(.*))?$/u;

interface Rule {
  targets: string[];
  needs: string[];
  lines: string[];
}

/** Where a command that builds targets may have them from; the first that is there counts. None: it is another program. */
export function makefilesOf([program = '', ...rest]: readonly string[]): string[] {
  const own = FILES.find((each) => each.program.test(program.split('/').at(-1) ?? ''));
  if (own === undefined) return [];
  const at = rest.findIndex((word) => FILE_OPTION.test(word));
  const joined = rest.find((word) => /^--(?:file|makefile|justfile)=/u.test(word));
  const named = at === -1 ? joined?.slice(joined.indexOf('=') + 1) : rest[at + 1];
  return named === undefined ? [...own.names] : [named];
}

/** The lines that run for those of the words that are targets, and for what these need first; for the first target where none is. */
export function recipesIn(text: string, words: readonly string[]): string[] {
  const rules = rulesIn(text);
  const isOf = (rule: Rule, name: string): boolean => rule.targets.some((target) => means(target, name));
  const wanted = words.filter((word) => rules.some((rule) => isOf(rule, word)));
  const [first = ''] = rules.flatMap(({ targets }) => targets).filter((target) => !target.startsWith('.'));
  const names = new Set(wanted.length > 0 ? wanted : [first]);
  const lines: string[] = [];
  // A set that grows is walked to its end.
  for (const name of names)
    for (const rule of rules.filter((each) => isOf(each, name))) {
      lines.push(...rule.lines);
      for (const need of rule.needs) names.add(need);
    }
  return lines;
}

function means(target: string, name: string): boolean {
  const [before = '', after] = target.split('%');
  return after === undefined ? target === name : name.startsWith(before) && name.endsWith(after);
}

function rulesIn(text: string): Rule[] {
  const variables = new Map([['MAKE', 'make']]);
  const put = (line: string): string =>
    line.replace(/\$[({]([\w.-]+)[)}]/gu, (whole, name: string) => variables.get(name) ?? whole);
  const rules: Rule[] = [];
  for (const line of text.replace(/\\\n/gu, ' ').split('\n')) {
    if (/^\s/u.test(line)) {
      rules.at(-1)?.lines.push(put(line.trim().replace(/^[@+-]+\s*/u, '')));
      continue;
    }
    const [, name, value = ''] = VARIABLE.exec(line) ?? [];
    if (name !== undefined) {
      variables.set(name, put(value));
      continue;
    }
    const [, targets, needs = '', inline] = RULE.exec(put(line)) ?? [];
    if (targets === undefined) continue;
    const lines = inline === undefined ? [] : [inline.trim()];
    rules.push({ targets: wordsOf(targets), needs: wordsOf(needs), lines });
  }
  return rules;
}

function wordsOf(text: string): string[] {
  return (text.split('#')[0] ?? '').split(/\s+/u).filter((word) => word !== '' && word !== '|');
}
