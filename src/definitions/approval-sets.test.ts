import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAgent } from '../../test/make-agent.ts';
import { loadConfig } from './load-config.ts';
import { loadWorkflow } from './load-workflow.ts';

const cast = [makeAgent('builder', 'specialist'), makeAgent('critic', 'reviewer')];

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'baton-sets-'));
  mkdirSync(join(dir, 'approvals'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function put(path: string, text: string): string {
  writeFileSync(join(dir, path), text);
  return join(dir, path);
}

/** What a workflow with this list comes to. */
function load(approvals: string) {
  const text = `name: w
version: 1
review: { by: [critic] }
approvals: ${approvals}
phases: [{ id: p, steps: [{ agent: builder }] }]
`;
  return loadWorkflow(put('w.yaml', text), cast);
}

describe('a set of approval rules', () => {
  it('R64: brings its rules in where it is named, beside rules that are written', () => {
    put('approvals/ours.yaml', 'approvals: [{ id: migrations, paths: [db/**], refuse: true }]\n');
    const { graph, diagnostics } = load('[ours, { id: own, title: Own, paths: [own/**] }, infrastructure]');
    expect(diagnostics).toEqual([]);
    expect(graph?.approvals?.map(({ id, refuse }) => [id, refuse])).toEqual([
      ['migrations', true],
      ['own', false],
      ['infrastructure', false],
    ]);
    expect(graph?.approvals?.at(-1)?.paths).toContain('*.tf');
  });

  it('R64: is an error where it is not there, with the place of its name', () => {
    const { graph, diagnostics } = load('[infrastructur]');
    expect(graph).toBeNull();
    expect(diagnostics).toMatchObject([
      { code: 'E_CONFIG_VALUE', place: { file: join(dir, 'w.yaml'), line: 4, col: 13 } },
    ]);
    expect(diagnostics[0]?.fix).toContain('Did you mean `infrastructure`?');
  });

  it('R64: with a mistake in it stops the workflow, at the line of the mistake in the set', () => {
    const set = put('approvals/broken.yaml', 'approvals:\n  - id: a\n    path: [x]\n');
    const { graph, diagnostics } = load('[broken]');
    expect(graph).toBeNull();
    expect(diagnostics).toMatchObject([
      { code: 'E_CONFIG_KEY', place: { file: set, line: 3 }, fix: 'Did you mean `paths`?' },
    ]);
    put('approvals/empty.yaml', 'approvals: []\n');
    expect(load('[empty]').graph).toBeNull();
    put('approvals/nested.yaml', 'approvals: [infrastructure]\n');
    expect(load('[nested]').graph).toBeNull();
  });

  it('R64: of Baton keeps its rules, whatever lies beside the workflow', () => {
    put('approvals/infrastructure.yaml', 'approvals: [{ id: infrastructure, paths: [nothing] }]\n');
    expect(load('[infrastructure]').graph?.approvals?.[0]?.paths).toContain('*.tf');
  });

  it('R64: holds in baton.yaml as well', () => {
    const named = loadConfig(put('baton.yaml', 'approvals: [infrastructure]\n'));
    expect(named.config?.approvals?.[0]?.paths).toContain('**/terraform/**');
    const wrong = loadConfig(put('baton.yaml', 'approvals:\n  - nowhere\n'));
    expect([wrong.config, wrong.diagnostics[0]?.place?.line]).toEqual([null, 2]);
  });
});
