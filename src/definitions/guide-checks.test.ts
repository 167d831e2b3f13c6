import { describe, expect, it } from 'vitest';
import { builtinAgentsDir, listBuiltinWorkflows } from './builtin.ts';
import { guideProblems, type GuidedPlan } from './guide-checks.ts';
import { loadAgentFolder } from './load-agents.ts';
import { loadWorkflow } from './load-workflow.ts';
import { isGuided, RECIPE_NAMES, RECIPES, SELECTION_MATRIX, TASK_TYPES } from './planning-guide.ts';

const TESTS = 'test-engineering-specialist';
const DOCUMENTS = 'api-documentation-architect';

/** Tasks written as `id agent after after`, the plan of these types and recipe. */
function plan(tasks: string[], over: Partial<GuidedPlan> = {}): GuidedPlan {
  return {
    task_types: [],
    recipe: null,
    tasks: tasks.map((line) => {
      const [id = '', agent = '', ...depends_on] = line.split(' ');
      return { id, agent, depends_on };
    }),
    ...over,
  };
}

describe('the planning guide', () => {
  const { agents } = loadAgentFolder(builtinAgentsDir, 'own');
  const graphOf = (name: string) =>
    loadWorkflow(listBuiltinWorkflows().find((each) => each.name === name)?.file ?? '', agents).graph;
  const castOf = (name: string): string[] => Object.keys(graphOf(name)?.agents ?? {});

  it('R49: has a leader and supporters for all seven types of task, and all of them exist', () => {
    expect(Object.keys(SELECTION_MATRIX)).toEqual([...TASK_TYPES]);
    expect(TASK_TYPES).toHaveLength(7);
    const cast = castOf('planner');
    for (const { primary, supporting } of Object.values(SELECTION_MATRIX)) {
      expect(cast).toEqual(expect.arrayContaining([primary, ...supporting]));
      expect(supporting.length).toBeGreaterThan(0);
      expect(supporting).not.toContain(primary);
    }
  });

  it('R50: has four recipes over agents that exist, a bug fix shown, mended and verified by the same tester', () => {
    expect(Object.keys(RECIPES)).toEqual([...RECIPE_NAMES]);
    const cast = castOf('planner');
    for (const step of Object.values(RECIPES).flat())
      expect(step.agent === null || cast.includes(step.agent)).toBe(true);
    expect(RECIPES.bug_fix.map((step) => step.agent)).toEqual([TESTS, null, TESTS, DOCUMENTS]);
  });

  it('is for a workflow whose cast has all leaders', () => {
    expect(isGuided(castOf('planner'))).toBe(true);
    expect(isGuided(castOf('review-gated'))).toBe(false);
  });
});

describe('guideProblems', () => {
  it.each(TASK_TYPES)('R49: %s needs its leader, and its supporters or a reason', (type) => {
    const { primary, supporting } = SELECTION_MATRIX[type];
    const all = plan(
      [primary, ...supporting].map((agent, index) => `t${index} ${agent}`),
      { task_types: [type] },
    );
    expect(guideProblems(all, [])).toEqual([]);
    const alone = plan([`t ${primary}`], { task_types: [type] });
    expect(guideProblems(alone, supporting)).toEqual([]);
    const problems = guideProblems(alone, []);
    expect(problems).toHaveLength(supporting.length);
    for (const agent of supporting) expect(problems.join()).toContain(agent);
    expect(guideProblems(plan(['t x'], { task_types: [type] }), supporting)).toEqual([
      `plan.tasks: ${primary} leads ${type} and has no task`,
    ]);
  });

  it('says nothing where the plan names neither type nor recipe', () => {
    expect(guideProblems(plan(['t x']), [])).toEqual([]);
  });

  it.each(RECIPE_NAMES)('R50: %s in its order passes, turned round it does not', (recipe) => {
    const agents = RECIPES[recipe].flatMap(({ agent, kind }) =>
      kind === 'review' ? [] : [agent ?? 'somebody'],
    );
    const inOrder = agents.map((agent, index) => `t${index} ${agent}${index === 0 ? '' : ` t${index - 1}`}`);
    expect(guideProblems(plan(inOrder, { recipe }), [])).toEqual([]);
    const last = agents.length - 1;
    const turned = agents.map(
      (agent, index) => `t${index} ${agent}${index === last ? '' : ` t${index + 1}`}`,
    );
    expect(guideProblems(plan(turned, { recipe }), []).join()).toContain('comes after');
    const loose = agents.map((agent, index) => `t${index} ${agent}`);
    expect(guideProblems(plan(loose, { recipe }), []).length).toBeGreaterThan(0);
  });

  it('R50: takes a detour for an order, and a reason for a step that is not needed', () => {
    const detour = [`a ${TESTS}`, 'b helper a', 'c fixer b', `d ${TESTS} c`];
    expect(guideProblems(plan(detour, { recipe: 'bug_fix' }), [DOCUMENTS])).toEqual([]);
    expect(guideProblems(plan(detour, { recipe: 'bug_fix' }), [])).toEqual([
      `plan.tasks: nobody is to mend the documents (recipe bug_fix): give ${DOCUMENTS} a task, or say in \`needs\` why not`,
    ]);
  });

  it('R50, R52: a bug fix without a failing test first, without the second look, or without tests is refused', () => {
    const bugFix = (tasks: string[]): string =>
      guideProblems(plan(tasks, { recipe: 'bug_fix' }), [DOCUMENTS, TESTS]).join();
    expect(bugFix(['b fixer', `c ${TESTS} b`])).toContain('mend its cause comes after');
    expect(bugFix([`a ${TESTS}`, 'b fixer a'])).toContain('verify that it is gone comes after');
    expect(bugFix(['b fixer'])).toContain('never leaves out');
  });
});
