/** What people see of an agent at work in a real run: in the live view while it works, and afterwards in the side log. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openLiveProgress } from '../../src/cli/render/live.ts';
import { PLAIN_STYLE } from '../../src/cli/render/style.ts';
import { FakeTerminal } from '../../src/cli/testing/fake-terminal.ts';
import { profileSchema } from '../../src/definitions/profile-schema.ts';
import { DEFAULT_CAPABILITIES } from '../../src/definitions/tools.ts';
import { createAcpDriver } from '../../src/drivers/acp/create-acp-driver.ts';
import type { DriverNote } from '../../src/drivers/driver.ts';
import { drive } from '../../src/engine/drive.ts';
import { sideLogFile } from '../../src/engine/side-log.ts';
import { openRig, sequenceGraph, type RigStep } from '../../src/testing/rig.ts';
import { configOf, gate } from './plays.ts';
import { startWalled } from './programs.ts';

const AGENT = fileURLToPath(new URL('../../src/testing/agents/acp-agent.mjs', import.meta.url));
const BUILD: RigStep = { id: 'build/one', agent: 'writer', role: 'specialist', output: 'changes' };

/** In this order, of the one who writes. */
const SEEN: DriverNote[] = [
  { kind: 'plan', text: 'plan 0 of 3: Look it' },
  { kind: 'text', text: 'I look around.' },
  { kind: 'text', text: 'Then I write.' },
  { kind: 'tool', text: 'Read src/app.txt' },
  { kind: 'plan', text: 'plan 1 of 3: Write it' },
  { kind: 'permission', text: 'allowed: Write new.txt' },
  { kind: 'permission', text: 'refused: Leave the mode' },
  { kind: 'plan', text: 'plan 3 of 3' },
  { kind: 'tool', text: 'mcp__baton__submit_result' },
  {
    kind: 'tool',
    text: 'submit_result (rejected: claims: it says "changed src/never.txt", but src/never.txt was not changed)',
  },
  { kind: 'tool', text: 'mcp__baton__submit_result' },
];

it('streams text, tool calls, plan updates and permissions of an agent to the live view and the side log', async () => {
  const command = [process.execPath, AGENT, 'at_work'];
  const profile = profileSchema.parse({ name: 'fake', title: 'Fake agent', command });
  const environment = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '' };
  const driver = createAcpDriver({ profile, auth: 'key', env: [], environment, graceMs: 500 });
  await using rig = await openRig(driver);
  const api = rig.repository('api', { 'README.md': '# api\n', 'src/app.txt': 'one\n' });
  const { graph, agents: cast } = sequenceGraph([BUILD], { submit: false, limits: {} });
  const agents = cast.map((agent) => ({ ...agent, capabilities: [...DEFAULT_CAPABILITIES[agent.role]] }));
  const config = configOf([gate(['true'])]);
  const runId = await startWalled(rig, { graph, agents, repos: [api], config }, 'auto');

  const terminal = new FakeTerminal(100, 40);
  let ms = 0;
  const clock = { now: () => new Date(), monotonicMs: () => ms };
  const view = openLiveProgress({
    stream: terminal,
    style: PLAIN_STYLE,
    clock,
    usualMs: new Map(),
    aside: null,
  });
  /** What the view shows below the step when each note has come in. */
  const shown: [key: string, line: string][] = [];
  const { status } = await drive(rig.engine, runId, {
    takeOver: false,
    signal: new AbortController().signal,
    listener: {
      events: (events) => view.events(events),
      note: (key, note) => {
        ms += 1_000; // the view is due for a new frame
        view.note(key, note);
        shown.push([key, [...terminal.text.matchAll(/⋯ (.*)$/gm)].at(-1)?.[1] ?? '']);
      },
    },
  });
  view.end();
  expect(status).toBe('done');

  const lines = readFileSync(sideLogFile(rig.stateDir, runId), 'utf8').trim().split('\n');
  const log = lines.map((line) => JSON.parse(line) as DriverNote & { key: string });
  const { key } = log[0]!;
  expect(key).toMatch(/^build\/one\/r1\/work/);
  const ofWriter = log.filter((note) => note.key === key).map(({ kind, text }) => ({ kind, text }));
  expect(ofWriter).toEqual(SEEN);
  const lively = shown.filter(([of]) => of === key).map(([, line]) => line);
  // A line of the live view is cut where it is long.
  const begin = (text: string): string => text.slice(0, 60);
  expect(lively.map(begin)).toEqual(SEEN.map(({ text }) => begin(text)));
});
