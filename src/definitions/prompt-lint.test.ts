import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtinAgentsDir, INTAKE_AGENT, listBuiltinWorkflows } from './builtin.ts';
import { loadAgentFolder, loadAgents } from './load-agents.ts';
import { loadWorkflow } from './load-workflow.ts';
import { wordsBeside } from './prompt-length.ts';
import { lintPrompt, MAX_PROMPT_WORDS, MAX_READ_WORDS, outputsOf, type PromptUse } from './prompt-lint.ts';
import { requiredFields } from './result-schema.ts';

const builtin = loadAgentFolder(builtinAgentsDir, 'own').agents;

/** The codes and lines of what is said of a body that begins in line 6. */
function lint(body: string, head: string, use: Partial<PromptUse> = {}): string[] {
  const text = `---\nname: some-agent\ndescription: d\n${head}\n---\n${body}\n`;
  const { agents } = loadAgents([{ path: 'a.md', bytes: Buffer.from(text), origin: 'own' }]);
  const [agent] = agents;
  if (agent === undefined) throw new Error('the agent of the test does not load');
  const names = {
    outputs: [],
    agents: ['some-agent', 'code-review', 'backend-planner'],
    here: null,
    beside: 0,
  };
  return lintPrompt(agent, { ...names, ...use }).map(({ code, place }) => `${code}:${place?.line}`);
}

const PLANNER = 'role: planner';
const WRITER = 'role: specialist';

