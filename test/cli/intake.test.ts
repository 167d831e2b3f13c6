/** What the words of a request mean for its run: what is spun off, which workflow is taken, what is asked first. */
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

/** Without a workflow: the words of the request lead to one. */
const flagsOf = ({ flags }: Thinking): string[] => flags.slice(flags.indexOf('--agent-command'));

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
    const record = readdirSync(forge).find((name) => name.endsWith('.json')) ?? '';
    expect(readFileSync(join(forge, record), 'utf8')).toContain(
      `Not part of this run, to be followed up:\\n- ${SPUN_OFF}`,
    );
  });

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
  });

  it('R63: is nothing where all of the request is backend work', async () => {
    using thinking = openBuilding('Not yours');
    const asked = await thinking.baton('run', 'Add an endpoint for avatars', ...thinking.flags);
    expect(asked.err + asked.out).not.toMatch(/not part of this run/i);
    expect((await eventsOf(thinking))[0]?.['detection']).not.toHaveProperty('spun_off');
    expect((await thinking.baton('report')).out).not.toContain('Follow-up');
  });
});

describe('the workflow that the words lead to', () => {
  const NAMED = 'Use the review-gated workflow to build an API for tickets';

  it.each([NAMED, 'Build an API for tickets, reviewed after every step'])(
    'R5: is taken, and said: %s',
    async (request) => {
      using thinking = openThinking();
      const run = await thinking.baton('run', request, ...flagsOf(thinking));
      expect(run.code, run.err).toBe(4);
      expect(run.err.replaceAll(/\s+/g, ' ')).toContain('workflow review-gated by its words');
      const [started] = await eventsOf(thinking);
      expect(started).toMatchObject({
        graph: { workflow: 'review-gated' },
        detection: { workflow: 'review-gated', policy: 'confirm' },
      });
      expect((await thinking.baton('report')).out).toContain('workflow review-gated by its words');
    },
  );

  it('R5: launches at once where that workflow says so', async () => {
    using thinking = openThinking(`process.exit(1);`);
    const six = NAMED.replace('review-gated', 'six-phase');
    await thinking.baton('run', six, ...flagsOf(thinking));
    const events = await eventsOf(thinking);
    expect(events[0]).toMatchObject({ graph: { workflow: 'six-phase', start: 'launch' } });
    expect(events.some(({ type }) => type === 'invocation_started')).toBe(true);
  });

  it('R5: is not taken where a flag or baton.yaml names one, the flag before the file', async () => {
    using thinking = openThinking();
    writeFileSync(join(thinking.repo, 'baton.yaml'), 'workflow: thinking.yaml\n');
    const run = await thinking.baton('run', NAMED, ...flagsOf(thinking));
    expect(run.code, run.err).toBe(4);
    expect(run.err).not.toContain('review-gated by its words');
    const [started] = await eventsOf(thinking);
    expect(started).toMatchObject({ graph: { workflow: 'thinking' } });
    expect(started?.['detection']).not.toHaveProperty('workflow');
    await thinking.baton('run', NAMED, '--workflow', 'specialists', ...flagsOf(thinking));
    expect((await eventsOf(thinking))[0]).toMatchObject({ graph: { workflow: 'specialists' } });
  });

  it('R5, R18: is not taken where it starts from a plan and there is none, which is said', async () => {
    using thinking = openThinking();
    const request = 'Implement the plan in docs/plan.md for the search service';
    const run = await thinking.baton('run', request, ...flagsOf(thinking));
    expect(run.code, run.err).toBe(4);
    const [started] = await eventsOf(thinking);
    expect(started).toMatchObject({ graph: { workflow: 'baton' } });
    expect(run.err).toContain('note: The run takes baton: the workflow implementer starts from a plan only');
    expect((await thinking.baton('report')).out).toContain(
      'The run takes baton: the workflow implementer starts from a plan only, and none was given',
    );
  });
});

