import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { describe, expect, it } from 'vitest';
import { isLeftByDead, markOf } from './owner-mark.ts';
import { readOwnIdentity } from './process-identity.ts';

const own = readOwnIdentity(hostname());
const { pid: gone } = spawnSync('true');

describe('a mark of the process that made something', () => {
  it.each([
    ['of a process that runs', own, false],
    ['of one that has ended', { ...own, pid: gone }, true],
    ['of one whose pid another one has now', { ...own, startTime: '1' }, true],
    ['of before this machine started anew', { ...own, bootId: 'another' }, true],
    ['of another namespace of pids, where it may run', { ...own, pidNamespace: 'another', pid: gone }, false],
    [
      'of another machine, where it may run',
      { ...own, host: 'another', bootId: 'another', pid: gone },
      false,
    ],
    ['of one that says not since when it runs', { ...own, pid: gone, startTime: null }, false],
  ])('PROC-8: %s', (_, owner, isDead) => {
    expect(isLeftByDead(`baton-agent-${markOf(owner)}-XyZ012`)).toBe(isDead);
  });

  it('is looked for: a name without one is left alone', () => {
    expect(['baton-agent-XyZ012', '', 'a-1-2', '.npmrc'].filter(isLeftByDead)).toEqual([]);
  });
});
