import { describe, expect, it } from 'vitest';
import { matchesGlob } from './glob.ts';

describe('a path glob', () => {
  it.each([
    ['*.ts', 'api/src/a.ts', true],
    ['*.ts', 'api/src/a.tsx', false],
    ['api/*.ts', 'api/a.ts', true],
    ['api/*.ts', 'api/src/a.ts', false],
    ['**/auth/**', 'auth/a.ts', true],
    ['**/auth/**', 'api/src/auth/b/c.ts', true],
    ['**/auth/**', 'api/src/authors/c.ts', false],
    ['api/**', 'api/a/b', true],
    ['api/**', 'apis/a', false],
    ['a?.ts', 'x/ab.ts', true],
    ['a?.ts', 'x/a/.ts', false],
    ['a+(b).[t]s', 'a+(b).[t]s', true],
    ['a.ts', 'abts', false],
    ['*', 'a\nb', true],
  ])('%s on %s: %s', (glob, path, matches) => {
    expect(matchesGlob(glob, path)).toBe(matches);
  });

  it('takes what stands in a folder’s place for the folder', () => {
    expect(matchesGlob('.husky/**', '.husky')).toBe(true);
    expect(matchesGlob('**/infra/**', 'a/infra')).toBe(true);
    expect(matchesGlob('**/infra/**', 'a/infrared')).toBe(false);
    expect(matchesGlob('**', 'a/b')).toBe(true);
  });
});
