import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakeCall, FakeReply } from '../testing/fake-model/fake-model.ts';
import { ask, KEY, openGatewayRig, type GatewayRig } from './testing/gateway-rig.ts';
import { WIRES } from './wire.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'recordings-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Says what it was asked, and which call it was. */
function echo({ index, turns }: FakeCall): FakeReply {
  const part = turns.at(-1)?.parts[0];
  return { kind: 'answer', text: `answer ${index} to ${part?.kind === 'text' ? part.text : ''}` };
}

function open(mode: 'record' | 'replay'): Promise<GatewayRig> {
  const keys = mode === 'record' ? { KEY } : {};
  return openGatewayRig(echo, { recordings: { mode, dir }, keys: keys as Record<string, string> });
}

describe.each(WIRES)('recordings of %s', (wire) => {
  it('put the places of today into answers that came in pieces', async () => {
    const folders = { first: `/somewhere/first/${'deep/'.repeat(12)}app`, second: '/elsewhere/second' };
    const asked = async (mode: 'record' | 'replay', workspace: string): Promise<string> => {
      await using rig = await open(mode);
      await using access = rig.issue({}, { workspace });
      const text = `write ${workspace}/a.txt and ${workspace}/b.txt`;
      return (await ask(access, wire, { text, stream: true })).text();
    };
    const recorded = await asked('record', folders.first);
    expect(recorded.match(/"(?:text|content|delta)":"[^"]*deep/g)?.length).toBeGreaterThan(2);
    const replayed = await asked('replay', folders.second);
    expect(replayed).not.toContain('deep');
    const said = [...replayed.matchAll(/"(?:text|content|delta)":"([^"]*)"/g)].map(([, piece]) => piece);
    expect(said.join('')).toContain(`write ${folders.second}/a.txt and ${folders.second}/b.txt`);
  });

  it.each([false, true])('replay byte by byte without a provider or a key (streamed: %s)', async (stream) => {
    const recorded: string[] = [];
    {
      await using rig = await open('record');
      await using access = rig.issue();
      for (const text of ['one', 'one', 'two'])
        recorded.push(await (await ask(access, wire, { text, stream })).text());
    }
    await using rig = await open('replay');
    await using access = rig.issue();
    const replayed: string[] = [];
    for (const text of ['one', 'one', 'two'])
      replayed.push(await (await ask(access, wire, { text, stream })).text());
    expect(replayed).toEqual(recorded);
    expect(new Set(recorded).size).toBe(3);
    expect(rig.fake.calls).toEqual([]);
    expect(access.usage()).toMatchObject({ model_calls: 3, input_tokens: expect.any(Number) });
  });
});

it('refuses what nobody recorded, names it, and ends the invocation', async () => {
  await using rig = await open('replay');
  await using access = rig.issue();
  const refused = await ask(access, 'openai_chat');
  expect([refused.status, await refused.text()]).toEqual([404, expect.stringContaining('E_NOT_RECORDED')]);
  expect(access.stop()).toMatchObject({
    kind: 'not_recorded',
    detail: expect.stringContaining('POST /openai/v1/chat/completions'),
  });
  expect(rig.fake.calls).toEqual([]);
});

it('holds no key and no token, and what differs from run to run by name only', async () => {
  const asked = (run: string, folder: string): string =>
    `run ${run} in ${folder}/a.txt at 2026-11-21T10:00:00Z`;
  {
    await using rig = await open('record');
    await using access = rig.issue({}, { workspace: '/somewhere/first', run: '1121-aaaaa' });
    const text = `${asked('1121-aaaaa', '/somewhere/first')} with ${KEY} and ${access.token}`;
    await ask(access, 'anthropic_messages', { text, body: { metadata: { user_id: 'somebody' } } });
    await ask(access, 'anthropic_messages', { text: asked('1121-aaaaa', '/somewhere/first') });
    const files = readdirSync(dir).map((name) => readFileSync(join(dir, name), 'utf8'));
    expect(files).toHaveLength(2);
    for (const secret of [KEY, access.token, '/somewhere/first', '1121-aaaaa', 'somebody'])
      expect(files.join('')).not.toContain(secret);
  }
  await using rig = await open('replay');
  await using access = rig.issue({}, { workspace: '/elsewhere/second', run: '1122-bbbbb' });
  const text = asked('1122-bbbbb', '/elsewhere/second').replace('2026-11-21', '2026-12-01');
  const said = await (await ask(access, 'anthropic_messages', { text })).text();
  expect(said).toContain('answer 1 to run 1122-bbbbb in /elsewhere/second/a.txt');
});

