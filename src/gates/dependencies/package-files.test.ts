import { describe, expect, it } from 'vitest';
import { LOCKFILES, MANIFESTS, readSide } from './package-files.ts';
import { cpuMs, within } from '../../testing/time-bounds.ts';

const HOSTILE = [
  'a',
  '@',
  '-',
  '{',
  '[',
  '"',
  '#',
  ' ',
  ':',
  '=>',
  'require (',
  '- a: &a\n',
  '- ',
  'x@^1,\n',
  '[[package]]\n',
  '\\\n',
];
const readers = [
  ...Object.entries(MANIFESTS).map(([name, { read }]) => [name, read] as const),
  ...Object.entries(LOCKFILES),
];

describe('files of packages', () => {
  it.each(readers)('DOS-4: of the kind %s are read in linear time, whatever is in them', async (_, read) => {
    const readAll = async (): Promise<void> => {
      for (const part of HOSTILE) await read(part.repeat(Math.ceil(20_000 / part.length)), '');
    };
    await within(10_000, readAll, { clock: cpuMs });
  });

  it('that are too large to be read are told as that, and are not read', async () => {
    const bytes = new Uint8Array(9 * 1024 * 1024);
    const workspaces = { readFile: () => Promise.resolve(bytes) };
    const revision = { id: 'r', repos: [] };
    const read = (): never => {
      throw new Error('it was read');
    };
    const side = await readSide({ runId: 'r', workspaces }, revision, { repo: 'a', path: 'go.sum' }, read);
    expect(side).toEqual({ content: null, unread: true });
  });
});
