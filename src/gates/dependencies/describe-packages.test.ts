import { afterEach, describe, expect, it } from 'vitest';
import { openGatesRig, type GatesRig } from '../testing/gates-rig.ts';
import { nearName } from './near-names.ts';

let rig: GatesRig;
afterEach(() => rig[Symbol.dispose]());

async function findingsOf(base: Record<string, string>, change: Record<string, string>) {
  rig = await openGatesRig({ service: base }, {});
  const inRepo = Object.entries(change).map(([path, text]) => [`service/${path}`, text]);
  const revision = await rig.change(rig.git.base, Object.fromEntries(inRepo));
  return (await rig.run(revision)).of('hygiene').findings;
}

describe('dependencies of a change', () => {
  const CHANGES: [string, string, string, string[]][] = [
    [
      'package.json',
      JSON.stringify({ dependencies: { express: '^4.0.0', left: '1.0.0' }, devDependencies: { ava: '1' } }),
      JSON.stringify({ dependencies: { express: '^5.0.0', zod: '4.0.0' }, devDependencies: { ava: '1' } }),
      [
        'Dependency `express` changed: ^4.0.0 (dependencies) → ^5.0.0 (dependencies).',
        'New dependency `zod`: 4.0.0 (dependencies).',
        'Dependency `left` is gone: it was 1.0.0 (dependencies).',
      ],
    ],
    [
      'go.mod',
      'module a\n\ngo 1.22\n\nrequire b.test/left v1.0.0 // indirect\n',
      'module a\n\ngo 1.22\n\nrequire (\n\tb.test/left v1.1.0\n\tc.test/right v0.1.0\n)\n',
      [
        'Dependency `b.test/left` changed: v1.0.0 (require) → v1.1.0 (require).',
        'New dependency `c.test/right`: v0.1.0 (require).',
      ],
    ],
    [
      'Cargo.toml',
      '[dependencies]\nserde = { version = "1.0", features = ["derive"] }\n',
      '[dependencies]\nserde = { version = "1.1" }\n[target."cfg(unix)".dev-dependencies]\nown = { path = "own" }\n',
      [
        'Dependency `serde` changed: 1.0 (dependencies) → 1.1 (dependencies).',
        'New dependency `own`: any version (cfg(unix) dev-dependencies, from the folder own).',
      ],
    ],
    [
      'pyproject.toml',
      '[project]\nname = "a"\ndependencies = ["Flask-Login>=1"]\n[tool.poetry.dependencies]\npython = "^3.12"\n',
      '[project]\nname = "a"\ndependencies = ["flask_login>=2"]\n[tool.poetry.group.dev.dependencies]\nruff = "^1"\n',
      [
        'Dependency `flask-login` changed: >=1 (dependencies) → >=2 (dependencies).',
        'New dependency `ruff`: ^1 (dev).',
      ],
    ],
    [
      'requirements/dev.txt',
      'left==1.0 \\\n  --hash=sha256:abc\n# right\n',
      'left==1.1 \\\n  --hash=sha256:abd\nright ; python_version > "3"\n',
      [
        'Dependency `left` changed: ==1.0 (requirements) → ==1.1 (requirements).',
        'New dependency `right`: any version (requirements).',
      ],
    ],
  ];
  it.each(CHANGES)('are named, of %s', async (path, before, after, expected) => {
    const found = await findingsOf({ [path]: before }, { [path]: after });
    expect(found.map(({ problem }) => problem).toSorted()).toEqual(expected.toSorted());
    expect(found.every(({ blocking, file }) => !blocking && file === path)).toBe(true);
  });

  it('say nothing of what is no list of dependencies, nor of packages that are installed', async () => {
    const before = JSON.stringify({ version: '1.0.0', dependencies: { left: '1' } });
    const after = JSON.stringify({ version: '1.0.1', dependencies: { left: '1' } });
    const inner = JSON.stringify({ dependencies: { other: '1' } });
    const found = await findingsOf(
      { 'package.json': before },
      { 'package.json': after, 'test/fixtures/a/package.json': inner, 'docs/requirements.md': 'a\n' },
    );
    expect(found).toEqual([]);
  });

  it('are looked at twice where a new one is called almost like one of the base, in this folder or around it', async () => {
    const base = { 'package.json': JSON.stringify({ dependencies: { lodash: '4', '@scope/thing': '1' } }) };
    const found = await findingsOf(base, {
      'packages/a/package.json': JSON.stringify({ dependencies: { lodahs: '4', loadash: '1', lodash: '4' } }),
    });
    const near = found.filter(({ severity }) => severity === 'major');
    expect(near.map(({ problem }) => problem.split(',')[0])).toEqual([
      'The new dependency `lodahs` is called almost like `lodash`',
      'The new dependency `loadash` is called almost like `lodash`',
    ]);
    expect(near.every(({ blocking }) => !blocking)).toBe(true);
  });

  it.each([
    ['reqeusts', 'requests', true],
    ['request', 'requests', true],
    ['cross_env', 'cross-env', true],
    ['crossenv', 'cross-env', true],
    ['lodesh', 'lodash', true],
    ['vite', 'vitest', false],
    ['pg', 'pq', false],
    ['express', 'express', false],
    ['express-session', 'express', false],
  ])('%s is near to %s: %s', (name, other, expected) => {
    expect(nearName(name, [other])).toBe(expected ? other : null);
  });
});
