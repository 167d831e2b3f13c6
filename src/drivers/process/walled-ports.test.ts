import { mkdtempSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { makeProcessOrder } from './testing/process-order.ts';
import { runProcess } from './run-process.ts';
import { openWall } from '../../workspace/wall/open-wall.ts';

const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const isWalled = wall.kind !== 'off';
const why = isWalled ? '' : ' (skipped: bubblewrap does not work here)';

async function serve(answer: RequestListener): Promise<AsyncDisposable & { port: number }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Runs JavaScript behind the wall, with these ports of loopback and no other network. */
async function runWith(ports: number[], script: string, changes: object = {}) {
  const order = makeProcessOrder('', { wall, ports, ...changes });
  await using result = await runProcess({
    ...order,
    file: process.execPath,
    args: ['--input-type=module', '-e', script],
  });
  const stdout = Buffer.from(await result.stdout.read(1_000_000)).toString();
  return { end: result.end, stdout, stderr: Buffer.from(result.stderr.tail()).toString() };
}

describe('ports of loopback behind the wall', () => {
  it.skipIf(!isWalled)(
    `INJ-5: chosen ones can be reached under their numbers, all others not${why}`,
    async () => {
      await using chosen = await serve((_, response) => response.end('chosen'));
      await using second = await serve((_, response) => response.end('second'));
      await using other = await serve((_, response) => response.end('other'));
      const ports = [chosen, second, other].map(({ port }) => port);
      const script = `for (const port of ${JSON.stringify(ports)})
      console.log(await fetch('http://127.0.0.1:' + port).then((r) => r.text(), (e) => e.cause.code));`;
      const { stdout, stderr } = await runWith(ports.slice(0, 2), script);
      expect(stdout).toBe('chosen\nsecond\nECONNREFUSED\n');
      expect(stderr).toBe('');
      expect((await runWith([], script)).stdout).toBe('ECONNREFUSED\n'.repeat(3));
    },
  );

  it.skipIf(!isWalled)(`INJ-5: nothing beyond loopback can be reached or looked up${why}`, async () => {
    await using chosen = await serve((_, response) => response.end('chosen'));
    const script = `import { networkInterfaces } from 'node:os'; import { lookup } from 'node:dns/promises';
      console.log(Object.keys(networkInterfaces()).join());
      console.log(await fetch('http://192.0.2.1').catch((e) => e.cause.code));
      console.log(await lookup('example.com').catch(() => 'no name'));`;
    expect((await runWith([chosen.port], script)).stdout).toBe('lo\nENETUNREACH\nno name\n');
  });

  it.skipIf(!isWalled)(
    `carry long bodies both ways, streams as they come, and half-closed connections${why}`,
    async () => {
      await using echo = await serve((request, response) => {
        response.write('first ');
        request.pipe(response);
      });
      const script = `const body = 'x'.repeat(5_000_000);
      const text = await fetch('http://127.0.0.1:${echo.port}', { method: 'POST', body }).then((r) => r.text());
      console.log(text.length, text.slice(0, 6));
      import { connect } from 'node:net';
      const socket = connect({ port: ${echo.port}, host: '127.0.0.1' });
      socket.end('GET / HTTP/1.0\\r\\n\\r\\n');
      let got = ''; for await (const part of socket) got += part;
      console.log(got.slice(0, 15));`;
      expect((await runWith([echo.port], script)).stdout).toBe('5000006 first \nHTTP/1.1 200 OK\n');
    },
  );

  it.skipIf(!isWalled)(`leave stdin, exit codes and signals of the program as they are${why}`, async () => {
    await using chosen = await serve((_, response) => response.end());
    const read = `let text = ''; for await (const part of process.stdin) text += part; console.log(text); process.exit(7);`;
    expect(await runWith([chosen.port], read, { stdin: 'hello' })).toMatchObject({
      end: { kind: 'exited', code: 7 },
      stdout: 'hello\n',
    });
    const killed = await runWith(
      [chosen.port],
      `process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1e6)`,
    );
    expect(killed.end).toMatchObject({ kind: 'exited', code: 137 });
  });

  it.skipIf(!isWalled)(`let the program take its grace when the invocation is cancelled${why}`, async () => {
    await using chosen = await serve((_, response) => response.end());
    const cancel = new AbortController();
    const script = `process.on('SIGTERM', () => fetch('http://127.0.0.1:${chosen.port}').then(() => { console.log('tidied'); process.exit(); }));
      setInterval(() => {}, 1e6); console.log('ready');`;
    const { end, stdout } = await runWith([chosen.port], script, {
      signal: cancel.signal,
      graceMs: 10_000,
      onStdout: () => cancel.abort(),
    });
    expect(end.kind).toBe('cancelled');
    expect(stdout).toBe('ready\ntidied\n');
  });

  it.skipIf(!isWalled)(`say what could not be started behind them${why}`, async () => {
    await using result = await runProcess({
      ...makeProcessOrder('', { wall, ports: [9] }),
      file: '/bin/true',
    });
    expect(result.end).toMatchObject({ kind: 'not_started', detail: expect.stringContaining('EACCES') });
  });

  it.skipIf(!isWalled)(`leave no socket behind, whatever becomes of the program${why}`, async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'baton-'));
    vi.stubEnv('TMPDIR', temporary);
    await using chosen = await serve(() => undefined);
    const hang = `await fetch('http://127.0.0.1:${chosen.port}')`;
    const seen: string[][] = [];
    const onSpawn = () => seen.push(readdirSync(temporary));
    expect((await runWith([chosen.port], hang, { totalTimeoutMs: 1_500, onSpawn })).end.kind).toBe(
      'total_timeout',
    );
    expect((await runWith([chosen.port], '', { cwd: '/nowhere' })).end.kind).toBe('not_started');
    expect(seen).toEqual([[expect.stringMatching(/^baton-ports-/)]]);
    expect(readdirSync(temporary)).toEqual([]);
    vi.unstubAllEnvs();
  });
});
