import { execFile } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import type { Wall, WalledCommand } from '../wall.ts';
import { openWall } from './open-wall.ts';

const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const isWalled = wall.kind !== 'off';
const why = isWalled ? '' : ' (skipped: bubblewrap does not work here)';
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'baton-wall-')));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function runBehind(used: Wall, script: string, options: Partial<WalledCommand> = {}) {
  const base = {
    file: '/bin/sh',
    args: ['-c', script],
    cwd: '/',
    readable: [],
    writable: [],
    network: false,
  };
  const { file, args } = used.wrap({ ...base, ...options });
  const { stdout } = await promisify(execFile)(file, args, { env: { PATH: '/usr/bin:/bin' } });
  return stdout;
}

describe('opening a wall', () => {
  it('is off when asked for, and says what that means', async () => {
    const opened = await openWall({ mode: 'off', path: process.env['PATH'] ?? '' });
    expect(opened.wall.kind).toBe('off');
    expect(opened.notes).toEqual([expect.stringContaining('with your own rights')]);
    const command = { file: 'a', args: ['b'], cwd: '/', readable: [], writable: [], network: false };
    expect(opened.wall.wrap(command)).toEqual({ file: 'a', args: ['b'] });
  });

  it('is off with advice where bubblewrap is not installed', async () => {
    const opened = await openWall({ mode: 'auto', path: folder });
    expect(opened.wall.kind).toBe('off');
    expect(opened.notes[0]).toContain('apt-get install -y bubblewrap');
    expect(opened.lack?.problem).toBe('bubblewrap is not installed');
  });

  it('is off with the reason where bubblewrap does not work, or does not keep its word', async () => {
    const fake = join(folder, 'bwrap');
    writeFileSync(fake, '#!/bin/sh\necho "bwrap: no user namespaces" >&2\nexit 1\n');
    chmodSync(fake, 0o755);
    const broken = await openWall({ mode: 'auto', path: folder });
    expect(broken.wall.kind).toBe('off');
    expect(broken.notes[0]).toContain('bwrap: no user namespaces');
    expect(broken.lack?.problem).toContain('bwrap: no user namespaces');
    writeFileSync(fake, '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done; shift; exec "$@"\n');
    expect((await openWall({ mode: 'auto', path: folder })).wall.kind).toBe('off');
  });
});

