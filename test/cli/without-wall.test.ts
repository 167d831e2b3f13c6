/** That nothing held agents back is never to be looked for. */
import { expect, it } from 'vitest';
import { openWall } from '../../src/workspace/wall/open-wall.ts';
import { openThinking } from './thinking.ts';

const HAS_WALL = (await openWall({ mode: 'auto', path: process.env['PATH'] ?? '' })).wall.kind !== 'off';
const SAID: Record<string, RegExp> = {
  md: /\*\*without a wall\*\*/,
  json: /"sandbox": ?"off"/,
  html: /Agents and gates ran without a wall/,
  s1: /^> \*\*Without a wall\*\*: agents and gates ran/,
  s2: /"summary": ?"done \([^"]*, without a wall: Think/,
  s3: /^> \*\*Without a wall\*\*: agents and gates ran/,
  s4: /^> \*\*Without a wall\*\*: agents and gates ran/,
};

it.each(HAS_WALL ? (['required', 'off'] as const) : (['off'] as const))(
  'PRIV-12: every format of the report says where agents ran without a wall, and none says it of others (--sandbox %s)',
  async (sandbox) => {
    using thinking = openThinking();
    const { code, err } = await thinking.baton(
      'run',
      'Think',
      '--yes',
      '--sandbox',
      sandbox,
      ...thinking.flags,
    );
    expect(code, err).toBe(0);
    for (const [format, said] of Object.entries(SAID)) {
      const { out } = await thinking.baton('report', '--format', format);
      expect(said.test(out), `${format}: ${out}`).toBe(sandbox === 'off');
    }
  },
);
