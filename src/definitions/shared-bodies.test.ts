import { describe, expect, it } from 'vitest';
import { hashBytes } from '../journal/hash.ts';
import type { AgentDefinition } from './agent.ts';
import { loadAgents, type AgentFile, type LoadedAgents } from './load-agents.ts';
import { lintPrompt, MAX_PROMPT_WORDS } from './prompt-lint.ts';
import { placeOfLine } from './shared-bodies.ts';

/** A file `NAME.md`, whose own text begins in line 6, or 7 with one more line of front matter. */
function file(name: string, text: string, front = ''): AgentFile {
  const lines = ['---', `name: ${name}`, 'description: d', 'role: specialist', front, '---', text];
  const bytes = Buffer.from(`${lines.filter((line) => line !== '').join('\n')}\n`);
  return { path: `${name}.md`, bytes, origin: 'own' };
}

const BODY = file('data', 'You lay out data.\n\nRead the plan.');
const SHARER = file('tables', 'Tables are yours, too.', 'body: data');

function named({ agents }: LoadedAgents, name: string): AgentDefinition {
  const agent = agents.find((each) => each.name === name);
  if (agent === undefined) throw new Error(`there is no agent ${name}`);
  return agent;
}

describe('an agent that shares the text of another one', () => {
  it('reads that text, and its own behind it, whichever file comes first', () => {
    for (const files of [
      [BODY, SHARER],
      [SHARER, BODY],
    ]) {
      const loaded = loadAgents(files);
      expect(loaded.diagnostics).toEqual([]);
      expect(named(loaded, 'tables')).toMatchObject({
        instructions: 'You lay out data.\n\nRead the plan.\n\nTables are yours, too.',
        body: { agent: 'data', source: 'data.md', line: 6, lines: 3 },
        instructionsLine: 7,
      });
    }
  });

  it('reads the same as the other one where it says nothing of its own', () => {
    const loaded = loadAgents([BODY, file('tables', '', 'body: data')]);
    expect(named(loaded, 'tables').instructions).toBe(named(loaded, 'data').instructions);
  });

  it('keeps what its own file says: only the text is shared', () => {
    const loaded = loadAgents([
      file('data', 'You lay out data.', 'skills: house-style'),
      file('tables', '', 'body: data'),
    ]);
    expect(named(loaded, 'tables')).toMatchObject({ title: 'tables', extra: {} });
    expect(named(loaded, 'tables').skills).toBeUndefined();
  });

  it('has a hash that changes with either file, and is never that of the other agent', () => {
    const hashOf = (files: AgentFile[]): string => named(loadAgents(files), 'tables').hash;
    const hashes = [
      hashOf([BODY, SHARER]),
      hashOf([file('data', 'You lay out other data.'), SHARER]),
      hashOf([BODY, file('tables', 'Tables are yours.', 'body: data')]),
      hashOf([BODY, file('tables', '', 'body: data')]),
      hashBytes(SHARER.bytes),
      hashBytes(BODY.bytes),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hashOf([SHARER, BODY])).toBe(hashes[0]);
  });

  it.each<[what: string, files: AgentFile[], said: object]>([
    [
      'does not exist',
      [BODY, file('tables', 'x', 'body: dada')],
      { code: 'E_UNKNOWN_AGENT', message: expect.stringContaining('`dada`'), fix: 'Did you mean `data`?' },
    ],
    [
      'is itself',
      [BODY, file('tables', 'x', 'body: tables')],
      { code: 'E_AGENT_BODY', message: expect.stringContaining('`tables` itself') },
    ],
    [
      'shares a text, too',
      [BODY, file('shelves', 'x', 'body: data'), file('tables', 'x', 'body: shelves')],
      { code: 'E_AGENT_BODY', fix: expect.stringContaining('`body: data`') },
    ],
    [
      'has no text',
      [file('data', ''), file('tables', 'x', 'body: data')],
      { code: 'E_AGENT_BODY', message: expect.stringContaining('no text in data.md') },
    ],
    [
      'cannot be read',
      [{ ...BODY, bytes: Buffer.from('no front matter') }, SHARER],
      { code: 'E_UNKNOWN_AGENT', message: expect.stringContaining('cannot be read') },
    ],
    ['is no name', [BODY, file('tables', 'x', 'body: ../data')], { code: 'E_CONFIG_VALUE' }],
    ['is no text', [BODY, file('tables', 'x', 'body: [data]')], { code: 'E_CONFIG_VALUE' }],
  ])('is refused at its line where the other one %s', (_, files, said) => {
    const { agents, diagnostics } = loadAgents(files);
    const own = diagnostics.filter(({ place }) => place?.file === 'tables.md');
    expect(own).toMatchObject([{ level: 'error', place: { line: 5 }, ...said }]);
    expect(agents.map(({ name }) => name)).not.toContain('tables');
  });

  it('is refused with its error wherever the file comes from: no agent works with half of its instructions', () => {
    const { agents, diagnostics } = loadAgents([{ ...SHARER, origin: 'imported' }]);
    expect(agents).toEqual([]);
    expect(diagnostics).toMatchObject([{ code: 'E_UNKNOWN_AGENT', level: 'error' }]);
  });
});

