/** What a resumed run shows while it goes on: what the process before told is left out, what this one starts is not. */
import { expect, it } from 'vitest';
import { driveHere } from '../../src/cli/drive-here.ts';
import { openCli } from '../../src/cli/testing/captured-context.ts';
import { driveRig, openRig, sequenceGraph, startRigRun } from '../../src/testing/rig.ts';
import { configOf, createPlayDriver, playWell } from '../engine/plays.ts';

it.each([false, true])(
  'R65: a resumed run tells the attempt that it starts again (--json: %s)',
  async (json) => {
    const stop = new AbortController();
    const driver = createPlayDriver(async (order, signal) => {
      if (stop.signal.aborted || order.agent !== 'second') return playWell(order);
      stop.abort();
      // Never hands in: whoever drives it lets go of it.
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return null;
    });
    await using rig = await openRig(driver);
    const api = rig.repository('api', { 'a.txt': 'a\n' });
    const step = (agent: string) =>
      ({ id: `plan/${agent}`, agent, role: 'planner', output: 'notes' }) as const;
    const { graph, agents } = sequenceGraph([step('first'), step('second')], { submit: false });
    const runId = await startRigRun(rig.engine, { graph, agents, repos: [api], config: configOf([]) });
    expect((await driveRig(rig.engine, runId, stop.signal)).status).toBe('interrupted');

    using cli = openCli();
    let text = '';
    const output = { isTTY: false, write: (part: string) => void (text += part) };
    const context = { ...cli.context, stdout: output, stderr: output };
    const { engine, stateDir } = rig;
    const options = { engine, stateDir, runId, json, takeOver: false, tellResume: true, aside: null };
    expect(await driveHere(options, context)).toBe(0);
    const [first = '', ...rest] = text.trimEnd().split('\n');
    expect(first).toMatch(json ? /^{"type":"resumed"/ : /^resumed in .* 0 finished steps repeated/);
    const again = json
      ? /"invocation_started".*"plan\/second\/r1\/work.*\/a2"/
      : /plan\/second: second .* attempt 2$/;
    expect(rest.filter((line) => again.test(line))).toHaveLength(1);
    expect(
      rest.filter((line) => line.includes(json ? '"type":"interrupted"' : 'interrupted, no budget spent')),
    ).toHaveLength(1);
    const isOfFirst = (line: string): boolean =>
      json ? (JSON.parse(line) as { step?: string }).step === 'plan/first' : line.includes('plan/first');
    expect(rest.filter(isOfFirst)).toEqual([]);
  },
);
