import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { watchLauncher } from './launcher.ts';

/** How often it is noticed before and after the channel ends. */
function watch(env: Record<string, string>, connected: boolean): [number, number] {
  const own = Object.assign(new EventEmitter(), { env, connected });
  let times = 0;
  watchLauncher(own, () => (times += 1));
  const before = times;
  own.emit('disconnect');
  own.emit('disconnect');
  expect(own.env).toEqual({});
  return [before, times];
}

it('notices once that its launcher is gone, also where that was before it looked, and takes nobody else for one', () => {
  expect(watch({ BATON_LAUNCHER: '41' }, true)).toEqual([0, 1]);
  expect(watch({ BATON_LAUNCHER: '41' }, false)).toEqual([1, 1]);
  expect(watch({}, true)).toEqual([0, 0]);
  expect(watch({}, false)).toEqual([0, 0]);
});
