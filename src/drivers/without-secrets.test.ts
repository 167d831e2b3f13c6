import { describe, expect, it } from 'vitest';
import { UNKNOWN_USAGE, type DriverNote, type DriverOutcome } from './driver.ts';
import { createRedactor } from './redact.ts';
import { withoutSecrets } from './without-secrets.ts';

const KNOWN = 'found-in-the-repository';
const HANDED = 'handed-by-the-driver';
const SAID = `saw ${KNOWN} and ${HANDED}`;
const CLEAN = 'saw [FOUND] and [HANDED]';

async function bringBack(outcome: DriverOutcome): Promise<{ outcome: DriverOutcome; notes: DriverNote[] }> {
  const notes: DriverNote[] = [];
  const known = createRedactor(new Map([['FOUND', KNOWN]]));
  const brought = await withoutSecrets(
    known,
    (note) => notes.push(note),
    async (handed, note) => {
      handed.set('HANDED', HANDED);
      note({ kind: 'text', text: SAID });
      return outcome;
    },
  );
  return { outcome: brought, notes };
}

describe('what a driver brings back', () => {
  const facts = { raw: Buffer.from(SAID), usage: UNKNOWN_USAGE };

  it('SEC-1: holds neither what its caller knows nor what it handed its agent, in results, output and notes', async () => {
    const { outcome, notes } = await bringBack({ kind: 'submitted', result: { deep: [SAID] }, ...facts });
    expect(outcome).toMatchObject({ result: { deep: [CLEAN] } });
    expect(Buffer.from(outcome.raw).toString()).toBe(CLEAN);
    expect(notes).toEqual([{ kind: 'text', text: CLEAN }]);
  });

  it('is a failure of the attempt where it is nested deeper than anything can read', async () => {
    const result: unknown = JSON.parse(`{"deep":${'['.repeat(50_000)}${']'.repeat(50_000)}}`);
    const { outcome } = await bringBack({ kind: 'submitted', result, ...facts });
    const detail =
      'The result is nested more than 100 levels deep, and a result may have no more: say it with fewer.';
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'invalid_output', detail });
  });

  it('SEC-1: nor in why it failed', async () => {
    const { outcome } = await bringBack({ kind: 'failed', reason: 'crashed', detail: SAID, ...facts });
    expect(outcome).toMatchObject({ detail: CLEAN });
  });
});
