/** Nothing runs without a sandbox because a machine happens to have none: only because somebody said so. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { driveRig, NO_CONFIG, sequenceGraph, type RigStep } from '../../src/testing/rig.ts';
import { openWall } from '../../src/workspace/wall/open-wall.ts';
import { eventsOf } from './plays.ts';
import { openPrograms, startWalled } from './programs.ts';

const PLAN: RigStep = { id: 'plan/notes', agent: 'planner', role: 'planner', output: 'notes' };
const HAS_WALL = (await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' })).wall.kind !== 'off';
const WELL = `if (order.role === 'reviewer') pass(); else done();`;

/** The same engine on a machine where bubblewrap is not installed. */
function withoutBubblewrap(engine: Engine): Engine {
  return {
    ...engine,
    openWall: (mode) => openWall({ mode: mode === 'off' ? 'off' : 'auto', path: '/nowhere' }),
  };
}

async function openWorld() {
  const rig = await openPrograms(WELL);
  const run = { ...sequenceGraph([PLAN], { submit: false }), repos: [rig.api] };
  return { rig, run, bare: { ...rig, engine: withoutBubblewrap(rig.engine) } };
}

describe('the network of agents', () => {
  it.runIf(HAS_WALL)(
    'INJ-5: is closed unless the configuration opens it, and every view says when it is open',
    async () => {
      const { rig, run } = await openWorld();
      await using _rig = rig;
      const started = async (agentNetwork: boolean | undefined) => {
        const config = { ...NO_CONFIG, ...(agentNetwork === undefined ? {} : { agentNetwork }) };
        const runId = await startWalled(rig, { ...run, config }, 'required');
        const [first] = await rig.engine.journal.read(runId, 1);
        return first?.event.type === 'run_started' ? first.event : null;
      };
      const open = await started(true);
      expect(open?.agent_network).toBe(true);
      expect(open?.notes).toContainEqual(expect.stringContaining('whole network'));
      const closed = await started(undefined);
      expect(closed?.agent_network).toBe(false);
      expect(closed?.notes.join()).not.toContain('whole network');
    },
  );
});

describe('a machine without a sandbox', () => {
  it('PRIV-1: a run is refused before its first event, with what is missing and how to get it', async () => {
    const { rig, run, bare } = await openWorld();
    await using _rig = rig;
    await expect(startWalled(bare, run, 'required')).rejects.toMatchObject({
      code: 'E_NO_WALL',
      message: expect.stringContaining('bubblewrap is not installed'),
      fix: expect.stringMatching(/install.*--sandbox off/),
    });
    expect(await rig.engine.journal.listRuns({ limit: 10, prefix: '' })).toEqual([]);
  });

  it.each(['auto', 'off'] as const)(
    'runs where somebody said so (%s), and keeps what that means',
    async (sandbox) => {
      const { rig, run, bare } = await openWorld();
      await using _rig = rig;
      const runId = await startWalled(bare, run, sandbox);
      const { status, events } = await driveRig(bare.engine, runId);
      expect(status).toBe('done');
      const [started] = eventsOf(events, 'run_started');
      expect(started).toMatchObject({ sandbox: 'off' });
      expect(started?.notes).toContainEqual(expect.stringContaining('with your own rights'));
    },
  );

  it.each(HAS_WALL ? (['required', 'off'] as const) : (['off'] as const))(
    'PRIV-12: is said in the pull request where there was none, and not where there was one (%s)',
    async (sandbox) => {
      const body = `if (order.role === 'reviewer') pass(); else { writeFileSync(file('new.txt'), 'new\\n'); done(); }`;
      await using rig = await openPrograms(body);
      const step: RigStep = { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' };
      const runId = await startWalled(
        rig,
        { ...sequenceGraph([step], { submit: true }), repos: [rig.api] },
        sandbox,
      );
      expect((await driveRig(rig.engine, runId)).status).toBe('done');
      const record = readFileSync(join(rig.stateDir, 'forge', 'api', '1.json'), 'utf8');
      expect(record.includes('**without a sandbox**')).toBe(sandbox === 'off');
    },
  );

  it.runIf(HAS_WALL)(
    'PRIV-1: a run that began behind a wall starts nothing without one, and can be cancelled all the same',
    async () => {
      const { rig, run, bare } = await openWorld();
      await using _rig = rig;
      const runId = await startWalled(rig, run, 'required');
      await expect(driveRig(bare.engine, runId)).rejects.toMatchObject({ code: 'E_NO_WALL' });
      const history = await rig.engine.journal.read(runId, 1);
      expect(history.map(({ event }) => event.type)).not.toContain('invocation_started');
      const answer = { kind: 'cancel', reason: 'enough', name: 'ada', via: 'cli' } as const;
      await rig.engine.journal.post(runId, answer);
      expect((await driveRig(bare.engine, runId)).status).toBe('cancelled');
    },
  );
});
