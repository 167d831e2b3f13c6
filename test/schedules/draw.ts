/** From a number to what goes wrong in one run: the same each time. */
import type { ForgeCall, ForgeFault } from '../../src/testing/fake-forge/faults.ts';
import { createRandom } from '../../src/testing/random.ts';
import { SETTINGS, type SettingName } from './settings.ts';

export interface Kill {
  /** At the n-th request of a start the process is killed. */
  at: number;
  /** After the server has had time to do what was asked. */
  late: boolean;
}

export interface DrawnFault {
  call: ForgeCall;
  repository: string;
  fault: ForgeFault;
  times: number;
}

export interface Schedule {
  setting: SettingName;
  /** `submission`: from a run that was killed when it had just written down that it would push; `start`: from nothing. */
  begins: 'start' | 'submission';
  faults: DrawnFault[];
  /** Of each start in turn; null: it is left alone. */
  kills: (Kill | null)[];
}

/** Nobody listens there: whoever goes there gets nothing. */
const NOWHERE = 'http://127.0.0.1:1/elsewhere';

const FAULTS: readonly ForgeFault[] = [
  { kind: 'drop_before' },
  { kind: 'drop_after' },
  { kind: 'delay', ms: 40 },
  { kind: 'duplicate' },
  { kind: 'status', status: 500 },
  { kind: 'status', status: 502 },
  { kind: 'status', status: 401 },
  { kind: 'status', status: 403 },
  { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
  { kind: 'status', status: 429, headers: { 'retry-after': '1' } },
  { kind: 'status', status: 503, headers: { 'retry-after': '1' } },
  { kind: 'errors', type: 'RATE_LIMITED', message: 'API rate limit', headers: { 'retry-after': '1' } },
  { kind: 'errors', message: 'Something went wrong while executing your query' },
  { kind: 'html', status: 200 },
  { kind: 'html', status: 503 },
  { kind: 'drip', everyMs: 0, bytes: 400 },
  { kind: 'empty_list' },
  { kind: 'redirect', status: 302, location: NOWHERE },
  { kind: 'redirect', status: 307, location: NOWHERE },
];
const MOST_FAULTS = 6;
const MOST_KILLS = 3;
/** So many of ten schedules begin with the submission: what comes before it is killed elsewhere. */
const OF_TEN_AT_SUBMISSION = 8;
const OF_TEN_LEFT_ALONE = 3;
const ROTATION: readonly SettingName[] = ['three', 'followed', 'beside', 'bare', 'beside', 'followed'];

export function drawSchedule(seed: number): Schedule {
  const random = createRandom(seed);
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const setting = ROTATION[seed % ROTATION.length] ?? 'bare';
  const { names, calls, requests } = SETTINGS[setting];
  const begins = random() * 10 < OF_TEN_AT_SUBMISSION ? 'submission' : 'start';
  const drawn = Array.from({ length: upTo(MOST_FAULTS) }, () => ({
    call: pick(calls),
    repository: `acme/${pick(names)}`,
    fault: pick(FAULTS),
    times: 1 + upTo(1),
  }));
  const kills = Array.from({ length: upTo(MOST_KILLS) }, () =>
    random() * 10 < OF_TEN_LEFT_ALONE ? null : { at: 1 + upTo(requests - 1), late: random() < 0.5 },
  );
  const faults = leastAsked(drawn).filter(
    ({ call, fault }) =>
      (fault.kind !== 'empty_list' || call === 'find_pull') &&
      (fault.kind !== 'errors' || ['mark_ready', 'read_comments'].includes(call)),
  );
  return { setting, begins, faults, kills };
}

/** A refusal that a person has to answer, who may say three times that it is to be tried again: more is another matter. */
function leastAsked(faults: DrawnFault[]): DrawnFault[] {
  const first = faults.findIndex(({ fault }) => isRefusal(fault));
  return faults
    .filter(({ fault }, index) => !isRefusal(fault) || index === first)
    .map((each) => (isRefusal(each.fault) ? { ...each, times: 1 } : each));
}

/** Whether trying again at once is not what such an answer means. */
export function isRefusal(fault: ForgeFault): boolean {
  return fault.kind === 'redirect' || (fault.kind === 'status' && [401, 403].includes(fault.status));
}
