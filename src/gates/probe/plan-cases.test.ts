import { describe, expect, it } from 'vitest';
import type { Endpoint, EndpointField } from '../../core/checks/endpoints.ts';
import { ORDER_ENDPOINTS } from '../testing/probed-service.ts';
import { EXPECTATIONS, faultOf } from './expectations.ts';
import { findRoute } from './find-route.ts';
import { planCases } from './plan-cases.ts';
import type { ProbeAnswer } from './probe-case.ts';

const post = (fields: Partial<EndpointField>[], example?: Record<string, unknown>): Endpoint => ({
  method: 'POST',
  path: '/things',
  requirement: 'F1',
  success: 201,
  fields: fields.map((field) => ({ name: 'x', in: 'body', type: 'string', required: true, ...field })),
  ...(example === undefined ? {} : { example }),
});
const shown = (endpoint: Endpoint): string[] =>
  planCases([endpoint]).cases.map(({ kind, request }) => `${kind} ${request.body}`);

describe('the requests of a probe', () => {
  it('are the same for the same endpoints', () => {
    expect(planCases(ORDER_ENDPOINTS)).toEqual(planCases(structuredClone(ORDER_ENDPOINTS)));
  });

  it('try a number at its bounds, beside them, and in wrong types', () => {
    expect(shown(post([{ type: 'integer', min: 1, max: 9 }]))).toEqual([
      'valid {"x":1}',
      'missing {}',
      'at_boundary {"x":1}',
      'at_boundary {"x":9}',
      'wrong_type {"x":"not a number"}',
      'wrong_type {"x":{"wrong":"type"}}',
      'wrong_type {"x":1.5}',
      'out_of_range {"x":0}',
      'out_of_range {"x":10}',
      'null_required {"x":null}',
      'out_of_range {"x":1e308}',
      'broken_json {"',
      'wrong_shape []',
      'wrong_shape null',
      'wrong_shape ',
      'content_type {"x":1}',
      'unknown_field {"x":1,"probe_unknown_field":"x"}',
      'still_valid {"x":1}',
    ]);
  });

  it('try what stands in an object and in the items of a list, and leave the rest of it right', () => {
    const fields: Partial<EndpointField>[] = [
      { name: 'address', type: 'object' },
      { name: 'address.zip', min_length: 5, max_length: 5 },
      { name: 'address.floor', type: 'integer', required: false, min: 0 },
      { name: 'lines', type: 'array' },
      { name: 'lines[].count', type: 'integer', min: 1, max: 9 },
    ];
    const all = shown(post(fields, { 'address.zip': '12345' }));
    const right = '{"address":{"zip":"12345"},"lines":[{"count":1}]}';
    expect(all[0]).toBe(`valid ${right}`);
    for (const one of [
      'missing {"address":{},"lines":[{"count":1}]}',
      'out_of_range {"address":{"zip":"aaaaaa"},"lines":[{"count":1}]}',
      'out_of_range {"address":{"zip":"12345","floor":-1},"lines":[{"count":1}]}',
      'missing {"address":{"zip":"12345"},"lines":[{}]}',
      'at_boundary {"address":{"zip":"12345"},"lines":[{"count":9}]}',
      'out_of_range {"address":{"zip":"12345"},"lines":[{"count":10}]}',
      'out_of_range {"address":{"zip":"12345"},"lines":[{"count":1e308}]}',
      'wrong_type {"address":"not an object","lines":[{"count":1}]}',
      'missing {"lines":[{"count":1}]}',
      `still_valid ${right}`,
    ])
      expect(all).toContain(one);
  });

  it('keep an example whole around what is tried in it, and take a dotted name alone for a key', () => {
    const fields: Partial<EndpointField>[] = [
      { name: 'tags', type: 'array' },
      { name: 'tags[]', type: 'enum', values: ['a', 'b'] },
      { name: 'meta.kind', type: 'boolean' },
    ];
    const all = shown(post(fields, { tags: ['b', 'a'], 'meta.kind': true }));
    expect(all[0]).toBe('valid {"tags":["b","a"],"meta.kind":true}');
    expect(all).toContain('not_in_values {"tags":["probe-none-of-these","a"],"meta.kind":true}');
    expect(all.filter((one) => one.startsWith('missing'))).toEqual([
      'missing {"meta.kind":true}',
      'missing {"tags":["b","a"]}',
    ]);
  });

  it('try headers, as text', () => {
    const header = { name: 'X-Rank', in: 'header', type: 'integer', min: 1 } as const;
    const { cases } = planCases([{ ...post([header]), method: 'GET' }]);
    expect(cases.map(({ kind, request }) => [kind, request.headers[0]?.value])).toEqual([
      ['valid', '1'],
      ['missing', null],
      ['at_boundary', '1'],
      ['wrong_type', 'not-a-number'],
      ['out_of_range', '0'],
      ['huge_number', '1e308'],
      ['unknown_field', '1'],
      ['still_valid', '1'],
    ]);
  });

  it('ask of what is left open only that the service does not fail', () => {
    const open = planCases([post([{ type: 'number', required: false }])]).cases;
    const kinds = open.filter(({ field }) => field === 'x').map(({ kind }) => [kind, EXPECTATIONS[kind]]);
    expect(kinds).toEqual([
      ['wrong_type', 'refused'],
      ['wrong_type', 'refused'],
      ['null_optional', 'either'],
      ['huge_number', 'either'],
    ]);
  });

  it('give what is unique another value each time, and the same one twice where it shall be refused', () => {
    const { cases } = planCases([post([{ unique: true }])]);
    const right = cases.filter(({ kind }) => ['valid', 'still_valid', 'content_type'].includes(kind));
    expect(new Set(right.map(({ request }) => request.body)).size).toBe(3);
    const twice = cases.find(({ kind }) => kind === 'duplicate');
    expect(twice?.setup.map(({ request }) => request.body)).toEqual([twice?.request.body]);
  });

  it('take the example where a type does not say enough', () => {
    expect(shown(post([{ type: 'array', max_length: 2 }], { x: ['a'] }))).toEqual(
      expect.arrayContaining(['valid {"x":["a"]}', 'out_of_range {"x":["a","a","a"]}']),
    );
  });

  it('make what a path names with a POST to the path before it, once for each request', () => {
    const { cases, withoutId } = planCases(ORDER_ENDPOINTS);
    const gets = cases.filter(({ endpoint, kind }) => endpoint === 2 && kind !== 'unknown_id');
    expect(gets.length).toBeGreaterThan(2);
    for (const { setup } of gets)
      expect(setup).toMatchObject([{ captures: 'id', request: { method: 'POST', path: '/orders' } }]);
    expect(withoutId).toEqual([]);
  });

  it('make what lies deep once for each case, below what was made before it', () => {
    const deep = Array.from({ length: 18 }, (_, depth) => ({
      ...post([]),
      path: `/p${Array.from({ length: depth }, (__, at) => `/{x${at}}`).join('')}`,
    }));
    const { cases, withoutId } = planCases(deep);
    expect(withoutId).toEqual([]);
    const valid = cases.findLast(({ kind }) => kind === 'valid');
    expect(valid?.setup).toHaveLength(17);
    expect(valid?.setup[2]).toMatchObject({
      captures: 'x2',
      request: { path: '/p/{x0}/{x1}', params: { x0: '{captured}', x1: '{captured}' } },
    });
  });

  it('hold no more than may be sent, and name endpoints of which nothing is', () => {
    const long = Array.from({ length: 40 }, (_, at) => ({
      name: `f${at}`,
      min_length: 100_000,
      max_length: 100_000,
    }));
    const plan = planCases(Array.from({ length: 9 }, (_, at) => ({ ...post(long), path: `/t${at}` })));
    const bytes = plan.cases.reduce((sum, { request }) => sum + (request.body?.length ?? 0), 0);
    expect(bytes).toBeLessThan(48_000_000);
    expect(plan.cases[0]?.kind).toBe('valid');
    expect(plan.notAsked.length).toBeGreaterThan(2);
    expect(plan.leftOut).toBeGreaterThan(1_000);
    const list = post([{ type: 'array', max_length: 100_000 }], { x: ['a'.repeat(10_000)] });
    expect(planCases([list]).leftOut).toBe(1);
  });

  it('are bounded', () => {
    const many = Array.from({ length: 40 }, (_, at) => ({ name: `f${at}`, min_length: 1, max_length: 9 }));
    const plan = planCases(Array.from({ length: 50 }, (_, at) => ({ ...post(many), path: `/t${at}` })));
    expect(plan.cases).toHaveLength(3_000);
    expect(plan.leftOut).toBeGreaterThan(1_000);
  });
});