describe('a lint of instructions', () => {
  it.each<[code: string, head: string, body: string]>([
    ['W_PROMPT_ENGINE_STEP', WRITER, 'When all is green, run git commit and go on.'],
    ['W_PROMPT_ENGINE_STEP', WRITER, '- Push your branch to the remote.\n'],
    ['W_PROMPT_ENGINE_STEP', WRITER, '1. **Push all modified code** at the end.'],
    ['W_PROMPT_ENGINE_STEP', WRITER, 'Open pull requests in every repository.'],
    ['W_PROMPT_ENGINE_STEP', WRITER, 'Mark the task as done.'],
    ['W_PROMPT_ENGINE_STEP', WRITER, 'Keep a progress file in the root.'],
    ['W_PROMPT_ENGINE_STEP', WRITER, 'Then move on to the next phase.'],
    ['W_PROMPT_ENGINE_STEP', PLANNER, 'Invoke the code-review agent afterwards.'],
    ['W_PROMPT_ENGINE_STEP', PLANNER, 'Confirm with the user before you begin.'],
    ['W_PROMPT_TOOL', PLANNER, 'Use `Bash` for searching.'],
    ['W_PROMPT_TOOL', WRITER, 'Read the manual with the WebFetch tool.'],
    ['W_PROMPT_TOOL', WRITER, 'Look into `mcp__tracker__read`.'],
    ['W_PROMPT_TOOL', PLANNER, '- Run the whole test suite.'],
    ['W_PROMPT_TOOL', WRITER, 'Search the web for the newest version.'],
    ['W_PROMPT_READER_WRITES', PLANNER, '- Write the missing tests.'],
    ['W_PROMPT_READER_WRITES', 'role: reviewer\ntools: Read', 'You may fix broken code. verdict, findings'],
    ['W_PROMPT_NAME', WRITER, 'The plan of `backend-planer` counts.'],
    ['W_PROMPT_NAME', WRITER, 'Ask what `cache-expert` thinks.'],
    ['W_PROMPT_BEGS', WRITER, 'You MUST ALWAYS write tests.'],
    ['W_PROMPT_BEGS', WRITER, 'Never skip the code review.'],
    ['W_PROMPT_BEGS', WRITER, 'Do not proceed until it is green.'],
    ['W_PROMPT_PATH', WRITER, 'The guide lies in /home/ann/guides/api.md.'],
    ['W_PROMPT_PATH', WRITER, 'See ~/notes.'],
    ['W_PROMPT_WORD', WRITER, 'Say `open_question` where you are in doubt.'],
    ['W_PROMPT_WORD', WRITER, 'Number each of the `acceptence_criteria`.'],
    ['W_PROMPT_WORD', WRITER, 'You are blocked with `no_time_left` then.'],
    ['W_PROMPT_FIELD', 'role: submitter', 'You write texts.'],
  ])('%s (%s): %s', (code, head, body) => {
    const line = head.split('\n').length + 5;
    expect(lint(body, head)).toEqual([`${code}:${line}`]);
  });

  it.each<[head: string, body: string]>([
    [WRITER, 'Commits and pushes are made by the engine; do not run git commit.'],
    [WRITER, 'Run build, types, linter and tests. Use `Bash` where it helps.'],
    [WRITER, 'Never do these things:\n- Push your branch.\n- Open a pull request.'],
    [PLANNER, 'You design; others write the code. Nobody runs the tests here.'],
    [
      PLANNER,
      'The plan of `backend-planner` and the words of `code-review` count, as do `pass-through` fields.',
    ],
    [WRITER, 'Fields of `/api/items/{id}` and the file docs/api.md.'],
    [
      WRITER,
      'Hand in `open_questions`, or be blocked with `missing_requirements`; columns like `due_date` stay.',
    ],
    [WRITER, 'Each of the `success_criteria` and of `acceptance_criteria` is `not_tried` or `not_met`.'],
  ])('says nothing of what agrees with the engine (%s): %s', (head, body) => {
    expect(lint(body, head)).toEqual([]);
  });

  it('counts the words: a page and a half, and no more', () => {
    expect(lint('word '.repeat(MAX_PROMPT_WORDS), WRITER)).toEqual([]);
    expect(lint('word '.repeat(MAX_PROMPT_WORDS + 1), WRITER)).toEqual(['W_PROMPT_LONG:6']);
  });

  it('R8: counts what is read in front of them, too: skills and the longest guides', () => {
    const body = 'word '.repeat(500);
    expect(lint(body, WRITER, { beside: MAX_READ_WORDS - 500 })).toEqual([]);
    expect(lint(body, WRITER, { beside: MAX_READ_WORDS - 499 })).toEqual(['W_PROMPT_LONG:6']);
    const beside = (name: string): number => {
      const agent = builtin.find((each) => each.name === name);
      if (agent === undefined) throw new Error(name);
      return wordsBeside(agent);
    };
    expect(beside('acceptance-test-engineer')).toBe(0);
    expect(beside('code-review')).toBeGreaterThan(500);
    expect(beside('security-review') - beside('code-review')).toBeGreaterThan(150);
  });

  it('R8: knows the fields of results and the reasons to be blocked', () => {
    expect(lint('Number the `acceptence_criteria`.', WRITER)).toEqual(['W_PROMPT_WORD:6']);
    expect(lint('Then be blocked with `no_time_left`.', WRITER)).toEqual(['W_PROMPT_WORD:6']);
    expect(lint('Number the `acceptance_criteria`, by `due_date`.', WRITER)).toEqual([]);
  });

  it('takes a list below "never" for what is not done, and the text behind it as it stands', () => {
    const body = 'Never do these things:\n\n- Push your branch.\n\nIn the end:\n\n- Push your branch.';
    expect(lint(body, WRITER)).toEqual(['W_PROMPT_ENGINE_STEP:12']);
  });

  it('says once what stands in several lines, with all of them', () => {
    const text = '---\nname: a\ndescription: d\nrole: specialist\n---\n\nYou MUST.\n\nIt is CRITICAL.\n';
    const [agent] = loadAgents([{ path: 'a.md', bytes: Buffer.from(text), origin: 'own' }]).agents;
    const remarks =
      agent === undefined ? [] : lintPrompt(agent, { outputs: [], agents: [], here: null, beside: 0 });
    expect(remarks.map(({ place, message }) => [place?.line, message])).toEqual([
      [7, expect.stringMatching(/`MUST`.*Also in line 9\.$/)],
    ]);
  });

  it('names agents that the workflow at hand does not have', () => {
    const body = 'The plan of `backend-planner` counts.';
    expect(lint(body, WRITER, { here: ['some-agent'] })).toEqual(['W_PROMPT_NAME:6']);
    expect(lint(body, WRITER, { here: ['some-agent', 'backend-planner'] })).toEqual([]);
  });

  it('asks for the fields that the schema of each kind of result wants', () => {
    expect(lint('Nothing.', PLANNER, { outputs: ['requirements', 'changes'] })).toEqual(['W_PROMPT_FIELD:6']);
    expect(lint('`requirements` in six parts.', PLANNER, { outputs: ['requirements'] })).toEqual([]);
    expect(requiredFields('review', 'reviewer')).toEqual(['verdict', 'findings']);
    expect(requiredFields('submission', 'submitter')).toEqual(['pull_requests']);
    expect(requiredFields('changes', 'specialist')).toEqual([]);
  });
});

