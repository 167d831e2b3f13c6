import { describe, expect, it } from 'vitest';
import { endpointsIn } from '../core/checks/endpoints.ts';
import { parseWorkResult } from './result-schema.ts';
import { NO_WORK_FACTS } from './result-checks.ts';

const requirements = {
  functional: [{ id: 'F1', text: 'Create an order.' }],
  non_functional: [],
  constraints: [],
  dependencies: [],
  affected_systems: [],
  acceptance_criteria: [{ id: 'A1', text: 'POST answers 201.' }],
};
const sku = { name: 'sku', in: 'body', type: 'string', required: true };
const post = { method: 'POST', path: '/orders', requirement: 'F1', success: 201, fields: [sku] };

function problems(endpoints: unknown, repos = ['api']): string[] {
  const value = { status: 'complete', summary: 'Done.', requirements, endpoints };
  const parsed = parseWorkResult('requirements', value, { ...NO_WORK_FACTS, repos });
  return parsed.ok ? [] : parsed.problems;
}

describe('endpoints of requirements', () => {
  it('may be left out, and are kept as they were handed in', () => {
    expect(problems(undefined)).toEqual([]);
    const value = { status: 'complete', summary: 'Done.', requirements, endpoints: [post] };
    const parsed = parseWorkResult('requirements', value, { ...NO_WORK_FACTS, repos: ['api'] });
    expect(parsed.ok && endpointsIn([parsed.body as Record<string, unknown>])).toEqual([post]);
  });

  it('name only what there is', () => {
    expect(problems([{ ...post, requirement: 'F9' }])[0]).toBe(
      'endpoints[0].requirement: there is no requirement "F9"; there are F1, A1',
    );
    expect(problems([{ ...post, repo: 'web' }])[0]).toContain('must be a repository of the run: api');
    expect(problems([post], ['api', 'web'])[0]).toBe('endpoints[0].repo is missing: the run has api, web');
    expect(problems([post, post])[0]).toContain('POST /orders is named twice');
    expect(problems([{ ...post, fields: [sku, sku] }])[0]).toContain('sku is named twice');
    expect(problems([{ ...post, fields: [{ ...sku, in: 'path' }] }])[0]).toContain('does not hold {sku}');
    expect(problems([{ ...post, fields: [{ ...sku, type: 'enum' }] }])[0]).toContain('values is missing');
    expect(problems([{ ...post, fields: [{ ...sku, min_length: 4, max_length: 3 }] }])[0]).toContain(
      'min_length is more than its max_length',
    );
  });

  it('DOS-7: are bounded in number and size', () => {
    const fields = Array.from({ length: 41 }, (_, at) => ({ ...sku, name: `f${at}` }));
    expect(problems([{ ...post, fields }])[0]).toContain('must have at most 40 items');
    const many = Array.from({ length: 51 }, (_, at) => ({ ...post, path: `/o${at}` }));
    expect(problems(many)[0]).toContain('must have at most 50 items');
    expect(problems([{ ...post, example: { sku: 'x'.repeat(9_000) } }])[0]).toContain('example is longer');
  });

  it.each(['orders', '/a b', '/a?x=1', '/../etc', 'http://elsewhere/x'])('refuse the path %s', (path) => {
    expect(problems([{ ...post, path }])[0]).toContain('endpoints[0].path');
  });

  it('the plan has the last word on the same endpoint, whatever its parameters are called', () => {
    const one = { ...post, method: 'GET', path: '/orders/{id}', success: 200 };
    const said = endpointsIn([
      { endpoints: [one] },
      null,
      { endpoints: [{ ...one, path: '/orders/{number}' }] },
    ]);
    expect(said.map(({ path }) => path)).toEqual(['/orders/{number}']);
  });
});