it.each([
  ['session 3f0c2a4e-1111-4222-8333-444455556666', 'session 9b1d8c7a-aaaa-4bbb-8ccc-ddddeeeeffff'],
  ['Today is 2026-11-21.', 'Today is 2026-12-01.'],
  ["Today's date: Sat Nov 21 2026", "Today's date: Tue Dec 1 2026"],
  ['It is Saturday, November 21, 2026 now', 'It is Tuesday, December 1st, 2026 now'],
  ['on Saturday, 21 November 2026, at 10:15:59 PM', 'on 1 December 2026, at 07:01:02'],
  ['11/21/2026', '1/12/2026'],
  ['21.11.2026', '1.12.2026'],
  ['at http://127.0.0.1:4711/mcp', 'at http://127.0.0.1:52111/mcp'],
  ['in /somewhere/first/a and -somewhere-first', 'in /elsewhere/second/a and -elsewhere-second'],
])('finds a question again that was asked as "%s" and now as "%s"', async (before, now) => {
  {
    await using rig = await open('record');
    await using access = rig.issue({}, { workspace: '/somewhere/first' });
    await ask(access, 'anthropic_messages', { text: `${before} with ${access.token}` });
  }
  await using rig = await open('replay');
  await using access = rig.issue({}, { workspace: '/elsewhere/second' });
  const found = await ask(access, 'anthropic_messages', { text: `${now} with ${access.token}` });
  expect([found.status, await found.text()]).toEqual([200, expect.stringContaining('answer 0')]);
});

it('tells apart what only looks alike', async () => {
  {
    await using rig = await open('record');
    await using access = rig.issue();
    await ask(access, 'anthropic_messages', { text: 'see src/a.ts:12:34 of version 1.2.3' });
  }
  for (const text of ['see src/a.ts:12:35 of version 1.2.3', 'see src/a.ts:12:34 of version 1.2.4']) {
    await using rig = await open('replay');
    await using access = rig.issue();
    expect((await ask(access, 'anthropic_messages', { text })).status).toBe(404);
  }
});

it('keeps no refusal that holds for now only', async () => {
  await using rig = await openGatewayRig(() => ({ kind: 'error', status: 529 }), {
    recordings: { mode: 'record', dir },
  });
  await using access = rig.issue();
  await ask(access, 'gemini');
  expect(readdirSync(dir)).toEqual([]);
});

describe.each(WIRES)('names in answers of %s', (wire) => {
  it.each([false, true])(
    'are no words of a model: code stays as it was said (streamed: %s)',
    async (stream) => {
      const code = '`${token} ${run} ${workspace} {workspace:dashed} {submit_token}`';
      const played = async (mode: 'record' | 'replay', volatile: Record<string, string>) => {
        await using rig = await open(mode);
        await using access = rig.issue({}, { ...volatile, submit_token: 'submit-abcdef' });
        const said = await (await ask(access, wire, { text: code, stream })).text();
        return { said, token: access.token };
      };
      const recorded = await played('record', { workspace: '/somewhere/first', run: '1121-aaaaa' });
      const replayed = await played('replay', { workspace: '/elsewhere/second', run: '1122-bbbbb' });
      expect(replayed.said).toBe(recorded.said);
      for (const secret of [replayed.token, 'submit-abcdef', '1122-bbbbb', '/elsewhere'])
        expect(replayed.said).not.toContain(secret);
    },
  );

  it.each([false, true])('never become a token (streamed: %s)', async (stream) => {
    const played = async (mode: 'record' | 'replay', secret: string) => {
      await using rig = await open(mode);
      await using access = rig.issue({}, { submit_token: secret });
      const text = `with ${access.token} and ${secret}`;
      const answer = await ask(access, wire, { text, stream });
      return { status: answer.status, said: await answer.text(), token: access.token };
    };
    await played('record', `first-${'submit'.repeat(9)}`);
    const { status, said, token } = await played('replay', `second-${'submit'.repeat(9)}`);
    expect(status).toBe(200);
    expect(said).toContain('[secret]');
    for (const part of [token, 'second-', 'submitsubmit']) expect(said).not.toContain(part);
  });
});

it('refuses recordings of an older version, and says what to do', async () => {
  {
    await using rig = await open('record');
    await using access = rig.issue();
    await ask(access, 'openai_chat');
  }
  const [name = ''] = readdirSync(dir);
  const { mark: _, ...file } = JSON.parse(readFileSync(join(dir, name), 'utf8')) as Record<string, unknown>;
  expect(file['format']).toBe(2);
  writeFileSync(join(dir, name), JSON.stringify({ ...file, format: 1 }));
  await expect(open('replay')).rejects.toMatchObject({
    code: 'E_NOT_RECORDED',
    message: expect.stringContaining('older version'),
    fix: expect.stringContaining('--record'),
  });
});

it('does not replay from a folder that is not there', async () => {
  rmSync(dir, { recursive: true });
  await expect(open('replay')).rejects.toMatchObject({ code: 'E_NOT_FOUND' });
});
