/** What accepted requirements and plans say of endpoints reaches the gate that asks the running service. */
import { describe, expect, it } from 'vitest';
import { PROBE_DEFAULTS } from '../../src/definitions/config.ts';
import { agentDefinition, driveRig, openRig, startRigRun } from '../../src/testing/rig.ts';
import { ORDER_ENDPOINTS, orderService } from '../../src/gates/testing/probed-service.ts';
import {
  configOf,
  createPlayDriver,
  done,
  edit,
  eventsOf,
  EMPTY_PLAN,
  gate,
  graphOf,
  graphWithGivenPlan,
  playWell,
} from './plays.ts';

const AGENTS = [
  agentDefinition('summarizer', 'planner'),
  agentDefinition('builder', 'specialist'),
  agentDefinition('critic', 'reviewer'),
];
const WORKFLOW = (first: string): string => `name: w
version: 1
start: launch
review: { by: [critic] }
limits: { max_rework: 2, retry_backoff: 0ms }
phases:
  - { id: think, steps: [{ agent: summarizer, output: ${first} }] }
  - { id: build, steps: [{ agent: builder }] }
`;
const REQUIREMENTS = {
  functional: ['F1', 'F2', 'F3', 'F4'].map((id) => ({ id, text: `Orders, ${id}.` })),
  non_functional: [],
  constraints: [],
  dependencies: [],
  affected_systems: [],
  acceptance_criteria: [{ id: 'A1', text: 'POST /orders answers 201.' }],
};
const PROBE = gate(['node', 'server.js'], {
  name: 'probe',
  kind: 'probe',
  set: 'quick',
  probe: PROBE_DEFAULTS,
});

async function play(from: 'requirements' | 'plan') {
  const driver = createPlayDriver((order) => {
    if (order.agent === 'summarizer')
      return done(order, { requirements: REQUIREMENTS, endpoints: ORDER_ENDPOINTS });
    if (order.agent !== 'builder') return playWell(order);
    edit(order, 'server.js', orderService(order.round === 1 ? { quantity: '' } : {}));
    return done(order);
  });
  await using rig = await openRig(driver);
  const api = rig.repository('api', { 'package.json': '{"type":"module"}\n' });
  const runId = await startRigRun(rig.engine, {
    graph: (from === 'plan' ? graphWithGivenPlan : graphOf)(WORKFLOW(from), AGENTS),
    agents: AGENTS,
    repos: [api],
    config: configOf([PROBE]),
    ...(from === 'plan'
      ? { plan: { summary: 'by hand', endpoints: ORDER_ENDPOINTS, plan: EMPTY_PLAN } }
      : {}),
  });
  const { status, events } = await driveRig(rig.engine, runId);
  const probes = eventsOf(events, 'gates_ended').flatMap(({ outcome }) =>
    outcome.kind === 'measured' ? outcome.results.filter(({ kind }) => kind === 'probe') : [],
  );
  return { status, probes, orders: driver.orders };
}

describe('endpoints that were accepted', () => {
  it.each(['requirements', 'plan'] as const)(
    'of %s are asked, and who wrote the service mends it',
    async (from) => {
      const { status, probes, orders } = await play(from);
      expect(status).toBe('done');
      expect(probes.map((each) => each.status)).toEqual(expect.arrayContaining(['fail', 'pass']));
      expect(probes.at(-1)?.status).toBe('pass');
      const again = orders.find(({ agent, round }) => agent === 'builder' && round === 2);
      expect(again?.findings).toMatchObject([{ source: 'probe', file: 'server.js' }]);
      expect(again?.findings[0]?.problem).toContain('on `quantity`: wrong input is accepted');
    },
  );
});