describe('the wall', () => {
  it.skipIf(!isWalled)(`shows the system, an empty /tmp, and what was named${why}`, async () => {
    const [readable, writable] = [join(folder, 'readable'), join(folder, 'writable')];
    for (const path of [readable, writable]) mkdirSync(path);
    writeFileSync(join(readable, 'a'), 'A');
    const script = `cat ${readable}/a; echo B > ${writable}/b; echo x > ${readable}/c; ls ${folder}; pwd; node --version`;
    const path = { readable: [readable], writable: [writable], cwd: writable };
    const output = await runBehind(wall, `exec 2>/dev/null; ${script}; ls /tmp | wc -l`, path);
    expect(output).toMatch(/^Areadable\nwritable\n.*writable\n/);
    expect(readFileSync(join(writable, 'b'), 'utf8')).toBe('B\n');
  });

  it.skipIf(!isWalled)(
    `PRIV-1: nothing but writable folders can be written, not even by mounting anew${why}`,
    async () => {
      const script = `for p in /usr/x /etc/x /x ${homedir()}/x; do touch $p && echo "wrote $p"; done; mount -o remount,rw /usr && echo mounted; true`;
      expect(await runBehind(wall, `exec 2>/dev/null; ${script}`)).toBe('');
    },
  );

  it.skipIf(!isWalled)(`PRIV-1: nobody behind it has any capability, root included${why}`, async () => {
    expect(await runBehind(wall, 'grep -E "Cap(Eff|Prm|Bnd)" /proc/self/status')).toMatch(
      /^(Cap\w+:\t0{16}\n){3}$/,
    );
  });

  it.skipIf(!isWalled)(
    `PRIV-1: a writable folder inside of a readable one is writable, and the other way round not${why}`,
    async () => {
      const [outer, inner] = [join(folder, 'outer'), join(folder, 'outer/inner')];
      mkdirSync(inner, { recursive: true });
      const script = `exec 2>/dev/null; touch ${outer}/x && echo outer; touch ${inner}/x && echo inner; true`;
      expect(await runBehind(wall, script, { readable: [outer], writable: [inner] })).toBe('inner\n');
      expect(await runBehind(wall, script, { readable: [inner], writable: [outer] })).toBe('outer\n');
    },
  );

  it.skipIf(!isWalled)(`PRIV-11: hidden folders stay empty inside of readable ones${why}`, async () => {
    const state = join(folder, 'shown/.baton');
    const work = join(state, 'work');
    mkdirSync(work, { recursive: true });
    writeFileSync(join(state, 'journal'), 'secret');
    writeFileSync(join(work, 'w'), 'w');
    const opened = await openWall({ mode: 'auto', hidden: [state], path: process.env['PATH'] ?? '' });
    const list = `ls -A ${state}; cat ${work}/w 2>/dev/null; true`;
    expect(await runBehind(opened.wall, list, { readable: [join(folder, 'shown')] })).toBe('');
    expect(await runBehind(opened.wall, list, { readable: [state] }), 'named itself').toBe('');
    const inside = await runBehind(opened.wall, list, { readable: [join(folder, 'shown'), work] });
    expect(inside).toBe('work\nw');
  });

  it.skipIf(!isWalled)(`AUD-3: a hidden file cannot be read inside of a readable folder${why}`, async () => {
    const program = join(folder, 'program');
    mkdirSync(program, { recursive: true });
    writeFileSync(join(program, 'key'), 'secret');
    writeFileSync(join(program, 'main'), 'main');
    const hidden = [join(program, 'key')];
    const opened = await openWall({ mode: 'auto', hidden, path: process.env['PATH'] ?? '' });
    const show = `cat ${program}/main; cat ${program}/key 2>/dev/null; true`;
    expect(await runBehind(opened.wall, show, { readable: [program] })).toBe('main');
  });

  it.skipIf(!isWalled)(
    `PRIV-11: processes, sockets and the network of the machine are out of reach${why}`,
    async () => {
      const server = createServer((socket) => socket.end('reached')).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const reach = `bash -c 'cat < /dev/tcp/127.0.0.1/${port}' 2>/dev/null || echo refused`;
      expect(await runBehind(wall, reach)).toBe('refused\n');
      expect(await runBehind(wall, reach, { network: true })).toBe('reached');
      await new Promise((resolve) => server.close(resolve));
      const script = `ls -d /run /var /root /home /sys 2>/dev/null; ls /proc | grep -c '^[0-9]' `;
      expect(Number(await runBehind(wall, script))).toBeLessThan(10);
    },
  );

  it.skipIf(!isWalled)(
    `PRIV-11: the terminal of whoever started it cannot be opened, nor is its session shared${why}`,
    async () => {
      const look = `sh -c ': </dev/tty' 2>/dev/null && echo terminal; cut -d' ' -f6,7 /proc/self/stat`;
      const base = { cwd: '/', readable: [], writable: [], network: false };
      const { file, args } = wall.wrap({ ...base, file: '/bin/sh', args: ['-c', look] });
      const inTerminal = async (words: string[]) => {
        const quoted = words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
        const env = { PATH: '/usr/bin:/bin', SHELL: '/bin/sh' };
        const { stdout } = await promisify(execFile)('script', ['-qec', quoted, '/dev/null'], { env });
        return stdout.trim().split(/\s+/);
      };
      expect((await inTerminal(['/bin/sh', '-c', look]))[0]).toBe('terminal');
      // Field 6 is the session, 0 where it is one of outside; field 7 the terminal, 0 where there is none.
      expect(await inTerminal([file, ...args])).toEqual([expect.stringMatching(/^[1-9]/), '0']);
    },
  );
});
