import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reviewGatedAgents } from '../../test/make-agent.ts';
import { DEFAULT_LIMITS, LIMIT_RANGES, type Limits } from '../core/limits.ts';
import { builtinAgentsDir } from './builtin.ts';
import { formatDuration } from './duration.ts';
import { loadAgentFolder, loadAgents } from './load-agents.ts';
import { parseWorkflow } from './load-workflow.ts';
import { publishedSchemas } from './published-schemas.ts';

const text = readFileSync(new URL('../../docs/workflows.md', import.meta.url), 'utf8');

describe('docs/workflows.md', () => {
  it('shows an example that loads', () => {
    const example = /```yaml\n(name: [\s\S]*?)```/.exec(text)?.[1] ?? '';
    expect(parseWorkflow('docs/workflows.md', Buffer.from(example), reviewGatedAgents()).diagnostics).toEqual(
      [],
    );
  });

  it('shows an agent that shares the text of a built-in one, and loads', () => {
    const example = /```yaml\n(---\nname: [a-z-]+\n(?:[^`]*\n)?body: [\s\S]*?)```/.exec(text)?.[1] ?? '';
    const builtin = loadAgentFolder(builtinAgentsDir, 'own').agents;
    const file = { path: 'a.md', bytes: Buffer.from(example.replace('name:', 'description: d\nname:')) };
    const { agents, diagnostics } = loadAgents([{ ...file, origin: 'own' }], builtin);
    expect(diagnostics).toEqual([]);
    expect(agents).toMatchObject([{ role: 'reviewer', body: { agent: 'code-review' } }]);
  });

  it('names every key of the file', () => {
    const schema = publishedSchemas().get('workflow.schema.json') ?? '';
    const keys = [...schema.matchAll(/"properties": \{\s+"|^\s+"(\w+)": \{$/gm)].flatMap(
      (match) => match[1] ?? [],
    );
    const words = new Set([
      'properties',
      'propertyNames',
      'items',
      'additionalProperties',
      'when',
      '$defs',
      'not',
    ]);
    expect(keys.length).toBeGreaterThan(20);
    for (const key of keys.filter((each) => !words.has(each))) expect(text).toContain(key);
  });

  it('states the limits as they are', () => {
    for (const [key, [smallest, largest]] of Object.entries(LIMIT_RANGES)) {
      const value = DEFAULT_LIMITS[key as keyof Limits]; // the keys of LIMIT_RANGES are those of Limits
      const show = (number: number): string =>
        key.endsWith('_ms') ? formatDuration(number) : String(number);
      expect(text).toContain(
        `| \`${key.replace(/_ms$/, '')}\` | ${show(value)} | ${show(smallest)} | ${show(largest)} |`,
      );
    }
  });
});
