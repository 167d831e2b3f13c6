/** The contract of drivers, with a real agent program over the `acp` driver, the gateway and a model that follows a script. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { describeDriver, type Behaviour } from '../../src/drivers/driver.contract.ts';
import {
  lastToolResult,
  type FakeAnswer,
  type FakeCall,
  type FakeReply,
  type FakeScript,
} from '../../src/testing/fake-model/fake-model.ts';
import { makeWorkOrder } from '../../src/drivers/testing/work-order.ts';
import { openWall } from '../../src/workspace/wall/open-wall.ts';
import { execute, isTooEarly, submit, writeFiles } from './hands.ts';
import { readPlace } from './place.ts';
import { openStage } from './stage.ts';

const place = readPlace();
const { wall } = await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' });
const stage = await openStage(place);
const access = stage.gateway.issue({
  invocationId: `conformance/${place.name}`,
  allowance: () => ({ tokens: null, costUsd: null }),
  volatile: {},
});
afterAll(async () => {
  await access[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

const DONE = { status: 'complete', summary: 'did coder' };
const SAID: FakeReply = { kind: 'answer', text: 'I am done.' };
const calls = (...toolCalls: NonNullable<FakeAnswer['toolCalls']>): FakeReply => ({
  kind: 'answer',
  toolCalls,
});
type Step = FakeReply | ((call: FakeCall) => FakeReply);
const handIn =
  (result: unknown = DONE): Step =>
  (call) =>
    calls(submit(call, result));
const runs =
  (command: string): Step =>
  (call) =>
    calls(execute(call, command));
const write =
  (path: string): Step =>
  (call) =>
    calls(...writeFiles(call, [{ dir: folderOf(call), path, text: 'made\n' }]));
/** Programs wait for whoever holds their command's output. */
const children = (nap: string) => {
  const away = '>/dev/null 2>&1 &';
  return `sleep ${nap} ${away} (setsid sleep ${nap} ${away}) ; nohup sleep ${nap} ${away} setsid sh -c 'sleep ${nap} & sleep ${nap}' ${away} echo started`;
};
const outside = (path: string): Step[] => [
  write('app/written.txt'),
  runs(`echo outside > ${path}; echo tried`),
  handIn(),
  SAID,
];

const PLAYS: Partial<Record<Behaviour, (argument: string) => Step[]>> = {
  submit: () => [handIn(), SAID],
  edit: () => [write('app/made.txt'), handIn(), SAID],
  silent: () => [SAID],
  hang: () => [{ kind: 'answer', text: 'I look.\n' }, { kind: 'hang' }],
  children: (nap) => [runs(children(nap)), handIn(), SAID],
  children_hang: (nap) => [runs(children(nap)), { kind: 'hang' }],
  notes: () => [{ kind: 'answer', text: 'first\nsecond ä\n' }, handIn(), SAID],
  reader_writes: outside,
  writes_outside: outside,
  forgets: () => [SAID, handIn({ status: 'complete', summary: 'after 2 turns' }), SAID],
  repaired: () => [
    handIn({ status: 'complete', summary: 7 }),
    (call) => {
      const word = /summary/.exec(lastToolResult(call) ?? '')?.[0] ?? 'nothing';
      return calls(submit(call, { status: 'complete', summary: `was told: ${word}` }));
    },
    SAID,
  ],
};

/** One step for each call; the last one again and again. A call that comes twice is answered as before, what came too early is said again. */
function inSteps(steps: Step[]): FakeScript {
  const given = new Map<string, FakeReply>();
  let at = -1;
  return (call) => {
    const asked = call.bytes.toString('latin1');
    if (!given.has(asked) && !isTooEarly(call)) at += 1;
    const step = steps[Math.min(at, steps.length - 1)] ?? SAID;
    const reply = given.get(asked) ?? (typeof step === 'function' ? step(call) : step);
    given.set(asked, reply);
    return reply;
  };
}

function folderOf(call: FakeCall): string {
  const [, repo = ''] = /^- app: (\S+)$/m.exec(textOf(call)) ?? [];
  return join(repo, '..');
}

function textOf({ turns, system }: FakeCall): string {
  const texts = turns.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])),
  );
  return [system, ...texts].join('\n');
}

describeDriver({
  name: place.name,
  wall,
  behaviours: Object.keys(PLAYS) as Behaviour[],
  // What they look up is to be heard: behind the closed wall there is nobody to ask.
  order: { network: true, modelAccess: access, idleTimeoutMs: 180_000, totalTimeoutMs: 240_000 },
  pace: 20,
  says: 'text',
  checksItself: place.name === 'gemini',
  usage: expect.objectContaining({
    input_tokens: expect.any(Number) as number,
    output_tokens: expect.any(Number) as number,
  }) as object,
  create: (behaviour, argument) => {
    stage.play(inSteps(PLAYS[behaviour]?.(argument) ?? [SAID]));
    return stage.driver;
  },
});

it('hands in from behind the closed wall, where it reaches its seat and its models and nobody else', async () => {
  stage.play(inSteps([write('app/made.txt'), handIn(), SAID]));
  const limits = { idleTimeoutMs: 180_000, totalTimeoutMs: 240_000 };
  using work = makeWorkOrder(wall, { network: false, modelAccess: access, ...limits });
  const outcome = await stage.driver.run(work.order, work.note, new AbortController().signal);
  expect(outcome).toMatchObject({ kind: 'submitted', result: DONE });
  expect(readFileSync(join(work.repo, 'made.txt'), 'utf8')).toBe('made\n');
});
