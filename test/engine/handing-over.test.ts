/** What agents of built-in workflows really get of each other, by the work orders that reached them. */
import { describe, expect, it } from 'vitest';
import type { WorkOrder } from '../../src/drivers/driver.ts';
import { eventsOf } from './plays.ts';
import { runBuiltin, type BuiltinRun } from './run-builtin.ts';

const LIMIT_MS = 900_000;
const REQUEST = 'Keep tags of notes; ada wants them sorted';

/** Its orders are those of agents at work. */
async function run(name: string): Promise<BuiltinRun> {
  const { status, events, orders } = await runBuiltin(name, { request: REQUEST });
  expect(status).toBe('done');
  return { status, events, orders: orders.filter(({ output }) => output !== 'review') };
}

/** The step that an order is for. */
function stepOf({ invocationId }: WorkOrder): string {
  return invocationId.split('/').slice(1, 3).join('/');
}

function orderFor({ orders }: BuiltinRun, step: string): WorkOrder {
  const found = orders.find((order) => stepOf(order) === step);
  if (found === undefined) throw new Error(`nobody was called for ${step}`);
  return found;
}

/** Whose results an order carries, each with its own words: a name alone would hand over nothing. */
function carried(order: WorkOrder): string[] {
  return order.context
    .filter(({ name, text }) => text.includes(`${name} in round 1`))
    .map(({ name, kind }) => `${name} (${kind})`);
}

describe('six-phase', () => {
  it(
    'R15: gives the plan the requirements and the words of the person, and each later phase the results of all before it',
    async () => {
      const told = await run('six-phase');
      const before: string[] = [];
      const phases = new Set<string>();
      for (const order of told.orders) {
        expect(carried(order), stepOf(order)).toEqual(before);
        expect(order.request, stepOf(order)).toBe(REQUEST);
        expect(order.prompt, stepOf(order)).toContain(REQUEST);
        for (const line of before) expect(order.prompt, stepOf(order)).toContain(`- ${line}: `);
        before.push(`${order.agent} (${order.output})`);
        phases.add(stepOf(order).split('/')[0] ?? '');
      }
      expect([...phases]).toEqual([
        'requirements',
        'planning',
        'implementation',
        'testing',
        'validation',
        'delivery',
      ]);
      expect(before.slice(0, 2)).toEqual(['backend-summarize (requirements)', 'backend-plan (plan)']);
    },
    LIMIT_MS,
  );
});

describe('a coordinator inside of another workflow', () => {
  it(
    'R20: hears of its own agents, hands on to the workflow that holds it, and speaks to nobody else',
    async () => {
      const told = await run('four-agent');
      const inner = (step: string): string => `implement-${step}`;
      // Its agents report to it: what they handed in is what it brings together, and only what has happened by then.
      expect(carried(orderFor(told, inner('foundation/foundation-synthesis')))).toEqual(
        expect.arrayContaining([
          'backend-cloud-infrastructure-architect (changes)',
          'backend-datatypes (changes)',
        ]),
      );
      const last = orderFor(told, inner('completion/backend-implementer'));
      expect(carried(last)).toEqual(
        expect.arrayContaining([
          'backend-feature-implementer (changes)',
          'backend-deployment-agent (deployment)',
          'backend-validation-agent (validation)',
        ]),
      );
      // It reports to whoever holds it: the next one after it there gets its last result.
      const after = told.orders.slice(told.orders.indexOf(last) + 1);
      expect(after.map(stepOf)).toEqual(['submit/backend-submission']);
      expect(carried(after[0] as WorkOrder)).toContain('backend-implementer (synthesis)');
      // And to nobody besides: no person is asked, nothing is submitted from within, and it may only read.
      expect(eventsOf(told.events, 'question_asked')).toEqual([]);
      const effects = eventsOf(told.events, 'effect_intended');
      expect(new Set(effects.map(({ step }) => step))).toEqual(new Set(['submit/submit']));
      const own = told.orders.filter(({ agent }) => agent === 'backend-implementer');
      expect(own.map(({ role, access }) => [role, access])).toEqual(own.map(() => ['coordinator', 'read']));
      expect(own.length).toBeGreaterThan(3);
    },
    LIMIT_MS,
  );
});
