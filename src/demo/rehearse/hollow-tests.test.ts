import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseConfig } from '../../definitions/load-config.ts';
import { writeFiles } from '../../workspace/temporary-repository.ts';
import { hollowed } from './hollow-tests.ts';
import { findTestSite } from './test-site.ts';

it('hollow tests keep all names, also computed ones, and load nothing of the product', () => {
  const text = [
    `import { add } from '../src/add.js';`,
    `import assert from 'node:assert';`,
    `before(() => add(1, 1));`,
    `it('adds, and more', () => assert.equal(add(1, 1), 2));`,
    'for (const n of [1, 2]) it(`adds ${n}`, () => {\n  assert.match(`${add(n)}`, /[/`)]/);\n});',
  ].join('\n');
  expect(hollowed(text).trim()).toBe(
    [
      `import assert from 'node:assert';`,
      `before(() => {});`,
      `it('adds, and more', () => {});`,
      'for (const n of [1, 2]) it(`adds ${n}`, () => {});',
    ].join('\n'),
  );
});

it.each(['orders', 'customers', 'server', 'house-rules', 'validators'])(
  'the tests of %s in the demo have a hollow form that ends as they do',
  (name) => {
    const file = new URL(`../../../examples/demo/orders-service/tests/${name}.test.js`, import.meta.url);
    const text = readFileSync(file, 'utf8');
    const hollow = hollowed(text);
    expect(hollow.match(/^\s*it\(/gm)).toEqual(text.match(/^\s*it\(/gm));
    expect(hollow.trim().endsWith('});')).toBe(true);
    expect(hollow).not.toContain('assert.equal(');
  },
);

it('cheats are played on a source that as few test files as possible load, itself or through others', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'baton-site-'));
  try {
    const imports = (...paths: string[]): string => paths.map((path) => `import '${path}';\n`).join('');
    writeFiles(dir, {
      'src/shared.js': '',
      'src/alone.js': imports('./shared.js'),
      'tests/a.test.js': imports('../src/shared.js'),
      'tests/b.test.js': imports('../src/shared.js', '../src/alone.js'),
      'tests/c.test.js': imports('./support.js'),
      'tests/support.js': imports('../src/shared.js'),
    });
    const gates = [{ name: 'tests', kind: 'tests', command: 'node --test', reporter: 'node' }];
    const text = JSON.stringify({ repos: { service: { modules: [{ path: '.', gates }] } } });
    const { config } = parseConfig('baton.yaml', new TextEncoder().encode(text));
    if (config === null) throw new Error('The configuration is refused.');
    const site = await findTestSite(config, [{ name: 'service', path: dir }]);
    expect(site?.source.path).toBe('src/alone.js');
    expect(site?.loading.map(({ path }) => path)).toEqual(['tests/b.test.js']);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
