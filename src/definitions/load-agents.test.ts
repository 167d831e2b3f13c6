import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../core/errors.ts';
import { loadAgentFolder, loadAgents, type AgentFile, type AgentOrigin } from './load-agents.ts';

const fixtures = fileURLToPath(new URL('../../test/fixtures/agents/', import.meta.url));

function file(text: string, path = 'a.md', origin: AgentOrigin = 'own'): AgentFile {
  return { path, bytes: Buffer.from(text), origin };
}

/** One agent with the given front matter below a description. */
function load(front: string, origin: AgentOrigin = 'own') {
  const { agents, diagnostics } = loadAgents([
    file(`---\ndescription: d\n${front}\n---\nDo it.\n`, 'a.md', origin),
  ]);
  return { agent: agents[0] ?? null, diagnostics, codes: diagnostics.map((d) => d.code) };
}

const lines = (diagnostics: Diagnostic[], code: string): number[] =>
  diagnostics.filter((d) => d.code === code).map((d) => d.place?.line ?? 0);

interface Expected {
  name: string;
  tools: string[] | null;
  model: string | null;
  lenient: boolean;
  mojibake: boolean;
}

function expectLoads(path: string, expected: Expected): void {
  const bytes = readFileSync(path);
  const { agents, diagnostics } = loadAgents([{ path, bytes, origin: 'imported' }]);
  expect(diagnostics.filter((d) => d.level === 'error')).toEqual([]);
  const [agent] = agents;
  expect(agent).toMatchObject({ name: expected.name, tools: expected.tools, model: expected.model });
  expect(agent?.access).toBe('read');
  expect(agent?.hash).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(agent?.description.length).toBeGreaterThan(20);
  expect(agent?.instructions.length).toBeGreaterThan(20);
  expect(lines(diagnostics, 'W_FRONTMATTER_LENIENT')).toEqual(expected.lenient ? [2] : []);
  expect(lines(diagnostics, 'W_MOJIBAKE')).toHaveLength(expected.mojibake ? 1 : 0);
}

