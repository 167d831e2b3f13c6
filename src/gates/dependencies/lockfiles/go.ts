/** What a go.sum holds: the sums of modules and of their go.mod files. */
import { REGISTRY, type Lockfile } from '../packages.ts';

export function readGoSum(text: string): Lockfile {
  const lines = text.split('\n').flatMap((line) => {
    const [name, version, sum] = line.trim().split(/\s+/u);
    return name === undefined || version === undefined || sum === undefined ? [] : [{ name, version, sum }];
  });
  const known = new Set(lines.map(({ name, version }) => `${name} ${version}`));
  return {
    locked: lines.map(({ name, version, sum }) => ({
      name,
      version,
      source: REGISTRY,
      from: '',
      integrity: new Map([[sum.slice(0, sum.indexOf(':')), sum.slice(sum.indexOf(':') + 1)]]),
      scripts: false,
    })),
    trusted: [],
    sourcesHeld: false,
    answers: ({ folder }, { name, range, section, source }) =>
      folder === '' && section === 'require' && source.kind === 'registry'
        ? known.has(`${name} ${range}/go.mod`)
        : null,
    remembers: () => null,
    keepsRanges: true,
  };
}
