/** The contract of drivers, with a real agent program over the `acp` driver, the gateway and a model that follows a script. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { describeDriver } from '../../src/drivers/driver.contract.ts';
import type { Behaviour } from '../../src/drivers/testing/contract-subject.ts';
import { makeWorkOrder } from '../../src/drivers/testing/work-order.ts';
import { lastToolResult, type FakeReply, type FakeScript } from '../../src/testing/fake-model/fake-model.ts';
import { openWall } from '../../src/workspace/wall/open-wall.ts';
import { isTooEarly } from './hands.ts';
import { readPlace } from './place.ts';
import { DONE, handIn, PLAYS, runs, SAID, UNABLE, UNABLE_ALONE, write, type Step } from './plays.ts';
import { timesSignalled } from './program.ts';
import { KEY, openStage } from './stage.ts';

const place = readPlace();
const unable = { ...UNABLE, ...UNABLE_ALONE[place.name] };
const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const stage = await openStage(place);
const limits = { idleTimeoutMs: 180_000, totalTimeoutMs: 240_000 };
const access = stage.gateway.issue({
  invocationId: `conformance/${place.name}`,
  allowance: () => ({ tokens: null, costUsd: null }),
  volatile: {},
});
afterAll(async () => {
  await access[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

/** One step for each call; the last one again and again. A call that comes twice is answered as before, what came too early is said again. */
function inSteps(steps: Step[]): FakeScript {
  const given = new Map<string, FakeReply>();
  let at = -1;
  return (call) => {
    const asked = call.bytes.toString('latin1');
    if (!given.has(asked) && !isTooEarly(call)) at += 1;
    const step = steps[Math.min(at, steps.length - 1)] ?? SAID;
    const reply = given.get(asked) ?? (typeof step === 'function' ? step(call) : step);
    // Whoever is started anew may ask the same again, and is ended again.
    if (reply.kind !== 'hang') given.set(asked, reply);
    return reply;
  };
}

/** Plays in which the program itself is ended or frozen: one that never came to that shows nothing. */
const SIGNALLED: readonly Behaviour[] = ['crash', 'stopped', 'cut_off', 'cut_always'];
let mustSignal = false;
let before = 0;
afterEach(() => {
  if (mustSignal && timesSignalled() === before) throw new Error('The program was sent no signal.');
  mustSignal = false;
});

const able = (Object.keys(PLAYS) as Behaviour[]).filter((behaviour) => !(behaviour in unable));

describeDriver({
  name: place.name,
  wall,
  behaviours: able,
  unable,
  // What they look up is to be heard: behind the closed wall there is nobody to ask.
  order: { network: true, modelAccess: access, ...limits },
  pace: 20,
  says: 'text',
  checksItself: place.name === 'gemini',
  asksEngine: true,
  goesOn: stage.profile.resume,
  crashWords: 'in the middle of the conversation',
  usage: expect.objectContaining({
    input_tokens: expect.any(Number) as number,
    output_tokens: expect.any(Number) as number,
  }) as object,
  create: (behaviour, argument, given) => {
    stage.play(inSteps(PLAYS[behaviour]?.(argument) ?? [SAID]));
    mustSignal = SIGNALLED.includes(behaviour);
    before = timesSignalled();
    return stage.driverFor(given);
  },
});

it('hands in from behind the closed wall, where it reaches its seat and its models and nobody else', async () => {
  stage.play(inSteps([write('app/made.txt'), handIn(), SAID]));
  using work = makeWorkOrder(wall, { network: false, modelAccess: access, ...limits });
  const outcome = await stage.driver.run(work.order, work.note, new AbortController().signal);
  expect(outcome).toMatchObject({ kind: 'submitted', result: DONE });
  expect(readFileSync(join(work.repo, 'made.txt'), 'utf8')).toBe('made\n');
});

it('SEC-1: shows the commands that it runs no key of a provider, and nothing of its caller', async () => {
  let seen = '';
  const look: Step = (call) => {
    seen = lastToolResult(call) ?? '';
    const step = handIn();
    return typeof step === 'function' ? step(call) : step;
  };
  stage.play(inSteps([runs('env; echo PATH is $PATH'), look, SAID]));
  using work = makeWorkOrder(wall, { network: true, modelAccess: access, ...limits });
  const environment = { KEPT_BACK: 'canary-kept-back' };
  const driver = stage.driverFor({ env: [], environment });
  const outcome = await driver.run(work.order, work.note, new AbortController().signal);
  expect(outcome).toMatchObject({ kind: 'submitted', result: DONE });
  expect(seen).toContain('PATH is /');
  expect(seen).not.toContain(KEY);
  expect(seen).not.toContain('canary');
});
