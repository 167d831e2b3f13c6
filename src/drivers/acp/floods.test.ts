/** Agents that say more than anybody reads, to a process of their own: what that takes of its memory is measured. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import type { Flooded } from '../testing/flooded-engine.ts';
import { createByteSource } from './byte-source.ts';

const ENGINE = fileURLToPath(new URL('../testing/flooded-engine.ts', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'baton-floods-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

async function flood(kind: string): Promise<Flooded> {
  const { stdout } = await promisify(execFile)(process.execPath, [ENGINE, kind, join(scratch, kind)]);
  return JSON.parse(stdout) as Flooded; // written by our own program
}

const TOTAL = 'It wrote more than 52428800 bytes.';

describe('an agent that floods', () => {
  it.each([
    ['text', TOTAL],
    ['long_text', TOTAL],
    ['longer_text', TOTAL],
    ['thoughts', TOTAL],
    ['tools', TOTAL],
    ['plans', TOTAL],
    ['requests', 'It asked for more than 5000 things.'],
    ['line', 'It wrote one message of more than 1048576 bytes.'],
  ])('OUT-5: with %s is ended, its log is bounded, and memory stays flat', async (kind, detail) => {
    let measured = await flood(kind);
    // Beside others a collector runs late: what counts is the least of three.
    for (let again = 0; again < 2 && measured.roseMiB >= MAX_MIB; again += 1) measured = await flood(kind);
    const { reason, detail: said, roseMiB, rawBytes, noteBytes } = measured;
    expect([reason, said]).toEqual(['output_limit', detail]);
    expect(roseMiB).toBeLessThan(MAX_MIB);
    expect(rawBytes).toBeLessThanOrEqual(1024 * 1024);
    expect(noteBytes).toBeLessThan(8 * 1024 * 1024);
  });
});

const MAX_MIB = 64;
const QUIET = { onLeftOut: () => undefined, onTooLong: () => undefined };

describe('the byte source', () => {
  it('OUT-5: leaves out long news and hears what comes behind them', async () => {
    let leftOut = 0;
    const source = createByteSource({ ...QUIET, maxBytes: 100, onLeftOut: () => (leftOut += 1) });
    const news = `{"jsonrpc":"2.0","method":"session/update","params":{"text":"${'x'.repeat(300)}"}}\n`;
    const pieces = news.match(/.{1,50}\n?/g) ?? [];
    for (const piece of ['{"a":1}\n', ...pieces, news, '{"b":2}\n{"c":3}', '\n'])
      await source.add(Buffer.from(piece));
    source.end();
    expect(await new Response(source.stream).text()).toBe('{"a":1}\n{"b":2}\n{"c":3}\n');
    expect(leftOut).toBe(2);
  });

  it('OUT-5: lets its writer wait until it is read, and nobody once the reader is gone', async () => {
    const source = createByteSource({ ...QUIET, maxBytes: 1e9 });
    const chunk = Buffer.alloc(200 * 1024, 'x\n');
    await source.add(chunk);
    let isRoom = false;
    const second = source.add(chunk).then(() => (isRoom = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isRoom).toBe(false);
    const reader = source.stream.getReader();
    for (let bytes = 0; bytes < chunk.length;) bytes += (await reader.read()).value?.length ?? 0;
    await second;
    const third = source.add(chunk);
    source.end();
    await third;
    await source.add(chunk);
    let left = 0;
    for (let part = await reader.read(); !part.done; part = await reader.read()) left += part.value.length;
    expect(left).toBe(2 * chunk.length);
  });

  it('counts lines over chunks, and drops everything from one that is too long', async () => {
    let told = 0;
    const source = createByteSource({ ...QUIET, maxBytes: 11, onTooLong: () => (told += 1) });
    for (const piece of ['12345', '67890\n12345678', '90\n\n1234567890\n1'])
      await source.add(Buffer.from(piece));
    expect(told).toBe(0);
    await source.add(Buffer.from('2345678901'));
    await source.add(Buffer.from('\nmore\n'));
    expect(told).toBe(1);
    expect(await new Response(source.stream).text()).toBe('1234567890\n1234567890\n\n1234567890\n');
  });
});