describe('what is worth knowing before the start', () => {
  it('R2: that one specialist does it, why, and how to have the whole workflow instead', async () => {
    using thinking = openThinking();
    const run = await thinking.baton(
      'run',
      'Add a nullable column to the orders table',
      ...flagsOf(thinking),
    );
    expect(run.code, run.err).toBe(4);
    for (const said of [run.err, run.out])
      expect(said.replaceAll(/\s+/g, ' ')).toContain(
        'Effort small: the words of the request say so, so one specialist does it: nobody writes requirements, so no criterion is held against tests. Start with `--effort medium` for the whole workflow baton.',
      );
  });

  it('R2: lists the phases once, with their agents; who asks for the status gets them with the question', async () => {
    using thinking = openThinking();
    const run = await thinking.baton('run', 'Build an API for tickets', ...flagsOf(thinking));
    expect(run.code, run.err).toBe(4);
    const said = run.err + run.out;
    expect(said.match(/Submission/g)).toHaveLength(1);
    expect(run.err).toMatch(/Submission\n +. A pull request[^\n]*\n +submission-agent/);
    expect(run.out).toMatch(/Workflow baton, \d+ phases, as listed above\./);
    expect(run.out).toContain('Request: Build an API for tickets');
    expect((await thinking.baton('status')).out).toContain('8. Submission: A pull request');
    expect((await thinking.baton('resume')).out).toContain('8. Submission: A pull request');
    const document = await thinking.baton('run', 'Build an API for tickets', '--json', ...flagsOf(thinking));
    expect(document.out).toContain('8. Submission: A pull request');
  });

  const REQUEST_WITHOUT_MUCH = 'Add authentication to the backend';
  const SIGNING_IN =
    'Which way of signing in is meant (passwords, tokens, single sign-on), and who may do what?';

  it('R1: is asked with the confirmation, and the words of the answer reach every agent with the question', async () => {
    using thinking = openThinking(tellPart('Remarks'));
    const run = await thinking.baton('run', REQUEST_WITHOUT_MUCH, ...thinking.flags);
    expect(run.code, run.err).toBe(4);
    expect(run.out.replaceAll(/\s+/g, ' ')).toContain(
      `Worth answering first, in the words that you add when you start: - What shall it do, for whom, and with which data? - ${SIGNING_IN}`,
    );
    const words = 'Passwords only; staff may do everything.';
    const answered = await thinking.baton('answer', 'confirm_start', 'confirm', '--text', words);
    expect(answered.code, answered.err).toBe(0);
    const events = await eventsOf(thinking);
    expect(events[0]).toMatchObject({ detection: { questions: [expect.any(String), SIGNING_IN] } });
    const summaries = events.flatMap(({ type, outcome }) =>
      type === 'invocation_ended' || type === 'review_ended' ? [JSON.stringify(outcome)] : [],
    );
    expect(summaries.length).toBeGreaterThan(3);
    for (const summary of summaries) {
      expect(summary).toContain('Remarks of that person Asked before the start: - What shall it do');
      expect(summary).toContain(words);
    }
    expect((await thinking.baton('report')).out).toContain(
      '- asked before the start: Which way of signing in',
    );
  });

  it.each(['launch', '--yes'])('R1: is noted where nobody is asked: %s', async (how) => {
    using thinking = openThinking();
    const file = join(thinking.repo, 'thinking.yaml');
    const text = readFileSync(file, 'utf8');
    if (how === 'launch') writeFileSync(file, text.replace('version: 1\n', 'version: 1\nstart: launch\n'));
    const flags = how === '--yes' ? ['--yes', ...thinking.flags] : thinking.flags;
    const run = await thinking.baton('run', REQUEST_WITHOUT_MUCH, ...flags);
    expect(run.code, run.err).toBe(0);
    expect(run.err.replaceAll(/\s+/g, ' ')).toContain(`not asked: ${SIGNING_IN}`);
    expect((await thinking.baton('report')).out).toContain('- worth knowing, and not asked: Which way of');
  });
});
