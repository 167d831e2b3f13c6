import { expect, it } from 'vitest';
import { openWorkspacesRig } from '../workspace/workspaces-rig.ts';
import { reviewDiff, type ReviewDiff } from './review-diff.ts';

const lines = (count: number, word: string): string => `${word} ${'x'.repeat(90)}\n`.repeat(count);

/** What a reviewer is sent of a change that writes these files over one repository. */
async function sent(files: Record<string, string>, room: number): Promise<ReviewDiff> {
  using rig = await openWorkspacesRig({
    api: { 'src/price.js': 'export const price = 1;\n', 'old.md': lines(3, 'old') },
  });
  const { revision } = await rig.produce('one', rig.base, files);
  return await reviewDiff(rig.workspaces, { runId: rig.runId, from: rig.base, to: revision, room });
}

const filesIn = (text: string): string[] =>
  [...text.matchAll(/^diff --git a\/\S+ b\/(\S+)$/gm)].map(([, file = '']) => file);

it('is the whole diff in its order where there is room', async () => {
  const { text, shortened } = await sent({ 'a.md': 'a\n', 'src/b.js': 'b\n' }, 60_000);
  expect([filesIn(text), shortened]).toEqual([['api/a.md', 'api/src/b.js'], null]);
  expect(text.startsWith('diff --git')).toBe(true);
});

it('shows code before documents and locks, small files first, and names with their lines what is not in it', async () => {
  const { text, shortened } = await sent(
    {
      'docs/aaa.md': lines(40_000, 'padding'),
      'docs/run.js': 'export const run = 1;\n',
      'package-lock.json': lines(1_000, 'lock'),
      'config.json': '{}\n',
      'src/bundle.js': lines(300, 'bundle'),
      'src/price.js': 'export const price = 2;\n',
    },
    60_000,
  );
  expect(filesIn(text)).toEqual([
    'api/docs/run.js',
    'api/src/price.js',
    'api/src/bundle.js',
    'api/config.json',
  ]);
  expect(text).toContain('+export const price = 2;');
  const [list] = text.split('diff --git');
  expect(list?.trim().split('\n').slice(1, -1)).toEqual([
    '  api/docs/aaa.md +40000 −0',
    '  api/package-lock.json +1000 −0',
  ]);
  expect(shortened).toBe('diff: 2 of 6 files are not in it, or not whole; it begins with their names');
  expect(text.length).toBeLessThanOrEqual(60_000);
});

it('shows the beginning of code that has no room, up to a whole line, and says so', async () => {
  const { text } = await sent({ 'src/large.js': lines(2_000, 'large'), 'z.md': 'z\n' }, 40_000);
  expect(filesIn(text)).toEqual(['api/src/large.js']);
  expect(text).toContain('  api/src/large.js +2000 −0, only its beginning is below\n  api/z.md +1 −0\n]');
  expect(text).toMatch(/\n\+large x{90}\n$/);
  expect(text.length).toBeLessThanOrEqual(40_000);
});

it('bounds the list itself', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 300 }, (_, at) => [`docs/${String(at).padStart(60, '0')}.md`, lines(20, 'word')]),
  );
  const { text } = await sent(many, 20_000);
  expect(text).toMatch(/\n {2}and \d+ more files\n\]/);
  expect(text.length).toBeLessThanOrEqual(20_000);
});
