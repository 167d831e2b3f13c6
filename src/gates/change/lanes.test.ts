import { describe, expect, it } from 'vitest';
import type { Lane } from '../../core/checks/lanes.ts';
import type { RepoConfig } from '../../definitions/config.ts';
import type { ChangedBlob } from '../../workspace/workspaces.ts';
import { findStrays } from './lanes.ts';
import { layerOf, scopeMatcher } from './scopes.ts';

const blob = (path: string, from: string | null, to: string | null): ChangedBlob => ({
  repo: 'api',
  path,
  bytes: path,
  mode: '100644',
  oldBlob: from,
  blob: to,
});
const lane = (more: Partial<Lane>): Lane => ({
  step: 'build/tester',
  scopes: [],
  modules: [],
  layer: null,
  outside: 'refuse',
  ...more,
});
const REPOS: Record<string, RepoConfig> = {
  api: {
    modules: [
      { path: '.', setup: null, gates: [] },
      { path: 'modules/orders', name: 'orders', setup: null, gates: [] },
    ],
    protectedPaths: [],
    tests: {
      unit: ['*_test.go'],
      integration: ['*_integration_test.go'],
      acceptance: ['modules/*/acceptance/**'],
    },
  },
};
const strays = (bound: Lane | null, ...blobs: ChangedBlob[]) =>
  findStrays([{ lane: bound, blobs }], REPOS).map(({ file, blocking }) => [file, blocking]);

describe('scopes', () => {
  it.each([
    [['src/**'], 'src/a/b.ts', true],
    [['src'], 'src/a/b.ts', true],
    [['src/'], 'src/a/b.ts', true],
    [['./src'], 'src/a.ts', true],
    [['src'], 'srcs/a.ts', false],
    [['api/src/**'], 'src/a.ts', true],
    [['api'], 'anything.ts', true],
    [['other'], 'anything.ts', false],
    [['.'], 'anything.ts', true],
    [['@tests'], 'test/a.test.ts', true],
    [['@tests'], 'src/a.ts', false],
    [['!@tests'], 'src/a.ts', true],
    [['!@tests'], 'src/a_test.go', false],
    [['src/**', '!src/gen/**'], 'src/gen/a.ts', false],
    [['@docs', '@infrastructure'], 'docs/a.md', true],
    [['@docs', '@infrastructure'], 'infra/main.tf', true],
    [['@docs', '@infrastructure'], 'src/a.ts', false],
  ])('R43: %j and %s: %s', (scopes, path, holds) => {
    expect(scopeMatcher(scopes)('api', path)).toBe(holds);
  });
});

describe('edits outside of a lane', () => {
  it('R43: an edit outside of the scopes is a finding that names path, step and scopes, and belongs to that step', () => {
    const blobs = [blob('src/a.go', 'old', 'new'), blob('test/a_test.go', null, 'new')];
    const found = findStrays([{ lane: lane({ scopes: ['test/**'] }), blobs }], REPOS);
    expect(found).toMatchObject([{ file: 'src/a.go', repo: 'api', blocking: true, owner: 'build/tester' }]);
    expect(found[0]?.problem).toMatch(/api\/src\/a\.go .*build\/tester.*test\/\*\*/);
  });

  it('R43: where the workflow only flags it, it is a note', () => {
    const bound = lane({ scopes: ['test/**'], outside: 'flag' });
    expect(strays(bound, blob('src/a.go', 'old', 'new'))).toEqual([['src/a.go', false]]);
  });

  it('R43: who works in a module changes nothing outside of it, whether it is named or given by its path', () => {
    const blobs = [blob('modules/orders/a.go', 'old', 'new'), blob('modules/other/a.go', 'old', 'new')];
    for (const module of ['orders', 'modules/orders', 'modules/orders/'])
      expect(strays(lane({ modules: [module] }), ...blobs)).toEqual([['modules/other/a.go', true]]);
    for (const modules of [['.'], ['api'], ['elsewhere', 'modules/orders', '.']])
      expect(strays(lane({ modules }), ...blobs)).toEqual([]);
    expect(strays(lane({ modules: ['elsewhere'] }), ...blobs)).toHaveLength(2);
  });

  it('R43: a step that is bound to nothing may change anything', () => {
    expect(strays(null, blob('src/a.go', 'old', 'new'))).toEqual([]);
  });

  it('R43: bringing a file back mends it; leaving it as it is does not', () => {
    const bound = lane({ scopes: ['test/**'] });
    const outside = { lane: bound, blobs: [blob('src/a.go', 'old', 'new')] };
    const back = { lane: bound, blobs: [blob('src/a.go', 'new', 'old')] };
    expect(findStrays([outside, back], REPOS)).toEqual([]);
    const other = { lane: bound, blobs: [blob('test/a_test.go', null, 'x')] };
    expect(findStrays([outside, other], REPOS)).toHaveLength(1);
  });

  it('R43: what somebody with that scope made of it is as it should be, and may be brought back too', () => {
    const tester = lane({ scopes: ['test/**'] });
    const builder = lane({ step: 'build/builder', scopes: ['src/**'] });
    const edit = (bound: Lane, from: string, to: string) => ({
      lane: bound,
      blobs: [blob('src/a.go', from, to)],
    });
    expect(findStrays([edit(tester, '0', '1'), edit(builder, '1', '2')], REPOS)).toEqual([]);
    expect(findStrays([edit(builder, '0', '1'), edit(tester, '1', '2')], REPOS)).toHaveLength(1);
    const mended = [edit(builder, '0', '1'), edit(tester, '1', '2'), edit(tester, '2', '1')];
    expect(findStrays(mended, REPOS)).toEqual([]);
  });
});

describe('test layers', () => {
  it.each([
    ['a/orders_test.go', 'unit'],
    ['a/orders_integration_test.go', 'integration'],
    ['modules/orders/acceptance/orders_integration_test.go', 'acceptance'],
    ['a/orders.go', null],
  ])('R44: %s is of the layer %s', (path, layer) => {
    expect(layerOf(REPOS['api']?.tests ?? {}, path)).toBe(layer);
  });

  it('R44: a new or changed test in another place is a finding with the pattern; other files and deleted tests are none', () => {
    const bound = lane({ layer: 'integration' });
    const blobs = [
      blob('a/right_integration_test.go', null, 'x'),
      blob('a/wrong_test.go', null, 'x'),
      blob('a/code.go', 'old', 'new'),
      blob('a/gone_test.go', 'old', null),
    ];
    const found = findStrays([{ lane: bound, blobs }], REPOS);
    expect(found).toMatchObject([{ file: 'a/wrong_test.go', blocking: true }]);
    expect(found[0]?.problem).toContain('integration tests lie in *_integration_test.go');
    expect(found[0]?.problem).toContain('a place of unit tests');
  });

  it('R44: where nothing says where the layer lies, it is said that nothing was measured', () => {
    const edits = [{ lane: lane({ layer: 'unit' }), blobs: [blob('x_test.go', null, 'x')] }];
    expect(findStrays(edits, { api: { modules: [], protectedPaths: [] } })).toMatchObject([
      { blocking: false, severity: 'note', problem: expect.stringContaining('not measured') },
    ]);
  });
});