describe('agent files as the world writes them', () => {
  const orchestratorTools = ['Task', 'TodoWrite', 'Read', 'Glob', 'Grep', 'AskUserQuestion'];
  it.each([
    [
      'lenient-description.md',
      { name: 'release-conductor', tools: null, model: 'opus', lenient: true, mojibake: false },
    ],
    [
      'mojibake-emoji.md',
      { name: 'pipeline-manager', tools: ['Task'], model: null, lenient: false, mojibake: true },
    ],
    [
      'strict-orchestrator.md',
      {
        name: 'data-orchestrator',
        tools: orchestratorTools,
        model: 'sonnet',
        lenient: false,
        mojibake: false,
      },
    ],
    [
      'lenient-long.md',
      { name: 'migration-lead', tools: null, model: 'sonnet', lenient: true, mojibake: false },
    ],
    [
      'mojibake-marks.md',
      {
        name: 'checklist-keeper',
        tools: ['Read', 'Grep', 'Glob'],
        model: null,
        lenient: false,
        mojibake: true,
      },
    ],
  ])('CFG-1: loads %s', (name, expected) => expectLoads(join(fixtures, name), expected));

  it('CFG-1: keeps the description of a broken front matter as it was written', () => {
    const { agents } = loadAgents([
      { path: 'a', bytes: readFileSync(join(fixtures, 'lenient-description.md')), origin: 'imported' },
    ]);
    expect(agents[0]?.description).toMatch(
      /^Use this agent when .*<example>Context: A team .*\\n\\n<example>.*<\/example>$/s,
    );
  });

  const references = process.env['BATON_REFERENCE_DOCS'];
  const expected: Omit<Expected, 'name'>[] = [
    { tools: null, model: 'opus', lenient: true, mojibake: false },
    { tools: ['Task'], model: null, lenient: false, mojibake: true },
    { tools: orchestratorTools, model: 'sonnet', lenient: false, mojibake: false },
    { tools: null, model: 'opus', lenient: true, mojibake: false },
    { tools: ['Read', 'Grep', 'Glob'], model: null, lenient: false, mojibake: true },
  ];
  const names = [
    'backend-orchestrator',
    'backend-orchestrator',
    'backend-orchestrator',
    'backend-implementer',
    'backend-task-orchestrator',
  ];
  it.skipIf(references === undefined)(
    'CFG-1: loads the five reference documents (skipped unless BATON_REFERENCE_DOCS names their folder)',
    () => {
      const dir = references ?? '';
      const files = readdirSync(dir)
        .filter((entry) => /^00\d_/.test(entry))
        .sort();
      expect(files).toHaveLength(5);
      for (const [index, entry] of files.entries()) {
        const wanted = expected[index];
        if (wanted !== undefined) expectLoads(join(dir, entry), { name: names[index] ?? '', ...wanted });
      }
    },
  );

  it('reads `tools: *` and a whole file that is indented, and widens nothing', () => {
    const text =
      '   ---\n   name: a\n   role: reviewer\n   description: d\n   tools: *\n   ---\n   Do it.\n     More.\n';
    const { agents, diagnostics } = loadAgents([file(text, 'a.md', 'imported')]);
    expect(agents[0]).toMatchObject({
      name: 'a',
      tools: ['*'],
      capabilities: ['read', 'search'],
      instructions: 'Do it.\n  More.',
    });
    expect(diagnostics.map((d) => d.code)).toEqual(['W_FRONTMATTER_LENIENT', 'W_AGENT_TOOL_UNKNOWN']);
    const indented = loadAgents([
      file('  ---\n  name: a\n  role: tester\n  description: d\n  ---\n  Do it.'),
    ]);
    expect(indented.diagnostics).toMatchObject([{ code: 'W_FRONTMATTER_LENIENT', place: { line: 2 } }]);
  });

  it('never reads leniently what is refused for its keys, tags or depth', () => {
    expect(load('name: a\n__proto__: {x: 1}').codes).toEqual(['E_CONFIG_KEY']);
    expect(load('name: a\nmodel: b: c\ntitle: {__proto__: {x: 1}}').codes).toEqual(['E_CONFIG_KEY']);
    expect(load('name: a\nmodel: x: y\nname: b').codes).toEqual(['E_CONFIG_KEY']);
    expect(load('name: a\nmodel: !!js/function "x"').codes).toEqual(['E_CONFIG_LIMIT']);
  });

  it('leaves ordinary accents and signs alone', () => {
    const text =
      '---\nname: a\nrole: tester\ndescription: d\n---\n„Äpfel“ – “évidence” … ’été »Öl« ≠ ∞ Ωmega œuvre Èze Ê é è → ✅\n';
    expect(loadAgents([file(text)]).diagnostics).toEqual([]);
  });
});

