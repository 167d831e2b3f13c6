/** What a go.mod asks for. */
import { folderSource, REGISTRY, type Manifest, type Wanted } from '../packages.ts';

/** Modules with their versions; one that is replaced comes from what replaces it. */
export function readGoMod(text: string, at: string): Manifest {
  const required: Wanted[] = [];
  const replaced = new Map<string, Wanted['source']>();
  for (const { word, rest } of directives(text)) {
    if (word === 'require') {
      const [name = '', range = ''] = rest.split(/\s+/u);
      required.push({ name, section: 'require', range, source: REGISTRY });
    }
    if (word === 'replace') {
      const [name = '', , ...by] = rest.replace(/\s+v\S+(?=\s*=>)/u, '').split(/\s+/u);
      const target = by.join(' ');
      replaced.set(
        name,
        /^(?:\.{1,2}\/|\/|\.{1,2}$)/u.test(target)
          ? folderSource(at, target)
          : { kind: 'alias', where: target },
      );
    }
  }
  const known = new Set(required.map(({ name }) => name));
  const others = [...replaced].filter(([name]) => !known.has(name));
  return {
    name: '',
    wanted: [
      ...required.map((wanted) => ({ ...wanted, source: replaced.get(wanted.name) ?? REGISTRY })),
      ...others.map(([name, source]) => ({ name, section: 'replace', range: '', source })),
    ],
    registries: [],
    trusted: [],
    sourcesHeld: false,
  };
}

function directives(text: string): { word: string; rest: string }[] {
  const found: { word: string; rest: string }[] = [];
  let block: string | null = null;
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\/\/.*$/u, '').trim();
    if (line === ')') block = null;
    else if (block !== null && line !== '') found.push({ word: block, rest: line });
    else {
      const [, word = '', rest = ''] = /^(\w+)\s*(.*)$/u.exec(line) ?? [];
      if (rest === '(') block = word;
      else if (word !== '') found.push({ word, rest });
    }
  }
  return found;
}
