import { describe, expect, it } from 'vitest';
import { holdSections } from './config-sections.ts';
import { isGateConfig } from './gate-config-names.ts';

describe('parts of files that steer gates', () => {
  it('PRIV-3: keeps what a pyproject.toml says of tests, lint and types, and leaves the rest to the change', async () => {
    const base = '[project]\nname = "a"\n\n[tool.pytest.ini_options]\naddopts = "--strict"\n';
    const head =
      '[project]\nname = "a"\ndependencies = ["left"]\n\n[tool.pytest]\nini_options = { addopts = "--collect-only" }\n\n[tool.mypy]\nignore_errors = true\n\n[tool.poetry]\nx = 1\n';
    const held = await holdSections('api/pyproject.toml', base, head);
    expect(held.names).toEqual(['pytest', 'mypy']);
    expect(held.text).toContain('addopts = "--strict"');
    expect(held.text).toContain('left');
    expect(held.text).toContain('poetry');
    expect(held.text).not.toMatch(/collect-only|ignore_errors/);
    const plain = await holdSections('pyproject.toml', base, base.replace('"a"', '"b"'));
    expect(plain.names).toEqual([]);
    expect((await holdSections('pyproject.toml', base, '[tool.pytest\n')).names).toBeNull();
  });

  it('PRIV-3: keeps the sections of tools in a setup.cfg, and those that the change takes out', async () => {
    const base =
      '[metadata]\nname = a\n\n[flake8]\nmax-line-length = 80\n\n[tool:pytest]\naddopts = --strict\n';
    const head = '[metadata]\nname = b\n\n[flake8]\nexclude = .\n\n[mypy]\nignore_errors = 1\n';
    const held = await holdSections('setup.cfg', base, head);
    expect(held.names?.toSorted()).toEqual(['flake8', 'mypy', 'tool:pytest']);
    expect(held.text).toContain('name = b');
    expect(held.text).toContain('max-line-length = 80');
    expect(held.text).toContain('addopts = --strict');
    expect(held.text).not.toMatch(/exclude|ignore_errors/);
  });

  it('PRIV-3: keeps what a package.json says of the tools that runners load, and leaves its dependencies to the change', async () => {
    const base = JSON.stringify({ postcss: { plugins: {} }, dependencies: {} });
    const head = JSON.stringify({ postcss: { plugins: { './steers.js': {} } }, dependencies: { left: '1' } });
    const held = await holdSections('package.json', base, head);
    expect(held.names).toEqual(['postcss']);
    expect(JSON.parse(held.text)).toEqual({ postcss: { plugins: {} }, dependencies: { left: '1' } });
  });

  it('PRIV-3: knows the files of the usual tools', () => {
    const files = [
      'tests/conftest.py',
      'tox.ini',
      '.coveragerc',
      '.mocharc.yml',
      'a/tsconfig.build.json',
      '.pylintrc',
      'vitest.setup.ts',
      'web/postcss.config.mjs',
      '.postcssrc.json',
      '.biome.jsonc',
      'api/pytest.toml',
      '.pytest.toml',
      'shop.dist-info/entry_points.txt',
      'src/shop.egg-info/entry_points.txt',
      'go.work',
      'go.work.sum',
    ];
    expect(files.filter((file) => !isGateConfig(file))).toEqual([]);
    const others = [
      'src/config.py',
      'pyproject.toml',
      'setup.cfg',
      'src/setup.ts',
      'go.mod',
      'src/postcss.ts',
    ];
    expect(others.filter(isGateConfig)).toEqual([]);
  });
});