describe('the agents of the package', () => {
  const graphs = listBuiltinWorkflows().map(({ name, file }) => {
    const { graph } = loadWorkflow(file, builtin);
    if (graph === null) throw new Error(`${name} does not load`);
    return { name, graph };
  });

  it.each(graphs)('agree with the engine and with the workflow $name', ({ graph }) => {
    const outputs = outputsOf(graph);
    const names = { agents: builtin.map((each) => each.name), here: Object.keys(graph.agents) };
    const remarks = builtin
      .filter(({ name }) => Object.hasOwn(graph.agents, name))
      .flatMap((agent) =>
        lintPrompt(agent, {
          ...names,
          outputs: [...(outputs.get(agent.name) ?? [])],
          beside: wordsBeside(agent),
        }),
      );
    expect(remarks).toEqual([]);
  });

  it('are all in a workflow, but for the one that reads requests before the start', () => {
    const files = readdirSync(builtinAgentsDir).filter((file) => file.endsWith('.md'));
    const names = files.map((file) => file.slice(0, -'.md'.length)).sort();
    expect(builtin.map(({ name }) => name).sort()).toEqual(names);
    const nowhere = names.filter((name) => !graphs.some(({ graph }) => Object.hasOwn(graph.agents, name)));
    expect(nowhere).toEqual([INTAKE_AGENT]);
  });

  it.each(builtin.map((agent) => [agent.name, agent] as const))('%s agrees with the engine', (_, agent) => {
    const outputs = graphs.flatMap(({ graph }) => [...(outputsOf(graph).get(agent.name) ?? [])]);
    const names = builtin.map((each) => each.name);
    const use = { agents: names, here: null, outputs: [...new Set(outputs)], beside: wordsBeside(agent) };
    expect(lintPrompt(agent, use)).toEqual([]);
  });

  it('say in which words to stop, where they may', () => {
    for (const { name, role, instructions } of builtin) {
      if (role === 'reviewer' || name === INTAKE_AGENT) continue; // both always answer
      const stop = instructions.split('## Stop and ask')[1];
      expect(stop, name).toMatch(/`(?:blocked|needs_clarification)`/);
    }
  });

  it('have all parts of a good instruction, each once, in this order', () => {
    const parts = ['Read first', 'Method', 'Good looks like this', 'Hand over', 'Stop and ask'];
    for (const { name, instructions, body } of builtin) {
      if (name === INTAKE_AGENT) continue; // it reads two texts before there is a run
      const titles = [...instructions.matchAll(/^## (.+?)(?: for .*)?$/gm)].map(([, title]) => title);
      const isMore = body !== undefined && instructions.split('\n').length > body.lines;
      expect([...new Set(titles)], name).toEqual(isMore ? [...parts, 'Particular to you'] : parts);
      expect(instructions.split('\n')[0]?.length, name).toBeGreaterThan(20);
    }
  });
});
