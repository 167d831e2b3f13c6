import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { publishedSchemas } from './published-schemas.ts';

const folder = new URL('../../schemas/', import.meta.url);

describe('the published schemas', () => {
  it('are those that the loaders use (npm run schemas)', () => {
    const schemas = publishedSchemas();
    expect(readdirSync(folder).sort()).toEqual([...schemas.keys()].sort());
    for (const [name, text] of schemas) expect(readFileSync(new URL(name, folder), 'utf8')).toBe(text);
  });

  it('refuse unknown keys in files that people write', () => {
    for (const name of ['workflow.schema.json', 'baton.schema.json']) {
      expect(JSON.parse(publishedSchemas().get(name) ?? '')).toMatchObject({
        additionalProperties: false,
        properties: {
          limits: { additionalProperties: false, properties: { max_rework: { minimum: 0, maximum: 10 } } },
        },
      });
    }
  });
});
