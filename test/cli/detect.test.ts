/** `baton detect` as people and programs call it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takesPlan, untilPlan } from '../../src/core/graph/plan-graphs.ts';
import { LAST_SEAT, SEATS, SUITS } from '../../src/intake/seats.ts';
import { detectRequest } from '../../src/intake/detect-request.ts';
import { listBuiltinWorkflows } from '../../src/definitions/builtin.ts';
import {
  detectionJsonSchema,
  detectionSchema,
  SPECIALISTS,
  WORKFLOW_NAMES,
} from '../../src/intake/detection.ts';
import { policySentence } from '../../src/intake/policy.ts';
import { chooseWorkflow, requireDefinitions } from '../../src/cli/start/definitions-here.ts';
import { ALL_EXAMPLES } from '../../src/intake/testing/examples.ts';
import { PLAIN_REQUESTS } from '../../src/intake/testing/plain-requests.ts';
import { openCli } from '../../src/cli/testing/captured-context.ts';
import { openThinking } from './thinking.ts';

const REQUEST = 'Implement an API for invoices with tests';

describe('baton detect', () => {
  it('R5: prints one document of the published form, the policy among its reasons', async () => {
    using cli = openCli();
    const { code, out, err } = await cli.run('detect', REQUEST, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const detection = detectionSchema.parse(JSON.parse(out));
    expect(Object.keys(JSON.parse(out))).toEqual([
      'triggered',
      'pattern',
      'topics',
      'mode',
      'workflow',
      'effort',
      'specialist',
      'reasons',
      'questions',
    ]);
    expect(detection).toMatchObject({ pattern: 'implement_for', topics: ['rest'], mode: 'orchestrated' });
    expect(detection.reasons.join('\n')).toMatch(/Policy: \S+ asks first; no agent starts before/);
  });

  it('R5: takes the policy from the workflow that the request would go to', async () => {
    using cli = openCli();
    const { out } = await cli.run('detect', `Use the six-phase workflow to ${REQUEST.toLowerCase()}`);
    expect(out).toContain('Policy: six-phase launches at once; no confirmation is asked for.');
    expect(out).toContain('`baton run --workflow six-phase --effort medium "…"` starts it');
  });

  it('R5: tells people what was detected, why, and what would happen', async () => {
    using cli = openCli();
    const { code, out } = await cli.run('detect', REQUEST);
    expect(code).toBe(0);
    expect(out).toContain('Backend request, orchestrated');
    expect(out).toContain('implement_for');
    expect(out).toContain('Policy: ');
    expect(out).toContain('baton run');
  });

  it('R3: says which six forms there are where a request has none of them', async () => {
    using cli = openCli();
    const { out } = await cli.run('detect', 'Fix the add function: it subtracts');
    expect(out).toContain('Backend request, one kind of work');
    expect(out.replaceAll(/\s+/g, ' ')).toContain(
      'none of the six forms (implement an API for …, build a backend, I need an API, add … to the backend, create types for …, integrate …)',
    );
  });

  it('R5: says of a repair who works on it in the run, and that is who does', async () => {
    using cli = openCli();
    const bug = 'Fix the add function: it subtracts';
    const recipe = ['unit-testing-agent', 'feature-implementation-agent', 'unit-testing-agent'];
    const { out } = await cli.run('detect', bug, '--json');
    const detection = detectionSchema.parse(JSON.parse(out));
    expect(detection).toMatchObject({ mode: 'direct', effort: 'bugfix', agents: recipe });
    expect(detection.reasons).toContain(`Who works: ${recipe.join(', then ')}; others as they are needed.`);
    expect(detection.reasons.join('\n')).not.toContain('straight');
    expect((await cli.run('detect', bug)).out).toContain(
      `Backend request, one kind of work: ${recipe.join(', then ')}`,
    );

    using thinking = openThinking();
    const ask = thinking.flags.slice(thinking.flags.indexOf('--agent-command'));
    const run = await thinking.baton('run', bug, ...ask);
    expect(run.code, run.err).toBe(4);
    expect(run.err.replaceAll(/\s+/g, ' ')).toContain(
      `detected: backend work of one kind, by ${recipe.join(', then ')};`,
    );
    const [first = ''] = (await thinking.baton('log', '--json')).out.split('\n', 1);
    const event = JSON.parse(first);
    expect(event).toMatchObject({ graph: { workflow: 'baton' }, detection: { agents: recipe } });
    expect(event.detection.reasons).toEqual(expect.arrayContaining([expect.stringContaining('Who works: ')]));
  });

  it('R5: says of small work that it goes straight to its specialist, which another effort changes', async () => {
    using cli = openCli();
    const request = 'Add a nullable column to the orders table';
    const specialist = 'feature-implementation-agent';
    const { out } = await cli.run('detect', request, '--json');
    expect(JSON.parse(out)).toMatchObject({
      mode: 'direct',
      effort: 'small',
      specialist,
      agents: [specialist],
    });
    expect(out).toContain(`it goes straight to ${specialist}`);
    expect((await cli.run('detect', request)).out).toContain(`one specialist: ${specialist}`);

    using thinking = openThinking();
    const ask = thinking.flags.slice(thinking.flags.indexOf('--agent-command'));
    const straight = await thinking.baton('run', request, ...ask);
    expect(straight.err).toContain(`backend work for one specialist (${specialist})`);
    const raised = await thinking.baton('run', request, '--effort', 'medium', ...ask);
    expect(raised.err.replaceAll(/\s+/g, ' ')).toContain(
      'backend work of one kind, by backend-task-summarizer, then existing-functionality-agent',
    );
  });

  it('R3: says what is not for Baton and why, and exits 0 all the same', async () => {
    using cli = openCli();
    const { code, out } = await cli.run('detect', 'How do I build an API for orders?');
    expect(code).toBe(0);
    expect(out).toContain('No backend request');
    expect(out).toContain('This is a question');
    expect(out).not.toContain('Policy');
  });

  it('R63: names the frontend part that is spun off', async () => {
    using cli = openCli();
    const { out } = await cli.run('detect', 'Add an endpoint for avatars and a React page to upload them');
    expect(out).toContain('spun off');
  });

  it('reads a file, and refuses none, two and an empty one with exit 2', async () => {
    using cli = openCli();
    writeFileSync(join(cli.dir, 'REQUEST.md'), `# Wanted\n\n- ${REQUEST}\n`);
    writeFileSync(join(cli.dir, 'empty.md'), ' \n');
    const read = await cli.run('detect', '--file', 'REQUEST.md', '--json');
    expect(JSON.parse(read.out)).toMatchObject({ triggered: true, pattern: 'implement_for' });
    for (const argv of [
      [],
      [''],
      ['--file', 'empty.md'],
      ['--file', 'none.md'],
      [REQUEST, '--file', 'REQUEST.md'],
    ]) {
      const { code, out, err } = await cli.run('detect', ...argv);
      expect({ code, out }, argv.join(' ')).toEqual({ code: 2, out: '' });
      expect(err).toMatch(/E_USAGE .*\n {2}fix: /);
    }
    expect((await cli.run('detect')).err).toContain('baton detect "Add');
  });

  it('UI-3: shows control characters of a text as their codes', async () => {
    using cli = openCli();
    const { out } = await cli.run('detect', 'Implement an API for \u001b[31morders');
    expect(out).toContain('\\x1b[31morders');
    expect(out).not.toContain('\u001b');
  });

  it('starts nothing and needs no repository and no store', async () => {
    using cli = openCli();
    await cli.run('detect', REQUEST);
    expect((await cli.run('runs')).err).toContain('There is no .baton folder');
  });
});

describe('the policy at the start', () => {
  it.each(['confirm', 'launch'] as const)(
    'R5: a run records the choice that its workflow makes: %s',
    async (start) => {
      using thinking = openThinking();
      const file = join(thinking.repo, 'thinking.yaml');
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace('version: 1\n', `version: 1\nstart: ${start}\n`),
      );
      const run = await thinking.baton('run', REQUEST, ...thinking.flags);
      expect(run.code, run.err).toBe(start === 'confirm' ? 4 : 0);
      const log = await thinking.baton('log', '--json');
      const events = log.out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(events[0]).toMatchObject({ type: 'run_started', graph: { start } });
      expect(events.some(({ type }) => type === 'invocation_started')).toBe(start === 'launch');
      expect(policySentence({ workflow: 'thinking', start })).toContain(
        start === 'confirm' ? 'thinking asks first' : 'thinking launches at once',
      );
      const { triggered, mode, pattern, topics, effort, specialist, reasons } = detectRequest(REQUEST);
      const seen = { triggered, mode, pattern, topics, effort, specialist, reasons };
      expect(events[0].detection).toEqual({ ...seen, policy: start });
      const said = start === 'confirm' ? 'policy: a person confirms first' : 'policy: it launches at once';
      expect(run.err.replaceAll(/\s+/g, ' ')).toMatch(new RegExp(`detected: backend work .*${said}`));
      expect((await thinking.baton('report')).out).toMatch(
        new RegExp(`## Detection\n\n- detected: .*${said}`),
      );
    },
  );

  it.each(['Add tags to notes', 'Füge Tags hinzu'])(
    'R5: what is only not recognised runs as the workflow says, and says so: %s',
    async (request) => {
      using thinking = openThinking();
      const file = join(thinking.repo, 'thinking.yaml');
      writeFileSync(file, readFileSync(file, 'utf8').replace('version: 1\n', 'version: 1\nstart: launch\n'));
      const run = await thinking.baton('run', request, ...thinking.flags);
      expect(run.code, run.err).toBe(0);
      expect(run.err.replaceAll(/\s+/g, ' ')).toContain('nothing was recognised in the words');
      const report = (await thinking.baton('report')).out;
      expect(report).toContain('Nothing was recognised, which speaks for nobody else');
      expect(report).not.toContain('does not look like a request for Baton');
    },
  );

  it('R5: a request for somebody else is asked about, whatever the workflow and --yes say, and starts for who answers', async () => {
    using thinking = openThinking();
    const file = join(thinking.repo, 'thinking.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('version: 1\n', 'version: 1\nstart: launch\n'));
    const asked = await thinking.baton('run', 'Make the buttons of the landing page blue', ...thinking.flags);
    expect(asked.code, asked.err).toBe(4);
    expect(asked.out).toContain('This does not look like a request for Baton: This is frontend work');
    const log = await thinking.baton('log', '--json');
    const events = log.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events[0].detection).toMatchObject({ mode: 'elsewhere', policy: 'confirm' });
    expect(events.map(({ type }) => type)).not.toContain('invocation_started');
    expect((await thinking.baton('cancel')).code).toBe(0);
    const scripted = await thinking.baton('run', 'What does the store do?', '--yes', ...thinking.flags);
    expect(scripted.code, scripted.err).toBe(4);
    expect(scripted.err).toContain('note: --yes does not start what does not look like a request for Baton');
    expect(scripted.out).toContain('This does not look like a request for Baton');
    expect((await thinking.baton('log')).out).not.toContain('invocation_started');
    const told = await thinking.baton('approve');
    expect(told.code, told.err).toBe(0);
  });
});

it('R6: names only agents that the workflow it names has', () => {
  const seats = new Map(
    listBuiltinWorkflows().map(({ name }) => {
      const { graph } = requireDefinitions(chooseWorkflow(name, import.meta.dirname));
      return [name, Object.keys(graph.agents)] as const;
    }),
  );
  const direct = [...ALL_EXAMPLES, ...PLAIN_REQUESTS].flatMap(({ text }) => {
    const { workflow, specialist } = detectRequest(text);
    return specialist === null || workflow === null ? [] : [{ text, workflow, specialist }];
  });
  expect(direct.length).toBeGreaterThan(SPECIALISTS.length);
  for (const { text, workflow, specialist } of direct)
    expect(seats.get(workflow), text).toContain(specialist);
});

describe('the names in the rules', () => {
  const graphOf = (name: string) => requireDefinitions(chooseWorkflow(name, import.meta.dirname)).graph;

  it('are the built-in workflows, all of them', () => {
    expect([...WORKFLOW_NAMES].sort()).toEqual(listBuiltinWorkflows().map((each) => each.name));
  });

  it.each([...SEATS, LAST_SEAT])('R6: $agent sits in $workflow', ({ agent, workflow }) => {
    expect(Object.keys(graphOf(workflow).agents)).toContain(agent);
  });

  it('R6: give every specialist a seat', () => {
    expect(new Set([...SEATS, LAST_SEAT].map(({ agent }) => agent))).toEqual(new Set(SPECIALISTS));
  });

  it('suit what they are named for: an own plan, a plan alone, a review after each agent, anything', () => {
    expect(takesPlan(graphOf(SUITS.given_plan))).toBe('only');
    expect(untilPlan(graphOf(SUITS.plan_alone))).not.toBeNull();
    const agents = graphOf(SUITS.review_after_each).steps.filter(({ work }) => work.kind === 'agent');
    expect(agents.filter(({ reviewers }) => reviewers.length === 0)).toEqual([]);
    expect(chooseWorkflow(undefined, import.meta.dirname).name).toBe(SUITS.anything);
  });
});

it('schemas/detection.schema.json is the form that is checked', () => {
  const file = new URL('../../schemas/detection.schema.json', import.meta.url);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject(detectionJsonSchema());
});
