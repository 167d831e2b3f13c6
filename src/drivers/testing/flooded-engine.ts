/**
 * A process of its own that drives one agent which floods it, and says what that took: how much its resident memory rose
 * at most, and what came into the side log. Arguments: the kind of flood, a file for the side log.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { profileSchema } from '../../definitions/profile-schema.ts';
import { openSideLog } from '../../engine/side-log.ts';
import { NO_WALL } from '../../workspace/wall/open-wall.ts';
import { createAcpDriver } from '../acp/create-acp-driver.ts';
import { makeWorkOrder } from './work-order.ts';

export interface Flooded {
  reason: string;
  detail: string;
  roseMiB: number;
  rawBytes: number;
  noteBytes: number;
  tookMs: number;
}

const AGENT = fileURLToPath(new URL('../../testing/agents/acp-agent.mjs', import.meta.url));
const [flood = '', logFile = ''] = process.argv.slice(2);

async function play(words: string[], file: string) {
  using work = makeWorkOrder(NO_WALL, { totalTimeoutMs: 120_000 });
  using log = openSideLog(file, { now: () => new Date() });
  const command = [process.execPath, AGENT, ...words];
  const profile = profileSchema.parse({ name: 'fake', title: 'Fake agent', command });
  const environment = { PATH: process.env['PATH'] ?? '', HOME: homedir() };
  const driver = createAcpDriver({ profile, auth: 'key', env: [], environment, graceMs: 300 });
  return await driver.run(work.order, (note) => log.note('k', note), new AbortController().signal);
}

function memoryKiB(field: 'VmRSS' | 'VmHWM'): number {
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0);
}

// Once for what every agent takes.
await play(['submit'], `${logFile}.first`);
const before = memoryKiB('VmRSS');
/** The kernel forgets the highest mark so far. */
writeFileSync('/proc/self/clear_refs', '5');
const since = performance.now();
const outcome = await play(['floods', flood], logFile);
const said: Flooded = {
  reason: outcome.kind === 'failed' ? outcome.reason : outcome.kind,
  detail: outcome.kind === 'failed' ? outcome.detail : '',
  roseMiB: Math.round((memoryKiB('VmHWM') - before) / 1024),
  rawBytes: outcome.raw.length,
  noteBytes: statSync(logFile, { throwIfNoEntry: false })?.size ?? 0,
  tookMs: Math.round(performance.now() - since),
};
process.stdout.write(`${JSON.stringify(said)}\n`);
