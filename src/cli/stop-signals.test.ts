import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { listenForStop } from './stop-signals.ts';

function listen() {
  const source = new EventEmitter();
  const exits: number[] = [];
  let ms = 0;
  const stop = listenForStop(
    source,
    (code) => exits.push(code),
    () => ms,
  );
  return { source, exits, stop, pass: (by: number) => (ms += by) };
}

describe('Ctrl-C and its like', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])(
    'PROC-10: the first %s asks to stop and ends nothing',
    (signal) => {
      const { source, exits, stop } = listen();
      expect(stop.signal.aborted).toBe(false);
      source.emit(signal);
      expect(stop.signal.aborted).toBe(true);
      expect(exits).toEqual([]);
    },
  );

  it('PROC-10: a second one ends the process at once with 130', () => {
    const { source, exits, pass } = listen();
    source.emit('SIGINT');
    pass(2_000);
    source.emit('SIGINT');
    expect(exits).toEqual([130]);
  });

  it('takes the same request, passed on by a wrapper, for one', () => {
    const { source, exits, pass } = listen();
    source.emit('SIGINT');
    pass(20);
    source.emit('SIGINT');
    expect(exits).toEqual([]);
  });

  it('hears nothing any more when it was disposed of', () => {
    const { source, stop } = listen();
    stop[Symbol.dispose]();
    source.emit('SIGINT');
    expect(stop.signal.aborted).toBe(false);
    expect(source.eventNames()).toEqual([]);
  });
});
