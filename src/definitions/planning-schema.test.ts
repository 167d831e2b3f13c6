import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeAgent } from '../../test/make-agent.ts';
import { loadWorkflow, parseWorkflow } from './load-workflow.ts';

const cast = [
  makeAgent('chief', 'planner'),
  makeAgent('keeper', 'specialist'),
  makeAgent('builder', 'specialist'),
  makeAgent('outsider', 'specialist'),
  makeAgent('critic', 'reviewer'),
];

const GUIDE = `planning:
  selection_matrix:
    change: { primary: keeper, supporting: [builder] }
  recipes:
    fix: [{ agent: keeper, does: show it }, { does: mend it, kind: if_needed }, { agent: critic, does: look, kind: review }]
`;

const workflow = (guide: string, steps: string, name = 'w'): string => `name: ${name}
version: 1
review: { by: [critic] }
${guide}phases: [{ id: p, steps: [${steps}] }]
`;
const PLANNED = '{ agent: chief, output: plan }, { planned: true, agents: [keeper, builder] }';

const load = (guide: string, steps = PLANNED) =>
  parseWorkflow('w.yaml', Buffer.from(workflow(guide, steps)), cast);

function guideOf({ graph }: ReturnType<typeof load>, id: string) {
  const work = graph?.steps.find((step) => step.id === id)?.work;
  return work?.kind === 'agent' ? work.planning : undefined;
}

describe('the planning guide of a workflow', () => {
  it('R49, R50: stands with the step that hands in its plan, and with no other', () => {
    const loaded = load(GUIDE);
    expect(loaded.diagnostics).toEqual([]);
    expect(guideOf(loaded, 'p/chief')).toEqual({
      selection_matrix: { change: { primary: 'keeper', supporting: ['builder'] } },
      recipes: {
        fix: [
          { agent: 'keeper', does: 'show it', kind: 'always' },
          { agent: null, does: 'mend it', kind: 'if_needed' },
          { agent: 'critic', does: 'look', kind: 'review' },
        ],
      },
    });
    expect(guideOf(load(''), 'p/chief')).toBeUndefined();
    const two = load(GUIDE, `{ agent: chief, id: first, output: research }, ${PLANNED}`);
    expect(guideOf(two, 'p/first')).toBeUndefined();
  });

  it.each([
    ['keeper, supporting: [builder]', 'keper, supporting: [builder]', 6, 'Did you mean `keeper`?'],
    ['keeper, supporting: [builder]', 'keeper, supporting: [outsider]', 6, 'one under `agents`'],
    ['agent: keeper', 'agent: outsider', 8, 'one under `agents`'],
    ['agent: critic', 'agent: builder', 8, 'Name a reviewer of this workflow: critic.'],
    ['primary: keeper', 'leader: keeper', 6, 'Known keys: primary, supporting.'],
    ['kind: review', 'kind: revew', 8, 'Did you mean `review`?'],
    ['    change:', '    Change it:', 6, 'Give it another name.'],
  ])('R49, R50: %s written as %s is an error in line %i', (right, wrong, line, fix) => {
    const { graph, diagnostics } = load(GUIDE.replace(right, wrong));
    expect(graph).toBeNull();
    expect(diagnostics.map((each) => each.place?.line)).toContain(line);
    expect(diagnostics.map((each) => each.fix).join(' ')).toContain(fix);
  });

  it('may name any agent where no plan becomes steps, and is nothing without a plan', () => {
    expect(
      load(GUIDE.replace('[builder]', '[outsider]'), '{ agent: chief, output: plan }').diagnostics,
    ).toEqual([]);
    const none = load(GUIDE, '{ agent: builder }');
    expect(none.diagnostics).toMatchObject([{ code: 'E_CONFIG_VALUE', place: { line: 4 } }]);
  });

  it('R49: of a workflow that stands as a phase holds there; else that of the one around it', () => {
    const dir = mkdtempSync(join(tmpdir(), 'baton-guides-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const loadNested = (inner: string) => {
      writeFileSync(join(dir, 'inner.yaml'), workflow(inner, PLANNED, 'inner'));
      const outer = join(dir, 'outer.yaml');
      const around = GUIDE.replaceAll('change', 'outer_change');
      writeFileSync(
        outer,
        workflow(around, PLANNED, 'outer').trimEnd().replace(/\]$/, '') + ', { id: q, workflow: inner }]\n',
      );
      return loadWorkflow(outer, cast);
    };
    const types = (loaded: ReturnType<typeof load>, id: string) =>
      Object.keys(guideOf(loaded, id)?.selection_matrix ?? {});
    const own = loadNested(GUIDE);
    expect(own.diagnostics).toEqual([]);
    expect([types(own, 'p/chief'), types(own, 'q-p/chief')]).toEqual([['outer_change'], ['change']]);
    expect(types(loadNested(''), 'q-p/chief')).toEqual(['outer_change']);
  });
});
