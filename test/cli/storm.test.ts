/** Agents that all fail in the same way: nobody goes on trying at full speed, in whatever run. */
import { describe, expect, it } from 'vitest';
import { MAX_EQUAL_FAILURES } from '../../src/engine/breaker.ts';
import { openThinking, type Thinking } from './thinking.ts';

const RETRIES = 3;
const TEST_MS = 900_000;
/** The message differs in what differs between attempts of one failure: ids and paths. */
const BODY = `
if (existsSync(new URL('told/mended', import.meta.url))) order.role === 'reviewer' ? pass() : print();
else {
  console.error('401 invalid key (request req_' + process.pid + ' of ' + process.cwd() + ')');
  process.exit(1);
}`;

const request = (thinking: Thinking) => thinking.baton('run', 'Think', '--yes', ...thinking.flags);

async function countInvocations(thinking: Thinking): Promise<number> {
  const { out } = await thinking.baton('log', '--json');
  return out.split('\n').filter((line) => line.includes('"invocation_started"')).length;
}

describe('agents that all fail alike', { timeout: TEST_MS }, () => {
  it('DOS-3: after ten in a row over several runs each run tries once and pauses, until one succeeds', async () => {
    using thinking = openThinking(BODY, { limits: `max_retries: ${RETRIES}, retry_backoff: 0s` });
    let failed = 0;
    while (failed + RETRIES + 1 <= MAX_EQUAL_FAILURES) {
      expect((await request(thinking)).code).toBe(4);
      failed += RETRIES + 1;
    }
    const tripped = await request(thinking);
    expect(tripped.code, tripped.err).toBe(7);
    expect(await countInvocations(thinking)).toBe(MAX_EQUAL_FAILURES - failed);
    expect(tripped.err + tripped.out).toContain('401 invalid key');
    expect(JSON.parse((await thinking.baton('status', '--json')).out)).toMatchObject({
      status: 'paused',
      reason: 'failing_alike',
    });
    expect((await request(thinking)).code).toBe(7);
    expect(await countInvocations(thinking)).toBe(1);
    expect((await thinking.baton('resume')).code).toBe(7);
    expect(await countInvocations(thinking)).toBe(2);

    thinking.tell('mended');
    const mended = await thinking.baton('resume');
    expect(mended.code, mended.err).toBe(0);
    expect((await request(thinking)).code).toBe(0);
  });

  it('DOS-3: failures that differ do not count together', async () => {
    const body = `console.error('broken in way ' + 'abc'[order.attempt % 3]); process.exit(1);`;
    using thinking = openThinking(body, { limits: 'max_retries: 5, retry_backoff: 0s' });
    for (let run = 0; run < 3; run += 1) expect((await request(thinking)).code).toBe(4);
  });
});
