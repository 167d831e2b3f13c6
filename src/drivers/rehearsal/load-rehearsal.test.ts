import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Role } from '../../core/words.ts';
import { NO_WALL } from '../../workspace/wall/open-wall.ts';
import type { WorkOrder } from '../driver.ts';
import { makeWorkOrder } from '../testing/work-order.ts';
import { loadRehearsal } from './load-rehearsal.ts';

const ROOT = join(import.meta.dirname, '../../..');
const ANSWERS = join(ROOT, 'examples/rehearsal');
const dir = mkdtempSync(join(tmpdir(), 'baton-rehearsal-'));
cpSync(join(ROOT, 'examples/demo'), dir, { recursive: true });
afterAll(() => rmSync(dir, { recursive: true }));

const repos = ['orders-service', 'orders-client'].map((name) => ({ name, path: join(dir, name) }));

/** What an agent of this name answers to an order on the demo's repositories. */
async function ask(agent: string, role: Role, over: Partial<WorkOrder> = {}) {
  using work = makeWorkOrder(NO_WALL);
  const order = {
    ...work.order,
    agent,
    role,
    round: 1,
    output: 'changes',
    workspace: { dir, repos },
    ...over,
  };
  return await loadRehearsal(ANSWERS).script(order);
}

describe('prepared answers', () => {
  it('put a part into the tree with what it stands on, behind what is there', async () => {
    const { files = {} } = await ask('backend-feature-implementer', 'specialist', { round: 2 });
    expect(Object.keys(files)).toContain('orders-service/migrations/003-invoices.sql');
    expect(files['orders-service/src/handlers/invoices.js']).toContain('positiveInteger');
    expect(files['orders-service/src/routes.js']).toMatch(
      /getOrder },\n {2}\{ method: 'POST', path: '\/invoices'/,
    );
  });

  it('leave less in the first round than in the second', async () => {
    const { files = {} } = await ask('backend-feature-implementer', 'specialist', { round: 1 });
    expect(files['orders-service/src/handlers/invoices.js']).not.toContain('positiveInteger');
  });

  it('have something for a name that nobody prepared, by role and kind of output', async () => {
    const writer = await ask('somebody-new', 'specialist');
    expect(Object.keys(writer.files ?? {})).toEqual(['orders-service/docs/notes/somebody-new.md']);
    const tester = await ask('tester-new', 'tester', { round: 9 });
    expect(tester.files?.['orders-service/tests/invoices.test.js']).toContain('refuses an invoice');
    const planner = await ask('planner-new', 'planner', { output: 'requirements', access: 'read' });
    expect(planner).toMatchObject({ files: {}, result: { requirements: { functional: expect.anything() } } });
    const other = await ask('speaker-new', 'coordinator', { output: 'poem', access: 'read' });
    expect(other.result).toMatchObject({ status: 'complete' });
  });

  it('name an agent as needed where something is prepared for it', async () => {
    const text = JSON.stringify(['datatypes-agent', 'somebody-new']);
    const context = [{ name: 'conditional agents', kind: 'names', text }];
    const { result } = await ask('backend-implementer', 'coordinator', { output: 'selection', context });
    expect(result).toMatchObject({ needs: [{ needed: true }, { agent: 'somebody-new', needed: false }] });
  });

  it('judge by what lies in the tree, and withdraw what holds no longer', async () => {
    const review = { output: 'review', access: 'read' } as const;
    expect((await ask('code-review', 'reviewer', review)).result).toMatchObject({ verdict: 'pass' });
    const path = join(dir, 'orders-service/tests/invoices.test.js');
    writeFileSync(path, 'nothing is tested\n');
    const first = (await ask('code-review', 'reviewer', review)).result as { findings: object[] };
    expect(first).toMatchObject({ verdict: 'fail', findings: [{ file: 'tests/invoices.test.js' }] });
    const findings = [{ ...first.findings[0], id: 'f1' }] as WorkOrder['findings'];
    const again = await ask('code-review', 'reviewer', { ...review, findings });
    expect(again.result).toMatchObject({ verdict: 'fail', findings: [{ id: 'f1' }], resolved: [] });
    rmSync(path);
    const mended = await ask('code-review', 'reviewer', { ...review, findings });
    expect(mended.result).toMatchObject({ verdict: 'pass', resolved: ['f1'] });
  });

  it('say what is wrong where an edit finds no place, and where there are none', async () => {
    writeFileSync(join(dir, 'orders-service/src/routes.js'), 'export const routes = [];\n');
    await expect(ask('backend-developer', 'specialist')).rejects.toThrow(
      'routes.js has no place for the prepared edit',
    );
    expect(() => loadRehearsal(dir)).toThrow('cannot be read');
  });
});
