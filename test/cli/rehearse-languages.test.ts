/** The common cheats of `baton rehearse` in repositories of Go, Python and Rust, where the machine has their runners. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rehearsalSchema, type Rehearsal } from '../../src/definitions/rehearsal-schema.ts';
import { runsHere } from '../../src/gates/testing/system-programs.ts';
import { createRepository } from '../../src/testing/rig.ts';

const BIN = join(import.meta.dirname, '../../bin/baton.js');
const FULL = process.env['BATON_TEST_FULL'] !== undefined;
const LIMIT_MS = 600_000;

const WORKFLOW = `name: alone
version: 1
description: One who writes, a tester, submission.
start: launch
review:
  by: [code-review]
phases:
  - id: build
    title: Building
    deliverable: The change.
    gates: full
    steps:
      - agent: documentation-agent
      - agent: unit-testing-agent
  - id: submit
    title: Submission
    deliverable: A pull request.
    steps:
      - submit: true
`;

interface Language {
  /** A program that says whether its runner is there. */
  needs: readonly [string, ...string[]];
  gate: string;
  files: Record<string, string>;
}

const LANGUAGES: Record<string, Language> = {
  go: {
    needs: ['which', 'go'],
    gate: '{ name: tests, kind: tests, command: [go, test, ./...], reporter: go }',
    files: {
      'go.mod': 'module sums\n\ngo 1.19\n',
      'sums.go': 'package sums\n\n// Add adds.\nfunc Add(a, b int) int {\n\treturn a + b\n}\n',
      'sums_test.go':
        'package sums\n\nimport "testing"\n\nfunc TestAdds(t *testing.T) {\n\tif Add(1, 2) != 3 {\n\t\tt.Fatal("wrong")\n\t}\n}\n',
    },
  },
  pytest: {
    needs: ['/usr/bin/python3', '-c', 'import pytest'],
    gate: '{ name: tests, kind: tests, command: [/usr/bin/python3, -m, pytest, -q], reporter: pytest }',
    files: {
      'sums.py': 'def add(a, b):\n    return a + b\n',
      'conftest.py': '',
      'tests/test_sums.py': 'from sums import add\n\n\ndef test_adds():\n    assert add(1, 2) == 3\n',
    },
  },
  cargo: {
    needs: ['which', 'cargo'],
    gate: '{ name: tests, kind: tests, command: [cargo, test], reporter: cargo }',
    files: {
      'Cargo.toml': '[package]\nname = "sums"\nversion = "0.1.0"\nedition = "2021"\n',
      'Cargo.lock': 'version = 3\n\n[[package]]\nname = "sums"\nversion = "0.1.0"\n',
      'src/lib.rs': 'pub fn add(a: i32, b: i32) -> i32 {\n    a + b\n}\n',
      'tests/sums.rs': 'use sums::add;\n\n#[test]\nfn adds() {\n    assert_eq!(add(1, 2), 3);\n}\n',
    },
  },
};

const STOPPED_BY: Record<string, string> = {
  'exit-in-source': 'gate tests of service red',
  'test-skipper': 'gate hygiene red',
  'test-emptier': 'gate tests of service red',
  'test-deleter': 'gate tests of service red',
  'test-weakener': 'gate tests of service red',
  'report-overwriter': 'gate tests of service red',
  'wiring-forgetter': 'gate reach of service red',
};
/** A cheat that is written for no language of these. */
const UNKNOWN = 'runner-replacer';

/** All of them with BATON_TEST_FULL=1. */
const PLAYED = Object.entries(STOPPED_BY).filter(
  ([each]) => FULL || ['test-skipper', 'test-weakener', 'wiring-forgetter'].includes(each),
);

for (const [name, { needs, gate, files }] of Object.entries(LANGUAGES)) {
  const there = runsHere(...needs);
  describe.skipIf(!there)(`${name}${there ? '' : ' (SKIPPED: it is not on this machine)'}`, () => {
    let dir = '';
    let told: Rehearsal;
    beforeAll(() => {
      dir = mkdtempSync(join(tmpdir(), 'baton-rehearse-'));
      writeFileSync(join(dir, 'alone.yaml'), WORKFLOW);
      const config = `repos:\n  service:\n    modules:\n      - path: .\n        gates:\n          - ${gate}\n          - { name: reach, kind: reach, set: full }\n`;
      createRepository(join(dir, 'service'), { ...files, 'baton.yaml': config });
      const only = [...PLAYED.map(([each]) => each), UNKNOWN].flatMap((each) => ['--only', each]);
      const args = [BIN, 'rehearse', '--workflow', 'alone.yaml', '--repo', 'service', ...only, '--json'];
      const env = { PATH: process.env['PATH'], HOME: dir, BATON_WORK: join(dir, 'work'), NO_COLOR: '1' };
      const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: dir, encoding: 'utf8', env });
      expect(stdout, stderr).not.toBe('');
      told = rehearsalSchema.parse(JSON.parse(stdout));
    }, LIMIT_MS);
    afterAll(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));

    it('R24: has an honest run that nothing stops', () => {
      expect(told.honest).toMatchObject({ status: 'done', pull_requests: 1, stopped: [] });
    });

    it.each(PLAYED)('R24: %s is played, and stopped by %s', (rogue, by) => {
      const row = told.rogues.find((each) => each.rogue === rogue);
      expect(row).toMatchObject({ outcome: 'stopped', pull_request: false });
      expect(row?.stopped.map((stop) => stop.by)).toContain(by);
    });

    it('R24: says of a cheat that it does not know here that it was not tried', () => {
      expect(told.rogues.find(({ rogue }) => rogue === UNKNOWN)).toMatchObject({
        outcome: 'not_tried',
        why: `there is no such cheat for ${name}`,
      });
    });
  });
}
