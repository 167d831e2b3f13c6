import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../src/core/events.ts';
import { openCli, type Cli } from '../../src/cli/testing/captured-context.ts';
import { call, submit } from '../../src/drivers/in-process/testing/played-model.ts';
import {
  openFakeModel,
  type FakeCall,
  type FakeModel,
  type FakeReply,
} from '../../src/testing/fake-model/fake-model.ts';
import { notesService } from '../../src/testing/realistic.ts';
import { createRepository, git } from '../../src/testing/rig.ts';
import { eventsOf } from '../engine/plays.ts';

const WORKFLOW = `name: small
version: 1
start: launch
pause: never
review: { by: [code-review] }
phases:
  - id: implement
    gates: full
    steps:
      - agent: feature-implementation-agent
  - id: submit
    steps:
      - submit: true
`;
const GATES = `repos:
  notes-service:
    modules:
      - path: .
        gates:
          - { name: tests, command: node --test, reporter: node }
`;
const RIGHT = "({ error: { code: error.code ?? 'internal', message: error.message } })";
const BROKEN = '({ error: error.code, message: error.message })';
const TAGGED = 'return { title: title.trim(), text, tags: input.tags ?? [] };';

/** What the model does in each conversation of the implementer, one call after the other. */
const WORK: FakeReply[][] = [
  [
    call('search', { pattern: 'title.trim', path: 'notes-service/src' }),
    call('edit', {
      path: 'notes-service/src/validate.js',
      old: 'return { title: title.trim(), text };',
      new: TAGGED,
    }),
    call('edit', { path: 'notes-service/src/errors.js', old: RIGHT, new: BROKEN }),
    submit({ status: 'complete' }),
    submit({ status: 'complete', summary: 'notes have tags', claims: { files: [], tests_passed: true } }),
  ],
  [
    call('execute', { command: 'cd notes-service && node --test' }),
    call('edit', { path: 'notes-service/src/errors.js', old: BROKEN, new: RIGHT }),
    submit({ status: 'complete', summary: 'the shape of errors is back' }),
  ],
];
const PASS = { status: 'complete', summary: 'read it', verdict: 'pass', findings: [], resolved: [] };

/** Reviewers pass; the implementer breaks something first, and mends it when it hears of it. */
function createPlay(): (asked: FakeCall) => FakeReply {
  let conversations = 0;
  return (asked) => {
    const mayEdit = asked.tools.some(({ name }) => name === 'edit');
    const calls = asked.turns.filter(({ role }) => role === 'assistant').length;
    if (!mayEdit) return submit(PASS);
    if (calls === 0) conversations += 1;
    return WORK[conversations - 1]?.[calls] ?? { kind: 'answer', text: 'nothing to do' };
  };
}

describe('a run whose agents are models in this process', () => {
  let cli: Cli;
  let model: FakeModel;
  let repo: string;
  beforeEach(async () => {
    cli = openCli({ LOCAL_KEY: 'sk-of-the-user' });
    model = await openFakeModel({ script: createPlay() });
    const files = { ...notesService(), 'baton.yaml': GATES, 'small.yaml': WORKFLOW };
    repo = createRepository(join(cli.dir, 'notes-service'), files);
    cli.context.cwd = repo;
  });
  afterEach(async () => {
    await model[Symbol.asyncDispose]();
    cli[Symbol.dispose]();
  });

  const configure = (text: string): void => {
    appendFileSync(join(repo, 'baton.yaml'), text);
    git(repo, 'add', '-A');
    git(repo, '-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit', '-q', '-m', 'Configure');
  };
  const provider = () =>
    `providers:\n  local: { kind: openai_compatible, base_url: "${model.url}/v1", key_env: LOCAL_KEY, price: { input: 1, output: 1 } }\n`;

  it('edits, is sent back by the gates, reworks with the stronger model, and ends in a pull request', async () => {
    configure(
      `${provider()}agents:\n  driver: in-process\n  model: local/usual\n  roles: { reviewer: { model: local/careful, reasoning: high } }\n  from_rework: { round: 1, model: local/strong }\n`,
    );
    const { code, out, err } = await cli.run(
      'run',
      'Add tags',
      '--workflow',
      'small.yaml',
      '--yes',
      '--json',
    );
    expect(code, err).toBe(0);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as JournalEvent['event']); // the command's own format
    expect(lines.at(-1)).toMatchObject({ status: 'done', pull_requests: [{ repo: 'notes-service' }] });
    const events = lines.slice(0, -1).map((event) => ({ event }) as JournalEvent);
    const started = eventsOf(events, 'invocation_started').map(({ round, identity }) => [
      round,
      identity.model,
      identity.label,
    ]);
    expect(started).toEqual([
      [1, 'local/usual', 'model, local/usual'],
      [2, 'local/strong', 'model, local/strong'],
    ]);
    const reviews = eventsOf(events, 'review_started').map(({ identity }) => identity);
    expect(reviews.length).toBeGreaterThan(0);
    for (const identity of reviews)
      expect(identity).toMatchObject({ model: 'local/careful', reasoning: 'high' });
    expect(new Set(model.calls.map((each) => each.model))).toEqual(new Set(['usual', 'strong', 'careful']));
    const rework = model.calls.find((each) => each.model === 'strong');
    expect(JSON.stringify(rework?.turns[0])).toContain('finding');
    const [first] = eventsOf(events, 'invocation_ended');
    expect(first?.usage).toMatchObject({ model_calls: 5 });
    expect(first?.usage.cost_usd).toBeGreaterThan(0);
    // The repository is untouched; the change is in the pull request.
    expect(readFileSync(join(repo, 'src/validate.js'), 'utf8')).not.toContain('tags');
    const shown = `${out}${err}${JSON.stringify(model.calls.map((each) => each.body))}`;
    expect(shown).not.toContain('sk-of-the-user');
    expect(model.calls[0]?.headers['authorization']).toBe('Bearer sk-of-the-user');
    const report = await cli.run('report');
    expect(report.out).toContain('model, local/strong');
  });

  it('does not start without a model, without its key, or with a provider that nobody knows', async () => {
    configure(provider());
    const start = ['run', 'Add tags', '--workflow', 'small.yaml', '--driver', 'in-process', '--yes'];
    const nothing = await cli.run(...start);
    expect(nothing.code).toBe(2);
    expect(nothing.err).toContain('No model is named for code-review, feature-implementation-agent');
    expect(nothing.err).toContain('--model PROVIDER/NAME');
    const keyless = await cli.run(...start, '--model', 'anthropic/claude-x');
    expect(keyless.code).toBe(2);
    expect(keyless.err).toContain('export ANTHROPIC_API_KEY=');
    const unknown = await cli.run(...start, '--model', 'nobody/x');
    expect(unknown.err).toContain('there are anthropic, openai, google, local');
    expect(model.calls).toEqual([]);
  });
});
