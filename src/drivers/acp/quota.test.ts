import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadProfiles } from '../../definitions/load-profiles.ts';
import { profileSchema, type QuotaWords } from '../../definitions/profile-schema.ts';
import { NO_WALL } from '../../workspace/wall/open-wall.ts';
import type { DriverOutcome, WorkOrder } from '../driver.ts';
import { makeWorkOrder } from '../testing/work-order.ts';
import { createAcpDriver } from './create-acp-driver.ts';
import { findUsedUp } from './quota.ts';
import { cpuMs, within } from '../../testing/time-bounds.ts';

const AGENT = fileURLToPath(new URL('../../testing/agents/acp-agent.mjs', import.meta.url));
const NOW = new Date('2026-11-21T20:00:00Z');
const environment = { PATH: process.env['PATH'] ?? '', HOME: homedir(), KEY: 'k' };
const NOBODY = { error: '', stderr: '', last_words: '' };

function wordsOf(name: string): QuotaWords {
  const quota = loadProfiles([]).profiles.get(name)?.quota;
  if (quota === undefined) throw new Error(`${name} has no words for it`);
  return quota;
}

/** Until when, by what the agent of that profile says in an error. */
function untilBy(name: string, error: string): string | null | undefined {
  const found = findUsedUp(wordsOf(name), { ...NOBODY, error }, NOW);
  return found === null ? undefined : (found.retryAt?.toISOString() ?? null);
}

describe('what agents say of plans that are used up', () => {
  it.each([
    ['claude', 'Claude AI usage limit reached|1795300200', '2026-11-21T22:30:00.000Z'],
    ['claude', "You've hit your limit · resets 11pm (Europe/Berlin)", '2026-11-21T22:00:00.000Z'],
    ['claude', "You've hit your limit · resets 1:30am (Asia/Dhaka)", '2026-11-22T19:30:00.000Z'],
    ['claude', "You've hit your limit · resets Nov 23 at 4pm (America/Recife)", '2026-11-23T19:00:00.000Z'],
    [
      'claude',
      'Your usage limit reached. It will reset at 9am (America/Chicago).',
      '2026-11-22T15:00:00.000Z',
    ],
    ['claude', "You've hit your limit · resets Jan 2 at 0am (UTC)", '2027-01-02T00:00:00.000Z'],
    [
      'codex',
      "You've hit your usage limit. Upgrade or try again in 2 days 17 hours 14 minutes.",
      '2026-11-24T13:14:00.000Z',
    ],
    [
      'codex',
      '{"error":{"type":"usage_limit_reached","resets_at":1795300200,"resets_in_seconds":9000}}',
      '2026-11-21T22:30:00.000Z',
    ],
    [
      'gemini',
      'You have exhausted your capacity on this model. Your quota will reset after 8h44m7s.',
      '2026-11-22T04:44:07.000Z',
    ],
    ['gemini', 'You have exhausted your daily quota on this model.', null],
    ['claude', "You've hit your limit · resets 3pm (Mars/Olympus)", null],
    ['claude', "You've hit your limit · resets 25:00", null],
    ['claude', 'API Error: 500 internal server error; it resets 3pm', undefined],
  ])('DOS-8: %s: %s', (name, said, until) => {
    expect(untilBy(name, said)).toBe(until);
  });

  it("takes a clock without a zone for this machine's, and a date with its year as it is", () => {
    const at = new Date(NOW.getTime() + 3_600_000);
    const clock = at.toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit' });
    expect(untilBy('codex', `You've hit your usage limit, try again at ${clock}.`)).toBe(at.toISOString());
    const date = `Sep 13th, 2027 2:23 PM`;
    const until = untilBy('codex', `You've hit your usage limit, or try again at ${date}.`);
    expect(until).toBe(new Date('2027-09-13T14:23:00').toISOString());
  });

  it('looks only where the profile says, and takes the last time that it was said', () => {
    const words = { phrases: ['hit your limit'], heard: ['stderr' as const] };
    const said = 'hit your limit, resets in 1 hour\nagain: hit your limit, resets in 2 hours';
    expect(findUsedUp(words, { ...NOBODY, error: said, last_words: said }, NOW)).toBeNull();
    const found = findUsedUp(words, { ...NOBODY, stderr: said }, NOW);
    expect(found?.retryAt?.toISOString()).toBe('2026-11-21T22:00:00.000Z');
  });

  it('DOS-4: takes linear time over what is made to be slow', async () => {
    const hostile = `hit your limit ${'in 1 d, '.repeat(100_000)}${'resets '.repeat(100_000)}${'1'.repeat(1_000_000)}`;
    const look = (): unknown => findUsedUp(wordsOf('claude'), { ...NOBODY, error: hostile }, NOW);
    await within(500, look, { clock: cpuMs });
  });
});

const LIMIT = "You've hit your limit · resets in 90 minutes";
const QUOTA: QuotaWords = { phrases: ['hit your limit'], heard: ['error', 'stderr', 'last_words'] };

interface Playing {
  quota?: QuotaWords;
  auth?: 'login' | 'key';
  order?: Partial<WorkOrder>;
  metered?: boolean;
}

async function play(
  mode: string,
  said: string,
  { quota = QUOTA, auth = 'login', order = {}, metered = false }: Playing = {},
): Promise<DriverOutcome> {
  const profile = {
    ...profileSchema.parse({
      name: 'fake',
      title: 'Fake agent',
      command: [process.execPath, AGENT, mode, said],
    }),
    auth: { key: { env: ['KEY'], method: null }, login: { files: ['.none'], method: null } },
    quota,
    ...(metered ? { model_access: { wire: 'openai_chat', env: {}, method: null } } : {}),
  };
  using work = makeWorkOrder(NO_WALL, order);
  const driver = createAcpDriver({ profile, auth, env: [], environment, graceMs: 300, now: () => NOW });
  // Awaited here: the workspace is gone once this function has ended.
  return await driver.run(work.order, work.note, new AbortController().signal);
}

describe('an agent with a login whose plan is used up', () => {
  it.each(['used_up_error', 'used_up_stderr', 'used_up_said'])(
    'DOS-8: %s: says until when to wait',
    async (mode) => {
      expect(await play(mode, LIMIT)).toMatchObject({
        kind: 'failed',
        reason: 'quota_exceeded',
        retryAfterMs: 90 * 60_000,
        detail: expect.stringContaining('Fake agent is logged in with is used up: hit your limit') as string,
      });
    },
  );

  it('ends as it does else where it says something else, its profile knows no words, or a gateway measures it', async () => {
    expect(await play('used_up_error', 'connection refused')).toMatchObject({ reason: 'crashed' });
    const unknown = await play('used_up_error', LIMIT, { quota: { ...QUOTA, phrases: ['something else'] } });
    expect(unknown).toMatchObject({ reason: 'crashed' });
    const metered = await play('used_up_error', LIMIT, { auth: 'key', metered: true });
    expect(metered).toMatchObject({ reason: 'crashed' });
    expect(metered).not.toHaveProperty('retryAfterMs');
  });

  it('is none where it offers a result, right or wrong, or says so where its profile does not look', async () => {
    const schema = { resultSchema: () => ({ type: 'object', required: ['never'] }) };
    expect(await play('used_up_offered', LIMIT)).toMatchObject({ kind: 'submitted' });
    const wrong = await play('used_up_offered', LIMIT, { order: schema });
    expect(wrong).toMatchObject({ reason: 'invalid_output' });
    const silent = await play('used_up_said', LIMIT, { quota: { ...QUOTA, heard: ['error', 'stderr'] } });
    expect(silent).toMatchObject({ reason: 'no_result' });
  });
});
