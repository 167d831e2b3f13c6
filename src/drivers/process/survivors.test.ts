/** Nothing of an invocation that is over goes on, however it broke away: no process, no later write. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { NO_WALL, openWall } from '../../workspace/wall/open-wall.ts';
import { runProcess } from './run-process.ts';
import { makeProcessOrder } from './testing/process-order.ts';

const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const isWalled = wall.kind !== 'off';
const why = isWalled ? '' : ' (skipped: bubblewrap does not work here)';
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'baton-survivors-')));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Writes for ten seconds, deaf to what could be asked of it. */
const WRITER = `trap "" TERM HUP INT; for i in $(seq 500); do echo x >> "$0"; sleep 0.02; done`;
const WAYS: Record<string, string> = {
  setsid: `setsid sh -c '${WRITER}' FILE &`,
  nohup: `nohup sh -c '${WRITER}' FILE >FILE.out 2>&1 &`,
  'a double fork': `(setsid sh -c '${WRITER}' FILE & ) &`,
};

/** Throws where somebody listens there; 0 is any port. */
async function listenOnce(port: number): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo; // it listens on a port
  server.close();
  await once(server, 'close');
  return address.port;
}

for (const used of isWalled ? [wall, NO_WALL] : [NO_WALL]) {
  describe(`what is left of an invocation, wall ${used.kind}`, () => {
    it.each(Object.keys(WAYS))(
      'PROC-4, PRIV-13: %s does not outlive a cancelled one, nor writes later',
      async (way) => {
        const file = join(folder, `${used.kind}-${way.replaceAll(' ', '-')}`);
        const cancel = new AbortController();
        const start = (WAYS[way] ?? '').replaceAll('FILE', file);
        await using result = await runProcess(
          makeProcessOrder(`${start} until test -s ${file}; do sleep 0.02; done; echo ready; sleep 30`, {
            wall: used,
            // They have to end without a control group, too.
            places: [],
            writable: [folder],
            signal: cancel.signal,
            onStdout: () => cancel.abort(),
          }),
        );
        expect(result.end.kind).toBe('cancelled');
        expect(result.leftovers).toEqual([]);
        const left = readFileSync(file, 'utf8');
        expect(left).not.toBe('');
        // Ten times as long as a writer pauses.
        await sleep(200);
        expect(readFileSync(file, 'utf8')).toBe(left);
      },
    );

    it('PROC-9: a server that broke away has let go of its port when the attempt is over', async () => {
      const up = join(folder, `${used.kind}-up`);
      // Below those that systems give away by themselves: nobody else's connection comes to have it meanwhile.
      const port = await listenOnce(20_000 + Math.floor(Math.random() * 12_000));
      const server = `require("net").createServer().listen(${port}, "127.0.0.1", () => require("fs").writeFileSync("${up}", ""))`;
      await using result = await runProcess(
        makeProcessOrder(
          `setsid ${process.execPath} -e '${server}' >/dev/null 2>&1 & until test -e ${up}; do sleep 0.02; done`,
          { wall: used, places: [], writable: [folder], network: true },
        ),
      );
      expect(result.end).toEqual({ kind: 'exited', code: 0, signal: null });
      expect(await listenOnce(port)).toBe(port);
    });
  });
}

describe('what a process behind the wall finds of the machine', () => {
  it.skipIf(!isWalled)(
    `PRIV-11: no sockets, homes or secrets of its user, and nothing of Baton's own process${why}`,
    async () => {
      const places = [
        '/var/run/docker.sock',
        '/run/docker.sock',
        '/run/user',
        '/var/lib',
        '/run/dbus',
        '/root',
        '/home',
        ...['.ssh', '.aws', '.gnupg', '.config', '.docker', '.netrc', '.npmrc'].map((name) =>
          join(homedir(), name),
        ),
      ];
      const script = `for p in ${places.join(' ')}; do test -e $p && echo $p; done; test -e /proc/${process.pid} && echo seen; env | grep -v -E '^(PATH|PWD|BATON_INVOCATION)='; true`;
      await using result = await runProcess(makeProcessOrder(script, { wall }));
      expect(Buffer.from(await result.stdout.read(10_000)).toString()).toBe('');
    },
  );
});
