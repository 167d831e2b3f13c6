import { expect, it, onTestFinished } from 'vitest';
import { quietly } from './quietly.ts';

it('holds back the words of each work that goes on, side by side, tells all others, and is gone afterwards', async () => {
  const own = process.emitWarning;
  const told: string[] = [];
  process.emitWarning = (text: string) => void told.push(text);
  onTestFinished(() => void (process.emitWarning = own));
  const before = process.emitWarning;
  const [first, second] = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
  const both = [quietly('one', () => first.promise), quietly('two', () => second.promise)];
  for (const text of ['one is new', 'two is new', 'three is new']) process.emitWarning(text);
  first.resolve(null);
  await both[0];
  for (const text of ['one again', 'two again']) process.emitWarning(text);
  second.resolve(null);
  await both[1];
  process.emitWarning('two at last');
  expect(told).toEqual(['three is new', 'one again', 'two at last']);
  expect(process.emitWarning).toBe(before);
});
