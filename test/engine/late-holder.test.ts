/** A holder that lost its run while a request of its was on the way: the request arrives when the next holder has done the same. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openFakeForge, type FakeForge } from '../../src/testing/fake-forge/fake-forge.ts';
import type { ForgeCall } from '../../src/testing/fake-forge/faults.ts';
import { git } from '../../src/testing/rig.ts';
import { eventsOf } from './plays.ts';
import type { WorldOptions } from './world.ts';
import { openWorld, resultOf, until, type World } from './worlds.ts';

const TOKEN = 'ghp-loopback-token-0817-dddd';
const OPTIONS: WorldOptions = { brief: true, forge: 'github', repos: ['service'] };

let world: World;
let server: FakeForge;
beforeEach(async () => {
  world = openWorld({ GH_ENTERPRISE_TOKEN: TOKEN }, ['service']);
  server = await openFakeForge({ dir: `${world.dir}/server`, token: TOKEN });
  const path = world.repository('service');
  git(path, 'remote', 'add', 'origin', server.addRepository('acme/service', path));
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  world[Symbol.dispose]();
});

it.each(['git_push', 'open_pull', 'mark_ready'] as const)(
  'DUP-3: a stopped holder’s %s arrives after another one took the run over: one branch, one pull request, no comment',
  async (call: ForgeCall) => {
    const letGo = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    server.faults.add({ call, fault: { kind: 'hold', released: letGo.promise, done: arrived.resolve } });
    const first = world.start('new', OPTIONS);
    await until(() => server.calls.some((each) => each.call === call));
    first.child.kill('SIGSTOP');
    const second = await world.run(await world.runId(), { ...OPTIONS, takeOver: true });
    expect(resultOf(second)).toMatchObject({ status: 'done' });
    const before = { pulls: structuredClone(server.pulls), events: await world.events() };
    // Only now does it come about, at a forge that has it all.
    letGo.resolve();
    await arrived.promise;
    expect([server.pulls, await world.events()]).toEqual([before.pulls, before.events]);
    expect(server.pulls).toMatchObject([{ number: 1, draft: false, state: 'open' }]);
    expect(server.comments).toEqual([]);
    const branches = git(
      server.pathOf('acme/service'),
      'for-each-ref',
      '--format=%(refname:short)',
      'refs/heads',
    );
    expect(branches.trim().split('\n').sort()).toEqual([server.pulls[0]?.head, 'main']);
    expect(eventsOf(before.events, 'holder_changed').map(({ took_over }) => took_over)).toEqual([
      false,
      true,
    ]);
    expect((await first.ended).signal).toBe('SIGKILL');
  },
);
