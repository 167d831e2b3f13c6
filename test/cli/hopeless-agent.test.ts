/** Agents that cannot be started as they are: shown with what they say, and not tried again and again. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openThinking, type Thinking } from './thinking.ts';

const LIMITS = { limits: 'max_retries: 2, retry_backoff: 0s' };
const USAGE = `console.error('error: unknown option --acp'); console.error('usage: agent [--help]'); process.exit(2);`;

async function countInvocations(thinking: Thinking): Promise<number> {
  const { out } = await thinking.baton('log', '--json');
  return out.split('\n').filter((line) => line.includes('"invocation_started"')).length;
}

function addProfile({ dir }: Thinking, body: string): string[] {
  const program = join(dir, 'agent', 'program.mjs');
  writeFileSync(program, body);
  const folder = join(dir, '.config/baton/profiles');
  mkdirSync(folder, { recursive: true });
  const command = JSON.stringify([process.execPath, program]);
  writeFileSync(join(folder, 'mine.yaml'), `name: mine\ntitle: Mine\ncommand: ${command}\n`);
  return ['--workflow', 'thinking.yaml', '--profile', 'mine', '--auth', 'key', '--yes'];
}

describe('an agent that ends at once with how it is to be used', () => {
  it('is tried once over ACP, and a person is shown its last lines', async () => {
    using thinking = openThinking(undefined, LIMITS);
    const flags = addProfile(thinking, USAGE);
    const { code, out, err } = await thinking.baton('run', 'Think', ...flags);
    expect(code, err).toBe(4);
    expect(await countInvocations(thinking)).toBe(1);
    for (const shown of [out, err]) expect(shown).toContain('error: unknown option --acp');
    expect(out).toContain('cannot be started as it is');
  });

  it('is tried once as a command', async () => {
    using thinking = openThinking(USAGE, LIMITS);
    const { code, out } = await thinking.baton('run', 'Think', '--yes', ...thinking.flags);
    expect([code, await countInvocations(thinking)]).toEqual([4, 1]);
    expect(out).toContain('usage: agent [--help]');
  });

  it('and one that ends for another reason is tried again', async () => {
    using thinking = openThinking(undefined, LIMITS);
    const flags = addProfile(thinking, `console.error('the socket hung up'); process.exit(1);`);
    const { code, err } = await thinking.baton('run', 'Think', ...flags);
    expect([code, await countInvocations(thinking)]).toEqual([4, 3]);
    expect(err).toContain('the socket hung up');
  });
});