describe('front matter', () => {
  it.each([
    ['none', 'Just prose.\n', 1],
    ['only an opening', '---\n', 1],
    ['an unclosed one', '\n---\nname: a\n', 2],
    ['an empty one', '---\n---\nDo it.', 2],
    ['prose instead of keys', '---\nhello\n---\n', 2],
  ])('CFG-2: refuses %s, with its line', (_name, text, line) => {
    expect(loadAgents([file(text)]).diagnostics).toMatchObject([
      { code: 'E_AGENT_FRONTMATTER', place: { file: 'a.md', line } },
    ]);
  });

  it('CFG-2: reports all errors of all files in one pass, and still loads the others', () => {
    const { agents, diagnostics } = loadAgents([
      file('no front matter', 'one.md'),
      file('---\nname: ok\nrole: reviewer\ndescription: d\n---\nx', 'two.md'),
      file('---\ndescription: d\nrole: cook\ntools: 7\n---\nx', 'three.md'),
    ]);
    expect(agents.map((agent) => agent.name)).toEqual(['ok']);
    expect(diagnostics.filter((d) => d.level === 'error').map((d) => `${d.place?.file} ${d.code}`)).toEqual([
      'one.md E_AGENT_FRONTMATTER',
      'three.md E_AGENT_NAME_MISSING',
      'three.md E_CONFIG_VALUE',
      'three.md E_CONFIG_VALUE',
    ]);
  });

  it('CFG-8: refuses an agent file that is not UTF-8', () => {
    const bytes = Buffer.from('\uFEFF---\nname: a\n---\n', 'utf16le');
    expect(loadAgents([{ path: 'a.md', bytes, origin: 'own' }]).diagnostics).toMatchObject([
      { code: 'E_ENCODING' },
    ]);
  });

  it('CFG-9: keeps unknown keys, with a warning where one is close to ours', () => {
    const { agent, diagnostics } = load(
      'name: a\nrole: tester\ntoosl: Bash\ncolor: red\nmode: all\nx-mine: {a: 1}',
    );
    expect(agent?.extra).toEqual({ toosl: 'Bash', color: 'red', mode: 'all', 'x-mine': { a: 1 } });
    expect(diagnostics).toMatchObject([
      { code: 'W_AGENT_KEY_SIMILAR', fix: 'Did you mean `tools`?', place: { line: 5 } },
    ]);
  });
});

