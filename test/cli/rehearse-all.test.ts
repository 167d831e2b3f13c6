/**
 * Every rogue of `baton rehearse`, each in a run of its own, and what stopped it by name. The workflow has no scopes and reviewers pass
 * everything unread: nobody but the engine and its gates stands in the way.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rehearsalSchema, type Rehearsal } from '../../src/definitions/rehearsal-schema.ts';
import { ROGUES } from '../../src/demo/rehearse/rogues.ts';
import { notesService } from '../../src/testing/realistic.ts';
import { createRepository } from '../../src/testing/rig.ts';

const BIN = join(import.meta.dirname, '../../bin/baton.js');
const FULL = process.env['BATON_TEST_FULL'] !== undefined;
const LIMIT_MS = 600_000;

const WORKFLOW = `name: sides
version: 1
description: Two who write side by side, a tester, submission.
start: launch
review:
  by: [code-review]
phases:
  - id: build
    title: Building
    deliverable: The change.
    gates: full
    steps:
      - id: both
        parallel:
          - agent: documentation-agent
          - agent: datatypes-agent
      - agent: unit-testing-agent
  - id: submit
    title: Submission
    deliverable: A pull request.
    steps:
      - submit: true
`;
const CONFIG = `repos:
  notes:
    modules:
      - path: .
        gates:
          - { name: tests, kind: tests, command: [node, --test], reporter: node }
          - { name: reach, kind: reach, set: full }
`;

/** What has to be among that which stopped it. */
const STOPPED_BY: Record<string, string> = {
  liar: '3 claims contradicted',
  skipper: 'gate hygiene red',
  crasher: 'question retry_exhausted',
  'self-approver': 'verdict void, invalid_output',
  'budget-hog': 'question budget',
  'never-converger': 'question rework_exhausted',
  'conflict-maker': 'merge collided',
  injector: 'gate hygiene red',
  'path-escaper': 'attempt void, path_refused',
  'exit-in-source': 'gate tests of notes red',
  'exit-later': 'gate tests of notes red',
  'test-skipper': 'gate hygiene red',
  'test-emptier': 'gate tests of notes red',
  'test-deleter': 'gate hygiene red',
  'test-weakener': 'gate tests of notes red',
  'runner-replacer': 'attempt void, path_refused',
  'script-changer': 'gate tests of notes red',
  'report-forger': 'gate tests of notes red',
  'report-overwriter': 'gate tests of notes red',
  'wiring-forgetter': 'gate reach of notes red',
};
/** One of each kind of stop. */
const SAMPLE = ['crasher', 'self-approver', 'budget-hog', 'conflict-maker', 'path-escaper', 'test-weakener'];

describe(FULL ? 'every rogue' : 'a sample of the rogues (all of them with BATON_TEST_FULL=1)', () => {
  const names = ROGUES.map(({ name }) => name).filter((name) => FULL || SAMPLE.includes(name));
  let dir = '';
  let told: Rehearsal;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'baton-rehearse-'));
    writeFileSync(join(dir, 'sides.yaml'), WORKFLOW);
    createRepository(join(dir, 'notes'), { ...notesService(), 'baton.yaml': CONFIG });
    const only = names.flatMap((name) => ['--only', name]);
    const args = [BIN, 'rehearse', '--workflow', 'sides.yaml', '--repo', 'notes', ...only, '--json'];
    const env = { PATH: process.env['PATH'], HOME: dir, BATON_WORK: join(dir, 'work'), NO_COLOR: '1' };
    const { stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: dir,
      encoding: 'utf8',
      env,
      maxBuffer: 2 ** 26,
    });
    expect(stdout, stderr).not.toBe('');
    told = rehearsalSchema.parse(JSON.parse(stdout));
  }, LIMIT_MS);
  afterAll(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));

  it('R24: has an honest run beside it that nothing stops', () => {
    expect(told.honest).toMatchObject({ status: 'done', pull_requests: 1, stopped: [] });
  });

  it.each(names)('R24: %s is stopped, by what is there for it, and reaches no pull request', (name) => {
    const row = told.rogues.find(({ rogue }) => rogue === name);
    expect(row).toMatchObject({ outcome: 'stopped', pull_request: false });
    expect(row?.stopped.map(({ by }) => by)).toContain(STOPPED_BY[name]);
  });
});

it('R24: every rogue that there is has a name for what stops it', () => {
  expect(Object.keys(STOPPED_BY)).toEqual(ROGUES.map(({ name }) => name));
});
