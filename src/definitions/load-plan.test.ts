import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadPlan, planText, type PlanDocument } from './load-plan.ts';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'baton-plan-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function loaded(text: string): ReturnType<typeof loadPlan> {
  const file = join(dir, 'PLAN.yaml');
  writeFileSync(file, text);
  return loadPlan(file);
}

const documentOf = (text: string): PlanDocument => ({
  request: text,
  workflow: 'planner',
  summary: text,
  inputs: [{ name: text, kind: 'research', summary: text }],
  plan: {
    analysis: text,
    tasks: [
      {
        id: 't',
        agent: 'a',
        description: text,
        depends_on: [],
        output: text,
        blocking: true,
        scopes: [text],
      },
    ],
    cites: [text],
    risks: [text],
    rollback: [],
    success_criteria: [text],
    estimate: text,
    task_types: [],
    recipe: null,
  },
});

it.each([
  'plain words',
  '0x10',
  'null',
  '2026-01-01',
  '- a # b: "c" \'d\' {e} [f] &g *h !i %j @k `l`',
  'two lines\n\n  and a third, with a tab\there\r\nand CRLF',
  `---\n${'a long line that would be folded '.repeat(20)}\n...`,
  'a\u0085b\u2028c\ufeffd \u{1F600}',
])('comes back from its file as it was written: %j', (text) => {
  expect(loaded(planText(documentOf(text)))).toEqual({ document: documentOf(text), diagnostics: [] });
});

it('CFG-9: names keys of tasks that it does not know, and scopes outside of the repository, at their lines', () => {
  const { document, diagnostics } = loaded(
    planText(documentOf('x')).replace('depends_on:', 'depend_on:').replace('- x\n', '- /etc\n'),
  );
  expect(document).toBeNull();
  expect(diagnostics.map(({ code, fix, place }) => ({ code, fix, line: place?.line }))).toEqual([
    { code: 'E_CONFIG_KEY', fix: 'Did you mean `depends_on`?', line: expect.any(Number) as number },
    {
      code: 'E_CONFIG_VALUE',
      fix: expect.stringContaining('inside the repository') as string,
      line: expect.any(Number) as number,
    },
  ]);
});

it('names a key that it does not know, and a request that says nothing', () => {
  const { document, diagnostics } = loaded(JSON.stringify({ ...documentOf('x'), request: ' ', reqest: 'x' }));
  expect(document).toBeNull();
  expect(diagnostics.map(({ message }) => message).join('\n')).toMatch(/request[^]*reqest/);
});
