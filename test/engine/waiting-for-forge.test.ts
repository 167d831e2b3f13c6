/** A run that waits for its forge: what `status` says meanwhile, to people and to programs. */
import { expect, it } from 'vitest';
import { openCli } from '../../src/cli/testing/captured-context.ts';
import { openFakeForge } from '../../src/testing/fake-forge/fake-forge.ts';
import { driveRig, git, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { eventsOf, openPlay, playWell } from './plays.ts';

const TOKEN = 'ghp-loopback-token-0818-eeee';
const BUILD = { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' } as const;

it('NET-8: a run that waits for its forge says what went wrong and until when it waits, and goes on', async () => {
  await using rig = await openPlay(playWell, { ...process.env, GH_ENTERPRISE_TOKEN: TOKEN });
  await using server = await openFakeForge({ dir: `${rig.dir}/server`, token: TOKEN });
  git(rig.api, 'remote', 'add', 'origin', server.addRepository('acme/api', rig.api));
  const look = async (): Promise<{ lines: string; document: Record<string, unknown> }> => {
    using cli = openCli({ BATON_HOME: rig.stateDir });
    const { out } = await cli.run('status', '--json');
    return {
      lines: (await cli.run('status')).out,
      document: JSON.parse(out) as Record<string, unknown>, // an object, by its contract
    };
  };
  const seen: Awaited<ReturnType<typeof look>>[] = [];
  const engine = {
    ...rig.engine,
    clock: { ...rig.engine.clock, sleep: async () => void seen.push(await look()) },
  };
  const limits = { retry_backoff_ms: 600_000 };
  const { graph, agents } = sequenceGraph([BUILD], { submit: true, limits });
  const runId = await startRigRun(engine, { graph, agents, repos: [rig.api], forge: 'github' });
  server.faults.add({ call: 'open_pull', fault: { kind: 'status', status: 502, message: 'Bad gateway' } });
  const { status, events } = await driveRig(engine, runId);

  expect(status).toBe('done');
  const wait = events.find(({ event }) => event.type === 'wait_started');
  expect(eventsOf(events, 'wait_started').map(({ wait_ms }) => wait_ms)).toEqual([600_000]);
  const until = new Date(Date.parse(wait?.at ?? '') + 600_000).toISOString();
  expect(seen.map(({ document }) => document)).toMatchObject([
    { status: 'waiting_retry', reason: expect.stringContaining('502: Bad gateway'), retry_at: until },
  ]);
  expect(seen[0]?.lines).toContain(until.slice(11, 19));
  expect(seen[0]?.lines).toMatch(/waiting_retry: GitHub answered 502: Bad gateway\., until [^\n]*Z/);
  expect(seen[0]?.lines).not.toContain('/wait/');
  expect((await look()).document).toMatchObject({ status: 'done', retry_at: null });
});
