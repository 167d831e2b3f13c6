import { expect, it, vi } from 'vitest';
import { openCli } from '../testing/captured-context.ts';
import { tellPlain } from './tell.ts';

const HONEST = { run_id: 'r', status: 'done', pull_requests: 2, stopped: [], duration_ms: 1_000 } as const;

it('shows on a terminal how long a run goes on and where it is, until it has ended', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    using cli = openCli();
    let ms = 0;
    const written: string[] = [];
    const stderr = { isTTY: true, columns: 80, write: (text: string) => void written.push(text) };
    const tell = tellPlain({ ...cli.context, stderr, monotonicMs: () => ms });
    tell.begins('honest');
    tell.isAt('implement/feature');
    ms = 75_000;
    vi.advanceTimersByTime(1_000);
    expect(written.at(-1)).toContain('honest … 1m 15s implement/feature');
    tell.honest({ ...HONEST, stopped: [] });
    const count = written.length;
    vi.advanceTimersByTime(10_000);
    expect(written).toHaveLength(count);
  } finally {
    vi.useRealTimers();
  }
});

it('writes no line of it to a file', () => {
  using cli = openCli();
  let text = '';
  const stderr = { isTTY: false, write: (part: string) => void (text += part) };
  const tell = tellPlain({ ...cli.context, stderr });
  tell.begins('honest');
  tell.isAt('implement/feature');
  expect(text).toBe('');
});
