import { expect, it } from 'vitest';
import { ROLES } from '../core/words.ts';
import { estimateTokens, PROMPT_TOKENS, type Source } from './prompt-budget.ts';
import type { PromptFacts } from './prompt.ts';
import { fitPrompt } from './work-order.ts';
import { assembleInstructions, chooseReading, readingKey, readingsNamed } from './chosen-reading.ts';
import type { LoadedReading } from './required-reading.ts';
import type { FindingForAgent } from '../drivers/driver.ts';
import { agentDefinition } from '../testing/rig.ts';
import { PLAIN_FACTS } from './testing/prompt-facts.ts';

const FACTS: PromptFacts = { ...PLAIN_FACTS, phase: '1 of 1: Build', round: 2, attempt: 2 };
const AGENT = agentDefinition('writer', 'specialist');
const reading = (
  kind: LoadedReading['kind'],
  name: string,
  over: Partial<LoadedReading> = {},
): LoadedReading => ({
  kind,
  name,
  repo: null,
  source: `package/${kind}/${name}`,
  hash: name,
  agents: ['writer'],
  text: `# ${name}\n\nText of ${name}.\n`,
  ...over,
});
const ALL = [
  reading('guide', 'README.md', { agents: null }),
  reading('skill', 'always'),
  reading('skill', 'tables', { when: 'Use when large tables are migrated.' }),
  reading('stack', 'express'),
  reading('stack', 'sql-migrations'),
  reading('stack', 'redis-and-queues'),
];
const finding = (id: string, problem: string): FindingForAgent => ({
  id,
  severity: 'major',
  blocking: true,
  source: 'code-review',
  repo: 'api',
  file: 'a.ts',
  line: 1,
  problem,
  fix: '',
});
const snapshotWith = (readings: LoadedReading[]): Parameters<typeof chooseReading>[0] =>
  ({ snapshot: { agents: [AGENT], readings } }) as unknown as Parameters<typeof chooseReading>[0]; // of it, only readings are read
const given = snapshotWith(ALL);
const names = (files: string[], words: string): string[] =>
  chooseReading(given, AGENT, { files, words }).readings.map(({ name }) => name);

it('what is required is always read, and the rest where the work is about it', () => {
  expect(names(['src/routes/a.ts'], 'Show a list')).toEqual(['README.md', 'always', 'express']);
  expect(names(['migrations/2.sql'], 'Migrate the large tables')).toEqual([
    'README.md',
    'always',
    'tables',
    'sql-migrations',
  ]);
});

it('what is not read is named', () => {
  const { shortened, instructions } = chooseReading(given, AGENT, { files: ['docs/a.md'], words: '' });
  expect(shortened).toEqual([
    'guides to express, sql-migrations, redis-and-queues: not sent, this work is not about that',
  ]);
  expect(instructions).toMatch(
    /^# Required guide: README\.md .*# Required skill: always .*# Your instructions\n\n/s,
  );
});

it('a skill that is read because the work is about it is not headed as one that is required', () => {
  const { instructions } = chooseReading(given, AGENT, { files: [], words: 'Migrate the large tables' });
  expect(instructions).toContain('# Required skill: always (');
  expect(instructions).toContain('# Skill for work like this: tables (');
});

it('an order names its readings so that they are found again, in the same order', () => {
  const { readings, instructions } = chooseReading(given, AGENT, { files: [], words: 'a queue of jobs' });
  const found = readingsNamed(
    given,
    'writer',
    readings.map((each) => readingKey(each)),
  );
  expect(found).toEqual(readings);
  expect(assembleInstructions(AGENT, found).text).toBe(instructions);
  expect(readingsNamed(given, 'writer', undefined)).toHaveLength(ALL.length);
});

it('R8: instructions and readings have a third of the room; long ones are cut to the same length, by name', () => {
  const long = [
    reading('guide', 'BOOK.md', { text: 'b'.repeat(400_000) }),
    reading('skill', 'tome', { text: 't'.repeat(300_000) }),
    reading('skill', 'short'),
  ];
  for (const role of ['coordinator', 'reviewer', 'specialist'] as const) {
    const { text, shortened } = assembleInstructions({ ...AGENT, role }, long);
    expect(text.length).toBeLessThan((PROMPT_TOKENS[role] * 4) / 3 + 1_000);
    expect(shortened).toEqual([
      expect.stringMatching(/^guide BOOK\.md: [\d,]+ of 400,000 characters$/),
      expect.stringMatching(/^skill tome: [\d,]+ of 300,000 characters$/),
    ]);
    expect(text).toMatch(/b\n\[cut: \d+ more characters\]/);
    expect(text).toContain('Text of short.');
    expect(text).toContain(AGENT.instructions);
  }
  const endless = assembleInstructions({ ...AGENT, instructions: 'i'.repeat(400_000) }, []);
  expect(endless.shortened).toEqual([expect.stringMatching(/^your instructions: /)]);
  expect(endless.text.length).toBeLessThan(PROMPT_TOKENS.specialist * 4);
});

it('R8: with everything too long, each role is sent no more than its room, and all that is cut says so', () => {
  const book = 'A word. '.repeat(100_000);
  for (const role of ROLES) {
    const { text: instructions, shortened } = assembleInstructions({ instructions: book, role }, [
      reading('guide', 'BOOK.md', { text: book }),
    ]);
    const sources = ['requirements', 'plan', 'judged', 'diff', 'gates'].map((name, i): Source => ({
      name,
      kind: name,
      text: book,
      artifact: name,
      first: i > 1,
    }));
    const { prompt, items } = fitPrompt(
      {
        ...FACTS,
        request: book,
        guidance: [book],
        findings: Array.from({ length: 16 }, (_, i) => finding(`f${i}`, book.slice(0, 2_000))),
        lastFailure: { reason: 'invalid_output', detail: book },
        context: [`plan (plan): ${book}`],
        shortened,
      },
      sources,
      { role, instructions },
    );
    const chars = instructions.length + prompt.length + items.reduce((sum, { text }) => sum + text.length, 0);
    // Remarks on what was cut come on top: a line each.
    expect(estimateTokens(chars), role).toBeLessThan(PROMPT_TOKENS[role] * 1.02);
    expect(prompt, role).toContain('of 800,000 characters');
    expect(prompt.match(/\[cut: \d+ more characters\]/g)?.length, role).toBeGreaterThanOrEqual(3);
  }
});
