import { expect, it } from 'vitest';
import { wallsAround } from './open-surroundings.ts';

const environment = { PATH: process.env['PATH'] };

it('a wall that works is tried once, and anew where other folders are hidden', async () => {
  const hidden = ['/var/empty'];
  const openWall = wallsAround(() => hidden, environment);
  const first = await openWall('wall');
  const again = await openWall('wall');
  expect(again === first).toBe(first.lack === null);
  hidden.push('/srv');
  expect(await openWall('wall')).not.toBe(first);
  expect((await openWall('off')).wall.kind).toBe('off');
});

it('what is no wall is looked for again', async () => {
  const openWall = wallsAround(() => [], { PATH: '/nonexistent' });
  const first = await openWall('wall');
  expect(first.lack).not.toBeNull();
  expect(await openWall('wall')).not.toBe(first);
});
