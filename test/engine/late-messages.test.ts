import { describe, expect, it } from 'vitest';
import { UNKNOWN_USAGE, type Driver } from '../../src/drivers/driver.ts';
import type { Engine } from '../../src/engine/engine.ts';
import type { AppendRequest, Journal } from '../../src/journal/journal.ts';
import { driveRig, openRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';

const DRIVER: Driver = {
  name: 'late',
  labelFor: () => 'script',
  preflight: async () => [],
  async run(order) {
    const result = order.role === 'reviewer' ? { verdict: 'pass', findings: [], resolved: [] } : {};
    const whole = { status: 'complete', summary: 'done', ...result };
    return { kind: 'submitted', result: whole, raw: new Uint8Array(), usage: UNKNOWN_USAGE };
  },
};

/** Posts a cancellation at the last moment: when the run's end is decided and about to be written. */
function withLateCancel(journal: Journal): Journal {
  let posted = false;
  return new Proxy(journal, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      if (property !== 'append') return value.bind(target) as unknown;
      return async (request: AppendRequest) => {
        if (!posted && request.events.some((event) => event.type === 'run_ended')) {
          posted = true;
          await target.post(request.hold.runId, { kind: 'cancel', reason: 'late', name: 'ada', via: 'cli' });
        }
        return target.append(request);
      };
    },
  });
}

describe('a message at the last moment', () => {
  it('HIST-1: is in the journal once when it was acknowledged before the end was written', async () => {
    await using rig = await openRig(DRIVER);
    const engine: Engine = { ...rig.engine, journal: withLateCancel(rig.engine.journal) };
    const { graph, agents } = sequenceGraph(
      [{ id: 'plan/notes', agent: 'noter', role: 'planner', output: 'notes' }],
      { submit: false },
    );
    const repo = rig.repository('service', { 'README.md': '# service\n' });
    const runId = await startRigRun(engine, { graph, agents, repos: [repo] });
    const { status, events } = await driveRig(engine, runId);
    expect(status).toBe('cancelled');
    expect(events.filter(({ event }) => event.type === 'cancel_requested')).toHaveLength(1);
    expect(events.filter(({ event }) => event.type === 'run_ended')).toHaveLength(1);
    const late = { kind: 'cancel', reason: 'too late', name: 'ada', via: 'cli' } as const;
    await expect(engine.journal.post(runId, late)).rejects.toMatchObject({ code: 'E_RUN_ENDED' });
  });
});
