import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KeptPull } from '../../src/testing/fake-forge/pulls.ts';
import { git } from '../../src/testing/rig.ts';
import { resultOf } from '../engine/worlds.ts';
import { compareForge } from './compare.ts';
import { createKeptWorlds, type KeptWorlds, type Place } from './kept-worlds.ts';
import { checkPushes, readRun } from './play.ts';
import { SETTINGS } from './settings.ts';
import { buildWorldProgram } from './world-program.ts';

let worlds: KeptWorlds;
let place: Place;
beforeAll(async () => {
  worlds = createKeptWorlds(await buildWorldProgram());
  place = await worlds.open({ setting: 'followed', begins: 'submission' });
  checkPushes(place.server);
  const ended = await place.world.run(place.runId ?? '', place.options);
  expect(resultOf(ended)).toMatchObject({ status: 'done' });
});
afterAll(async () => {
  await place[Symbol.asyncDispose]();
  worlds[Symbol.dispose]();
});

async function compare(): Promise<string[]> {
  const found = { setting: SETTINGS.followed, server: place.server, ...(await readRun(place.world)) };
  return compareForge(found).map(({ kind, text }) => `${kind}: ${text.split(' was to be')[0]}`);
}

/** Of one repository, as the forge keeps it. */
function pullOf(name: string): KeptPull {
  const found = place.server.pulls.find(({ repository }) => repository === `acme/${name}`);
  if (found === undefined) throw new Error(`no pull request in ${name}`);
  return found;
}

/** Changes what is at the forge and puts it back; returns what is told meanwhile. */
async function tellOf(change: () => () => void): Promise<string[]> {
  const putBack = change();
  const told = await compare();
  putBack();
  return told;
}

it('tells nothing where everything is there once', async () => {
  expect(await compare()).toEqual([]);
});

it('tells of what is there twice', async () => {
  const { server } = place;
  const pulls = server.pulls as KeptPull[]; // the forge's own list
  const client = pullOf('client');
  const again = [
    await tellOf(() => (pulls.push({ ...client, number: 2 }), () => void pulls.pop())),
    await tellOf(() => (server.comments.push({ ...server.comments[0]! }), () => void server.comments.pop())),
    await tellOf(() => (client.labels.push('baton'), () => void client.labels.pop())),
    await tellOf(() => (client.asked.push('ada'), () => void client.asked.pop())),
    await tellOf(() => {
      const at = server.pathOf('acme/client');
      git(at, 'branch', 'left-behind', 'main');
      return () => git(at, 'branch', '-D', 'left-behind');
    }),
    await tellOf(
      () => (
        (client.body += client.body),
        () => (client.body = client.body.slice(0, client.body.length / 2))
      ),
    ),
  ];
  expect(again).toMatchObject([
    [expect.stringMatching(/^duplicate: client: one pull request/)],
    [expect.stringMatching(/^duplicate: client: comment/)],
    [expect.stringMatching(/^duplicate: client: set_labels/)],
    [expect.stringMatching(/^duplicate: client: ask_reviewers/)],
    [expect.stringMatching(/^duplicate: client: the branches/)],
    [
      expect.stringMatching(/^duplicate: client: its marker/),
      expect.stringMatching(/^duplicate: client: the link/),
    ],
  ]);
});

it('tells of what is missing, also of what the run calls done', async () => {
  const { server } = place;
  const service = pullOf('service');
  const status = server.statuses.findLast(({ repository }) => repository === 'acme/service')!;
  const comment = server.comments[0]!;
  const { labels, body } = service;
  const gone = [
    await tellOf(() => ((service.draft = true), () => (service.draft = false))),
    await tellOf(() => ((service.labels = []), () => (service.labels = labels))),
    await tellOf(
      () => ((service.body = body.replace('/acme/client/pull/1', '')), () => (service.body = body)),
    ),
    await tellOf(() => ((status.state = 'pending'), () => (status.state = 'success'))),
    await tellOf(() => (server.comments.pop(), () => void server.comments.push(comment))),
  ];
  expect(gone).toMatchObject([
    [expect.stringMatching(/^lost: service: the pull request/)],
    [expect.stringMatching(/^lost: service: set_labels/)],
    [expect.stringMatching(/^lost: service: the link/)],
    [expect.stringMatching(/^lost: service: end_status/)],
    [expect.stringMatching(/^lost: client: comment/)],
  ]);
});
