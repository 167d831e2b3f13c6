import { describe, expect, it } from 'vitest';
import type { PlanningGuide } from '../core/plan/guide.ts';
import { builtinAgentsDir, listBuiltinWorkflows } from './builtin.ts';
import { guideProblems, type GuidedPlan } from './guide-checks.ts';
import { loadAgentFolder } from './load-agents.ts';
import { loadWorkflow } from './load-workflow.ts';

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

const { agents } = loadAgentFolder(builtinAgentsDir, 'own');
const graph = loadWorkflow(
  listBuiltinWorkflows().find((each) => each.name === 'planner')?.file ?? '',
  agents,
).graph;

/** The guide of the built-in planner, as the step that hands in its plan has it. */
function builtinGuide(): PlanningGuide {
  const found = graph?.steps.flatMap(({ work }) => (work.kind === 'agent' ? (work.planning ?? []) : []));
  if (found?.length !== 1 || found[0] === undefined) throw new Error('planner has no guide');
  return found[0];
}

const GUIDE = builtinGuide();
const { selection_matrix: MATRIX, recipes: RECIPES } = GUIDE;
const TASK_TYPES = Object.entries(MATRIX);
const RECIPE_NAMES = Object.entries(RECIPES);

describe('the planning guide of planner', () => {
  const planned = graph?.steps.flatMap(({ work }) => (work.kind === 'planned' ? work.agents : [])) ?? [];

  it('R49: has a leader and supporters for all seven types of task, and its plan may give each of them a task', () => {
    expect(Object.keys(MATRIX)).toEqual([
      'api_endpoint',
      'database_change',
      'background_job',
      'performance_issue',
      'security_audit',
      'realtime_feature',
      'deployment_setup',
    ]);
    for (const { primary, supporting } of Object.values(MATRIX)) {
      expect(planned).toEqual(expect.arrayContaining([primary, ...supporting]));
      expect(supporting.length).toBeGreaterThan(0);
      expect(supporting).not.toContain(primary);
    }
  });

  it('R50: has four recipes over agents of its plan, a bug fix shown, mended and verified by the same tester', () => {
    expect(Object.keys(RECIPES)).toEqual(['feature', 'performance', 'security', 'bug_fix']);
    for (const { agent, kind } of Object.values(RECIPES).flat())
      expect(kind === 'review' || agent === null || planned.includes(agent)).toBe(true);
    expect(RECIPES['bug_fix']?.map((step) => step.agent)).toEqual([TESTS, null, TESTS, DOCUMENTS]);
  });
});

describe('guideProblems', () => {
  it.each(TASK_TYPES)(
    'R49: %s needs its leader, and its supporters or a reason',
    (type, { primary, supporting }) => {
      const all = plan(
        [primary, ...supporting].map((agent, index) => `t${index} ${agent}`),
        { task_types: [type] },
      );
      expect(guideProblems(GUIDE, all, [])).toEqual([]);
      const alone = plan([`t ${primary}`], { task_types: [type] });
      expect(guideProblems(GUIDE, alone, supporting)).toEqual([]);
      const problems = guideProblems(GUIDE, alone, []);
      expect(problems).toHaveLength(supporting.length);
      for (const agent of supporting) expect(problems.join()).toContain(agent);
      expect(guideProblems(GUIDE, plan(['t x'], { task_types: [type] }), supporting)).toEqual([
        `plan.tasks: ${primary} leads ${type} and has no task`,
      ]);
    },
  );

  it('says nothing where the plan names neither type nor recipe', () => {
    expect(guideProblems(GUIDE, plan(['t x']), [])).toEqual([]);
  });

  it.each(RECIPE_NAMES)('R50: %s in its order passes, turned round it does not', (recipe, steps) => {
    const agents = steps.flatMap(({ agent, kind }) => (kind === 'review' ? [] : [agent ?? 'somebody']));
    const inOrder = agents.map((agent, index) => `t${index} ${agent}${index === 0 ? '' : ` t${index - 1}`}`);
    expect(guideProblems(GUIDE, plan(inOrder, { recipe }), [])).toEqual([]);
    const last = agents.length - 1;
    const turned = agents.map(
      (agent, index) => `t${index} ${agent}${index === last ? '' : ` t${index + 1}`}`,
    );
    expect(guideProblems(GUIDE, plan(turned, { recipe }), []).join()).toContain('comes after');
    const loose = agents.map((agent, index) => `t${index} ${agent}`);
    expect(guideProblems(GUIDE, plan(loose, { recipe }), []).length).toBeGreaterThan(0);
  });

  it('R50: takes a detour for an order, and a reason for a step that is not needed', () => {
    const detour = [`a ${TESTS}`, 'b helper a', 'c fixer b', `d ${TESTS} c`];
    expect(guideProblems(GUIDE, plan(detour, { recipe: 'bug_fix' }), [DOCUMENTS])).toEqual([]);
    expect(guideProblems(GUIDE, plan(detour, { recipe: 'bug_fix' }), [])).toEqual([
      `plan.tasks: nobody is to mend the documents (recipe bug_fix): give ${DOCUMENTS} a task, or say in \`needs\` why not`,
    ]);
  });

  it('R50, R52: a bug fix without a failing test first, without the second look, or without tests is refused', () => {
    const bugFix = (tasks: string[]): string =>
      guideProblems(GUIDE, plan(tasks, { recipe: 'bug_fix' }), [DOCUMENTS, TESTS]).join();
    expect(bugFix(['b fixer', `c ${TESTS} b`])).toContain('mend its cause comes after');
    expect(bugFix([`a ${TESTS}`, 'b fixer a'])).toContain('verify that it is gone comes after');
    expect(bugFix(['b fixer'])).toContain('never leaves out');
  });
});