describe('what may come back', () => {
  const answer = (status: number): ProbeAnswer => ({
    case: 0,
    outcome: 'replied',
    status,
    said: '',
    died: false,
    lastWords: '',
  });

  it.each([
    ['valid', 201, null],
    ['valid', 200, 'wrong_status'],
    ['valid', 401, 'refused_right'],
    ['missing', 422, null],
    ['missing', 201, 'accepted_wrong'],
    ['missing', 500, 'server_error'],
    ['duplicate', 201, 'accepted_duplicate'],
    ['unknown_field', 201, null],
    ['unknown_field', 400, null],
    ['unusual_text', 503, 'server_error'],
    ['unknown_id', 404, null],
    ['unknown_id', 200, 'wrong_status'],
  ] as const)('on %s: %i is %s', (kind, status, fault) => {
    expect(faultOf(kind, answer(status), 201)).toBe(fault);
  });
});

describe('where an endpoint is written', () => {
  const line = (path: string, number: number, text: string) => ({ repo: 'api', path, line: number, text });
  const get: Endpoint = { ...post([]), method: 'GET', path: '/orders/{id}' };

  it('is the added line of code that names its path, of the method where several do', () => {
    const added = [
      line('test/orders.test.ts', 1, "get('/orders/:id')"),
      line('README.md', 2, 'GET /orders/{id}'),
      line('src/a.ts', 3, "router.delete('/orders/:id', remove)"),
      line('src/a.ts', 4, "router.get('/orders/:id', show)"),
      line('src/a.ts', 5, "router.get('/orders-old', old)"),
    ];
    expect(findRoute(get, added)?.line).toBe(4);
    expect(findRoute(get, added.slice(4))).toBeNull();
    expect(
      findRoute({ ...get, path: '/api/orders/{id}' }, [line('src/a.ts', 6, "mount('orders', x)")])?.line,
    ).toBe(6);
  });
});
