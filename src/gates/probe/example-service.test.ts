import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Endpoint, EndpointField } from '../../core/checks/endpoints.ts';
import { PROBE_DEFAULTS } from '../../definitions/config.ts';
import { openWall } from '../../workspace/wall/open-wall.ts';
import { gate, openGatesRig, wholeRepo } from '../testing/gates-rig.ts';

const EXAMPLE = fileURLToPath(new URL('../../../examples/demo/orders-service', import.meta.url));
const field = (name: string, more: Partial<EndpointField> = {}): EndpointField => ({
  name,
  in: 'body',
  type: 'string',
  required: true,
  ...more,
});
const CUSTOMERS: Endpoint[] = [
  {
    method: 'POST',
    path: '/customers',
    requirement: 'F1',
    success: 201,
    fields: [field('number', { unique: true }), field('name'), field('since', { type: 'date' })],
  },
  { method: 'GET', path: '/customers', requirement: 'F2', success: 200, fields: [] },
  { method: 'GET', path: '/customers/{number}', requirement: 'F3', success: 200, fields: [] },
];

/** The files of a folder, as text, by path. */
function filesIn(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

it('the probe has nothing to say of the example service, which was not written for it', async () => {
  const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
  const probe = gate({ name: 'probe', kind: 'probe', command: [], probe: PROBE_DEFAULTS });
  using rig = await openGatesRig({ api: filesIn(EXAMPLE) }, { api: wholeRepo(probe) });
  const result = (await rig.run(rig.git.base, { wall, endpoints: CUSTOMERS })).of('probe');
  expect(result.findings).toEqual([]);
  expect(result).toMatchObject({ status: 'pass' });
});
