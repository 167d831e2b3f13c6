/** Plays one schedule: real processes push over HTTP to a forge on loopback, which fails them as drawn, and are killed. */
import type { JournalEvent } from '../../src/core/events.ts';
import type { FakeForge } from '../../src/testing/fake-forge/fake-forge.ts';
import type { MetFault } from '../../src/testing/fake-forge/faults.ts';
import { git } from '../../src/testing/rig.ts';
import { resultOf, type World } from '../engine/worlds.ts';
import { compareForge, type Difference } from './compare.ts';
import { drawSchedule, type Kill, type Schedule } from './draw.ts';
import type { KeptWorlds, Place } from './kept-worlds.ts';
import { RED_AT_FIRST, SETTINGS } from './settings.ts';

export interface Played {
  seed: number;
  schedule: Schedule;
  /** How many processes it took. */
  starts: number;
  /** Those that really killed a process. */
  deaths: Kill[];
  faults: readonly MetFault[];
  /** Questions that a person had to answer. */
  answers: number;
  differences: Difference[];
}

/** Faults and kills are counted: whoever needs more starts than this does not end. */
const MOST_STARTS = 40;
/** The server does what it was asked well within this, in milliseconds. */
const LATE_MS = 30;

/** Throws where the run does not get to its end. */
export async function playSchedule(seed: number, worlds: KeptWorlds): Promise<Played> {
  const schedule = drawSchedule(seed);
  await using place = await worlds.open(schedule);
  const { server, world } = place;
  checkPushes(server);
  const driven = await drive(place, schedule);
  const found = { setting: SETTINGS[schedule.setting], server, ...(await readRun(world)) };
  return { seed, schedule, ...driven, faults: server.faults.met(), differences: compareForge(found) };
}

/** The forge's CI: red for what one repository gets first, green for what was answered. */
export function checkPushes(server: FakeForge): void {
  server.onPush = (commit, repository) => {
    const text = git(server.pathOf(repository), 'show', `${commit}:service-agent.txt`);
    const isRed = repository === `acme/${RED_AT_FIRST}` && !text.includes('answered');
    const notes = [{ path: 'service-agent.txt', line: 1, text: 'round 1 is not enough' }];
    server.checks.push({
      repository,
      commit,
      name: 'test',
      conclusion: isRed ? 'failure' : 'success',
      notes,
    });
  };
}

/** Starts it until it is done, as a person would, and answers what it asks with `retry`. */
async function drive(
  { world, server, options, runId }: Place,
  { faults, kills }: Schedule,
): Promise<Pick<Played, 'starts' | 'deaths' | 'answers'>> {
  let run = runId ?? 'new';
  const deaths: Kill[] = [];
  let answers = 0;
  if (runId !== null) for (const fault of faults) server.faults.add(fault);
  for (let starts = 1; starts <= MOST_STARTS; starts += 1) {
    const process = world.start(run, options);
    const kill = kills[starts - 1] ?? null;
    let requests = 0;
    server.onCall = (call) => {
      // A run begins before what goes wrong does: that its start is refused is shown elsewhere.
      if (run === 'new' && call === 'look') return;
      requests += 1;
      if (kill === null || requests !== kill.at) return;
      if (kill.late) setTimeout(() => process.child.kill('SIGKILL'), LATE_MS);
      else process.child.kill('SIGKILL');
    };
    if (run === 'new') {
      await process.says('started');
      for (const fault of faults) server.faults.add(fault);
    }
    const ended = await process.ended;
    if (run === 'new') run = await world.runId();
    if (kill !== null && ended.signal === 'SIGKILL') {
      deaths.push(kill);
      continue;
    }
    const { status, reason } = resultOf(ended);
    if (status === 'done') return { starts, deaths, answers };
    if (status !== 'waiting_human' || reason !== 'submission')
      throw new Error(`it ended ${status}: ${reason}`);
    await tellToRetry(world);
    answers += 1;
  }
  throw new Error(`not done after ${MOST_STARTS} starts`);
}

/** What its journal says now. */
export async function readRun(world: World): Promise<{ runId: string; events: JournalEvent[] }> {
  return { runId: await world.runId(), events: await world.events() };
}

async function tellToRetry(world: World): Promise<void> {
  const { runId, events } = await readRun(world);
  const asked = events.flatMap(({ event }) => (event.type === 'question_asked' ? [event.question.id] : []));
  await using journal = await world.openJournal();
  await journal.post(runId, {
    kind: 'answer',
    questionId: asked.at(-1) ?? '',
    option: 'retry',
    text: '',
    name: 'ada',
    via: 'cli',
  });
}
