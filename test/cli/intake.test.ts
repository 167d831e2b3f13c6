/** What the words of a request mean for its run: what is spun off. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { git } from '../../src/testing/rig.ts';
import { openThinking, type Thinking } from './thinking.ts';

const REQUEST = 'Add an endpoint for avatars and a settings page to upload them';
const SPUN_OFF = 'a settings page to upload them';

/** Says the part of its prompt that begins so, in one line. */
const tellPart = (title: string): string => `
const part = order.prompt.split('\\n## ').find((each) => each.startsWith('${title}')) ?? 'no such part';
const summary = part.replaceAll(/\\s+/g, ' ').trim();
if (order.role === 'reviewer') print({ verdict: 'pass', findings: [], summary });
else {
  if (order.access === 'write') writeFileSync(order.workspace.repos[0].path + '/avatars.txt', 'here');
  print({ summary });
}`;

const BUILDING = `name: thinking
version: 1
review: { by: [judge] }
phases:
  - { id: build, title: Build, deliverable: An endpoint, steps: [{ agent: builder }] }
  - { id: submit, title: Submit, steps: [{ submit: true }] }
`;

function openBuilding(title: string): Thinking {
  const thinking = openThinking(tellPart(title));
  writeFileSync(join(thinking.repo, 'thinking.yaml'), BUILDING);
  writeFileSync(
    join(thinking.repo, 'agents/builder.md'),
    '---\nname: builder\ndescription: Builds.\nrole: specialist\n---\nBuild well.\n',
  );
  git(thinking.repo, 'add', '-A');
  git(thinking.repo, '-c', 'user.name=Ada', '-c', 'user.email=a@example.org', 'commit', '-qm', 'Builds');
  return thinking;
}

interface Line {
  type: string;
  [key: string]: unknown;
}

async function eventsOf(thinking: Thinking): Promise<Line[]> {
  const { out } = await thinking.baton('log', '--json');
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('frontend work that a request asks for as well', () => {
  it('R63: is an item of its own from the confirmation to the pull request, and no agent is to do it', async () => {
    using thinking = openBuilding('Not yours');
    const asked = await thinking.baton('run', REQUEST, ...thinking.flags);
    expect(asked.code, asked.err).toBe(4);
    expect(asked.err).toContain(`not part of this run: ${SPUN_OFF}`);
    expect(asked.out).toMatch(
      new RegExp(`Not part of this run, to be followed up by itself:\\n +- ${SPUN_OFF}`),
    );
    expect((await thinking.baton('status')).out).toContain(`to be followed up:\n  ${SPUN_OFF}`);
    const answered = await thinking.baton('approve');
    expect(answered.code, answered.err).toBe(0);

    const events = await eventsOf(thinking);
    expect(events[0]).toMatchObject({ detection: { spun_off: [SPUN_OFF] } });
    const told = `Not yours: the request names it too, it is followed up by itself, and nobody in this run does or asks for it - ${SPUN_OFF}`;
    const worked = events.filter(({ type }) => type === 'invocation_ended');
    const reviewed = events.filter(({ type }) => type === 'review_ended');
    expect(worked.length).toBeGreaterThan(0);
    expect(reviewed.length).toBeGreaterThan(0);
    for (const event of worked)
      expect(event).toMatchObject({ outcome: { result: { summary: expect.stringContaining(told) } } });
    for (const event of reviewed)
      expect(event).toMatchObject({ outcome: { review: { summary: expect.stringContaining(told) } } });

    const forge = join(thinking.dir, 'state/forge/repo');
    const [record = ''] = readdirSync(forge);
    expect(readFileSync(join(forge, record), 'utf8')).toContain(
      `Not part of this run, to be followed up:\\n- ${SPUN_OFF}`,
    );
  }, 120_000);

  it('R63: stands in every format of the report, also before an agent worked', async () => {
    using thinking = openBuilding('Not yours');
    await thinking.baton('run', REQUEST, ...thinking.flags);
    for (const format of ['md', 's1', 's3', 's4'])
      expect((await thinking.baton('report', '--format', format)).out, format).toContain(
        `## Follow-up items (not part of this run)\n\n- ${SPUN_OFF}\n`,
      );
    const html = (await thinking.baton('report', '--format', 'html')).out;
    expect(html).toMatch(new RegExp(`Follow-up items \\(not part of this run\\)[\\s\\S]{0,200}${SPUN_OFF}`));
    const json = JSON.parse((await thinking.baton('report', '--json')).out) as { follow_ups: string[] };
    expect(json.follow_ups).toEqual([SPUN_OFF]);
    const six = JSON.parse((await thinking.baton('report', '--format', 's2')).out) as {
      next_steps: string[];
    };
    expect(six.next_steps.at(-1)).toBe(`follow up, not part of this run: ${SPUN_OFF}`);
    const status = JSON.parse((await thinking.baton('status', '--json')).out) as { follow_ups: string[] };
    expect(status.follow_ups).toEqual([SPUN_OFF]);
  }, 60_000);

  it('R63: is nothing where all of the request is backend work', async () => {
    using thinking = openBuilding('Not yours');
    const asked = await thinking.baton('run', 'Add an endpoint for avatars', ...thinking.flags);
    expect(asked.err + asked.out).not.toMatch(/not part of this run/i);
    expect((await eventsOf(thinking))[0]?.['detection']).not.toHaveProperty('spun_off');
    expect((await thinking.baton('report')).out).not.toContain('Follow-up');
  }, 60_000);
});