describe('names', () => {
  it.each(['', 'name:', 'name: ""'])('CFG-3: refuses a missing name (%j)', (front) => {
    expect(load(`role: tester\n${front}`).codes).toContain('E_AGENT_NAME_MISSING');
  });

  it.each([
    ['the same', 'reviewer', 'reviewer'],
    ['another case', 'reviewer', 'Reviewer'],
    ['composed and decomposed', 'caf\u00e9', 'cafe\u0301'],
  ])('CFG-3: refuses two files with one name (%s) and names both paths', (_name, one, two) => {
    const text = (name: string): string => `---\nname: ${name}\nrole: reviewer\ndescription: d\n---\nx`;
    const { diagnostics } = loadAgents([file(text(one), 'x/one.md'), file(text(two), 'y/two.md')]);
    const [duplicate] = diagnostics.filter((d) => d.level === 'error');
    expect(duplicate?.code).toBe('E_AGENT_DUPLICATE');
    expect(duplicate?.message).toContain('x/one.md');
    expect(duplicate?.message).toContain('y/two.md');
  });

  it.each([
    ['a path upwards', '"../../x"'],
    ['a path', 'a/b'],
    ['a Windows path', '"a\\\\b"'],
    ['300 characters', 'a'.repeat(300)],
    ['65 characters', 'a'.repeat(65)],
    ['NUL', '"a\\0b"'],
    ['a text-reversing character', '"a\\u202Eb"'],
    ['a zero-width character', '"a\\u200Bb"'],
    ['a line break', '"a\\nb"'],
    ['no usable letter', '"???"'],
    ['a number', '7'],
    ['a list', '[a]'],
  ])('CFG-4: refuses %s as a name', (_name, name) => {
    const { agent, diagnostics } = load(`name: ${name}\nrole: tester`);
    expect(agent).toBeNull();
    expect(diagnostics.map((d) => d.code)).toEqual(['E_AGENT_NAME_INVALID']);
    expect(diagnostics[0]?.message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('CFG-4: slugs a harmless display name with a warning and keeps it as the title', () => {
    const { agent, codes } = load('name: "C# Expert"\nrole: specialist');
    expect(agent).toMatchObject({ name: 'c-sharp-expert', title: 'C# Expert' });
    expect(codes).toEqual(['W_AGENT_NAME_SLUGGED']);
    expect(load('name: x\ntitle: The X\nrole: tester').agent).toMatchObject({ name: 'x', title: 'The X' });
  });
});

describe('tools and roles', () => {
  it('CFG-5: an unknown tool is an error with the nearest name in our own agents, a warning in imported ones', () => {
    const own = load('name: a\nrole: tester\ntools: Read, Wriet');
    expect(own.agent).toBeNull();
    expect(own.diagnostics).toMatchObject([
      { code: 'E_AGENT_TOOL_UNKNOWN', fix: 'Did you mean `Write`?', place: { line: 5 } },
    ]);
    const imported = load('name: a\nrole: tester\ntools: Read, Wriet', 'imported');
    expect(imported.codes).toEqual(['W_AGENT_TOOL_UNKNOWN']);
    expect(imported.agent?.capabilities).toEqual(['read']);
  });

  it.each(['[Bash(rm:*)]', '"Read, Bash(git:*)"', 'frobnicate'])(
    'CFG-5: %s grants nothing that it does not name',
    (tools) => {
      const { agent, codes } = load(`name: a\nrole: specialist\ntools: ${tools}`, 'imported');
      expect(codes).toEqual(['W_AGENT_TOOL_UNKNOWN']);
      expect(agent?.capabilities).not.toContain('execute');
      expect(agent?.capabilities).not.toContain('edit');
      expect(agent?.access).toBe('read');
    },
  );

  it('CFG-5: refuses tools that are no names', () => {
    expect(load('name: a\nrole: tester\ntools: 7').codes).toEqual(['E_CONFIG_VALUE']);
    expect(load('name: a\nrole: tester\ntools: [Read, 7]', 'imported').codes).toEqual(['E_CONFIG_VALUE']);
  });

  it.each([
    ['reviewer', ['read', 'search'], 'read'],
    ['planner', ['read', 'search'], 'read'],
    ['coordinator', ['read', 'search'], 'read'],
    ['submitter', ['read', 'search'], 'read'],
    ['specialist', ['read', 'search', 'edit', 'execute'], 'write'],
    ['tester', ['read', 'search', 'edit', 'execute'], 'write'],
  ])('CFG-5: without tools a %s gets the least that it needs', (role, capabilities, access) => {
    expect(load(`name: a\nrole: ${role}`).agent).toMatchObject({ role, capabilities, access, tools: null });
  });

  it('knows the spellings of other agents', () => {
    const tools =
      'read_file, grep_search, write_file, run_shell_command, google_web_search, mcp__db__query, TodoWrite';
    const { agent, diagnostics } = load(`name: a\nrole: specialist\ntools: ${tools}`);
    expect(diagnostics).toEqual([]);
    expect(agent?.capabilities).toEqual(['read', 'search', 'edit', 'execute', 'web', 'mcp']);
  });

  it('takes away what `disallowedTools` and a switched-off tool name', () => {
    expect(load('name: a\nrole: specialist\ndisallowedTools: Bash').agent?.capabilities).toEqual([
      'read',
      'search',
      'edit',
    ]);
    const off = load('name: a\nrole: specialist\ntools: {write: false, edit: false, bash: false}');
    expect(off.agent).toMatchObject({ capabilities: ['read', 'search'], access: 'read' });
  });

  it.each([
    ['coordinator', 'Task, Write'],
    ['coordinator', 'Bash'],
    ['planner', 'Read, MultiEdit'],
    ['reviewer', 'Read, Edit'],
    ['submitter', 'NotebookEdit'],
    ['specialist', 'Read, Edit, Task'],
    ['tester', 'Bash, Task(helper, other)'],
  ])('CFG-6: refuses a %s that lists %s', (role, tools) => {
    for (const origin of ['own', 'imported'] as const) {
      const { agent, codes } = load(`name: a\nrole: ${role}\ntools: ${tools}`, origin);
      expect(agent).toBeNull();
      expect(codes).toContain('E_ROLE_TOOL_FORBIDDEN');
    }
  });

  it('CFG-5: what calls itself an orchestrator, planner or reviewer and names no tools cannot write', () => {
    for (const [name, role] of [
      ['backend-orchestrator', 'coordinator'],
      ['task-planner', 'planner'],
      ['code-reviewer', 'reviewer'],
    ]) {
      const { agent, codes } = load(`name: ${name}`, 'imported');
      expect(agent).toMatchObject({ role, access: 'read', capabilities: ['read', 'search'] });
      expect(codes).toEqual(['W_AGENT_ROLE_DERIVED']);
    }
    // Tools that it names say more than its name.
    expect(load('name: code-reviewer\ntools: Read, Edit', 'imported').agent).toMatchObject({
      role: 'specialist',
      access: 'write',
    });
    expect(load('name: backend-developer', 'imported')).toMatchObject({
      agent: { role: 'specialist', access: 'write' },
      codes: ['W_AGENT_ROLE_DERIVED'],
    });
  });

  it('derives a missing role from what the agent can do, and says so', () => {
    expect(load('name: a\ntools: Task, Read', 'imported').agent).toMatchObject({
      role: 'coordinator',
      access: 'read',
    });
    expect(load('name: a\ntools: Task, Bash', 'imported').codes).toEqual([
      'W_AGENT_ROLE_DERIVED',
      'E_ROLE_TOOL_FORBIDDEN',
    ]);
    expect(load('name: a\ntype: orchestrator').agent).toMatchObject({
      role: 'coordinator',
      extra: { type: 'orchestrator' },
    });
    expect(load('name: a')).toMatchObject({ agent: { role: 'specialist' }, codes: ['W_AGENT_ROLE_DERIVED'] });
    expect(load('name: a\nrole: reviwer').diagnostics).toMatchObject([
      { code: 'E_CONFIG_VALUE', fix: 'Did you mean `reviewer`?' },
    ]);
  });

  it('R9: an agent whose tool does not resolve is refused, all missing names at once', () => {
    expect(load('name: a\nrole: tester\ntools: Wriet, Grpe').diagnostics.map((d) => d.message)).toEqual([
      'The tool "Wriet" is unknown: it grants nothing.',
      'The tool "Grpe" is unknown: it grants nothing.',
    ]);
  });
});

describe('loadAgentFolder', () => {
  it('reads every agent file below a folder, and says what cannot be read', () => {
    const dir = mkdtempSync(join(tmpdir(), 'baton-agents-'));
    try {
      mkdirSync(join(dir, 'more'));
      writeFileSync(join(dir, 'b.md'), '---\nname: b\nrole: tester\ndescription: d\n---\nx');
      writeFileSync(join(dir, 'more', 'a.agent.md'), '---\nname: a\nrole: tester\ndescription: d\n---\nx');
      writeFileSync(join(dir, 'README.md'), 'What these are.');
      writeFileSync(join(dir, 'huge.md'), 'x'.repeat(2 * 1024 * 1024));
      const { agents, diagnostics } = loadAgentFolder(dir, 'own');
      expect(agents.map((agent) => agent.name)).toEqual(['b', 'a']);
      expect(agents[0]?.source).toBe(join(dir, 'b.md'));
      expect(diagnostics.map((d) => d.code)).toEqual(['E_CONFIG_LIMIT']);
      expect(loadAgentFolder(join(dir, 'absent'), 'own').diagnostics.map((d) => d.code)).toEqual([
        'E_NOT_FOUND',
      ]);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

describe('the kinds of review that a reviewer gives', () => {
  it('R28: are words, at a reviewer alone; what is no such thing is an error', () => {
    expect(load('name: a\nrole: reviewer\nreviews: security, performance').agent?.reviews).toEqual([
      'security',
      'performance',
    ]);
    expect(load('name: a\nrole: reviewer').agent?.reviews).toBeUndefined();
    for (const front of ['role: specialist\nreviews: security', 'role: reviewer\nreviews: { a: 1 }'])
      expect(load(`name: a\n${front}`, 'imported')).toMatchObject({ agent: null, codes: ['E_CONFIG_VALUE'] });
  });
});