describe('an agent of somebody who uses what is there', () => {
  const known = loadAgents([BODY, SHARER]).agents;

  it('shares the text of an agent from elsewhere, which is not loaded twice by that', () => {
    const { agents, diagnostics } = loadAgents([file('mine', 'In our way.', 'body: data')], known);
    expect(diagnostics).toEqual([]);
    expect(agents.map(({ name, instructions }) => [name, instructions])).toEqual([
      ['mine', 'You lay out data.\n\nRead the plan.\n\nIn our way.'],
    ]);
  });

  it('takes the agent of its own place before one of the same name from elsewhere', () => {
    const loaded = loadAgents([file('data', 'Ours.'), file('mine', 'More.', 'body: data')], known);
    expect(named(loaded, 'mine').instructions).toBe('Ours.\n\nMore.');
  });

  it('adds to the one that it replaces by naming it', () => {
    const loaded = loadAgents([file('data', 'House rules.', 'body: data')], known);
    expect(loaded.diagnostics).toEqual([]);
    expect(named(loaded, 'data').instructions).toBe('You lay out data.\n\nRead the plan.\n\nHouse rules.');
    expect(loadAgents([file('tables', 'x', 'body: tables')], known).diagnostics).toMatchObject([
      { code: 'E_AGENT_BODY', fix: expect.stringContaining('`body: data`') },
    ]);
  });
});

describe('a lint of instructions that are shared', () => {
  const lint = (agent: AgentDefinition): string[] =>
    lintPrompt(agent, { outputs: [], agents: ['data', 'tables'], here: null, beside: 0 }).map(
      ({ code, place }) => `${code} ${place?.file}:${place?.line}`,
    );

  it('reads them whole, and names the file and the line that each remark is about', () => {
    const loaded = loadAgents([
      file('data', 'You lay out data.\n\nThen move on to the next phase.'),
      file('tables', 'Tables are yours.\n\nSee ~/notes.\nPush your branch.', 'body: data'),
    ]);
    expect(lint(named(loaded, 'data'))).toEqual(['W_PROMPT_ENGINE_STEP data.md:8']);
    expect(lint(named(loaded, 'tables'))).toEqual([
      'W_PROMPT_ENGINE_STEP data.md:8',
      'W_PROMPT_PATH tables.md:9',
      'W_PROMPT_ENGINE_STEP tables.md:10',
    ]);
  });

  it('says in a remark on a shared text whose prompt it is, and where in the own text the same stands', () => {
    const loaded = loadAgents([
      file('data', 'You MUST lay out data.'),
      file('tables', 'You MUST lay out tables.', 'body: data'),
    ]);
    const [remark] = lintPrompt(named(loaded, 'tables'), { outputs: [], agents: [], here: null, beside: 0 });
    expect(remark?.place).toMatchObject({ file: 'data.md', line: 6 });
    expect(remark?.message).toMatch(/Also in line 7 of tables\.md\. The agent `tables` shares this text\.$/);
  });

  it('counts the words of both, at the file that adds the last of them', () => {
    const half = 'word '.repeat(MAX_PROMPT_WORDS / 2).trim();
    const whole = (own: string): AgentDefinition =>
      named(loadAgents([file('data', half), file('tables', own, 'body: data')]), 'tables');
    expect(lint(whole(half))).toEqual([]);
    expect(lint(whole(`${half} more`))).toEqual(['W_PROMPT_LONG tables.md:7']);
  });

  it('finds the place of every line, those of the own text of an agent that shares none included', () => {
    const loaded = loadAgents([BODY, SHARER]);
    const lineOf = (name: string, text: string): string => {
      const agent = named(loaded, name);
      const { file: path, line } = placeOfLine(agent, agent.instructions.split('\n').indexOf(text));
      return `${path}:${line}`;
    };
    expect(lineOf('data', 'Read the plan.')).toBe('data.md:8');
    expect(lineOf('tables', 'Read the plan.')).toBe('data.md:8');
    expect(lineOf('tables', 'Tables are yours, too.')).toBe('tables.md:7');
  });
});
