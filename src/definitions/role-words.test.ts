import { describe, expect, it } from 'vitest';
import { roleFromWords } from './role-words.ts';

describe('a role out of plain words', () => {
  it.each([
    ['backend-orchestrator', 'Use this agent to implement a complete backend feature.', 'coordinator'],
    ['release-conductor', '', 'coordinator'],
    ['sprint-planner', 'Creates plans.', 'planner'],
    ['research-agent', '', 'planner'],
    ['backend-task-summarizer', '', 'planner'],
    ['code-reviewer', 'Fixes nothing.', 'reviewer'],
    ['plan-review-specialist', '', 'reviewer'],
  ])('CFG-5: takes %s by its name', (name, description, role) => {
    expect(roleFromWords(name, description)).toBe(role);
  });

  it.each([
    ['This agent ONLY coordinates others: it never implements code.', 'coordinator'],
    ['Reviews changes of schemas. Examples: <example>then the author writes it</example>', 'reviewer'],
    ['Researches what a request touches.', 'planner'],
  ])('CFG-5: takes an agent by what it does: %s', (description, role) => {
    expect(roleFromWords('third-phase', description)).toBe(role);
  });

  it.each([
    ['review-fixer', 'Mends what a reviewer found.'],
    ['backend-developer', 'Implements features and reviews them.'],
    ['go-expert', 'Knows Go. Examples: <example>the code-reviewer reviews it</example>'],
  ])('CFG-5: finds no role in the words of %s', (name, description) => {
    expect(roleFromWords(name, description)).toBeNull();
  });
});
