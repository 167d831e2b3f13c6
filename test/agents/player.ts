/** A model that does the work of a rehearsal: it writes the prepared files with the agent's own tools and hands the prepared result in. */
import { join, relative } from 'node:path';
import type { Driver, WorkOrder } from '../../src/drivers/driver.ts';
import type { Script, ScriptedAnswer } from '../../src/drivers/scripted.ts';
import type { FakeAnswer, FakeCall, FakeReply, FakeScript } from '../../src/testing/fake-model/fake-model.ts';
import { isTooEarly, lookAt, submit, writeFiles, type FileWork } from './hands.ts';

type ToolCalls = NonNullable<FakeAnswer['toolCalls']>;

export interface Player {
  /** Of the model. */
  script: FakeScript;
  /** Passes orders on, each with a mark in its prompt by which the model knows it again. */
  wrap(driver: Driver): Driver;
  /** What went wrong, for people. */
  troubles: string[];
}

interface Playing {
  order: WorkOrder;
  answer: ScriptedAnswer | null;
  /** By the bytes of the call: one that comes twice is answered as before. */
  given: Map<string, FakeReply>;
  todo: ((call: FakeCall) => ToolCalls)[];
}

const MARK = /\(work order ([^\s)]+)\)/;

export function createPlayer(prepared: Script): Player {
  const orders = new Map<string, Playing>();
  const troubles: string[] = [];
  const script: FakeScript = async (call) => {
    const mark = MARK.exec(JSON.stringify(call.turns))?.[1] ?? '';
    const playing = orders.get(mark);
    if (playing === undefined) throw new Error(`There is no order "${mark}".`);
    const asked = call.bytes.toString('latin1');
    const again = playing.given.get(asked);
    if (again !== undefined) return again;
    if (playing.answer === null) {
      playing.answer = await prepared(playing.order);
      playing.todo = stepsOf(playing.order, playing.answer);
    }
    if (isTooEarly(call)) playing.todo.unshift((late) => [submit(late, playing.answer?.result)]);
    const reply = nextReply(playing, call);
    playing.given.set(asked, reply);
    return reply;
  };
  const wrap = (driver: Driver): Driver => ({
    ...driver,
    run: async (order, note, signal) => {
      orders.set(order.invocationId, { order, answer: null, given: new Map(), todo: [] });
      const marked = { ...order, prompt: `${order.prompt}\n\n(work order ${order.invocationId})` };
      const outcome = await driver.run(marked, note, signal);
      if (outcome.kind === 'failed')
        troubles.push(`${order.invocationId}: ${outcome.reason}, ${outcome.detail}`);
      return outcome;
    },
  });
  return { script, wrap, troubles };
}

/** Steps that take no call are left out: there is nothing to look at where every file is new. */
function nextReply({ todo }: Playing, call: FakeCall): FakeReply {
  for (let step = todo.shift(); step !== undefined; step = todo.shift()) {
    const toolCalls = step(call);
    if (toolCalls.length > 0) return { kind: 'answer', toolCalls };
  }
  return { kind: 'answer', text: 'Done.' };
}

function stepsOf(order: WorkOrder, answer: ScriptedAnswer): Playing['todo'] {
  const files = Object.entries(answer.files ?? {}).flatMap(([path, text]) =>
    text === null ? [] : [toFileWork(order, path, text)],
  );
  const wrote = files.length === 0 ? [] : [(call: FakeCall) => writeFiles(call, files)];
  return [(call) => lookAt(call, files), ...wrote, (call) => [submit(call, answer.result)]];
}

function toFileWork({ workspace: { dir, repos } }: WorkOrder, path: string, text: string): FileWork {
  const slash = path.indexOf('/');
  const repo = repos.find(({ name }) => name === path.slice(0, slash));
  if (repo === undefined) throw new Error(`${path} lies in no repository of the order.`);
  return { dir, path: relative(dir, join(repo.path, path.slice(slash + 1))), text };
}
