import { expect, it } from 'vitest';
import type { RunEvent } from '../core/events.ts';
import { asJournal, simulateEvents } from '../testing/events.ts';
import { tellResume, tellTotal } from './tell-resume.ts';
import { openCli } from './testing/captured-context.ts';

/** A run whose new holder goes on well, and does a finished piece again only later. */
function repeatedLater(): { first: RunEvent[]; whole: RunEvent[] } {
  const first = simulateEvents({ until: (event) => event.type === 'review_started' });
  const started = first.find((event) => event.type === 'invocation_started');
  if (started === undefined) throw new Error('nothing was started');
  const again = { ...started, attempt: 2, key: started.key.replace('/a1', '/a2') };
  const pushed = simulateEvents().find((event) => event.type === 'effect_ended');
  if (pushed === undefined) throw new Error('nothing was pushed');
  return { first, whole: [...first, again, pushed, pushed] };
}

it.each([false, true])(
  'R65: the end of a resumed run counts what was repeated since (--json: %s)',
  (json) => {
    using cli = openCli();
    let text = '';
    const output = { isTTY: false, write: (part: string) => (text += part) };
    const context = { ...cli.context, stdout: output, stderr: output, monotonicMs: () => 40 };
    const { first, whole } = repeatedLater();
    tellResume(json, asJournal(first), context);
    tellTotal(json, asJournal(whole), context);
    expect(text.trimEnd().split('\n')).toEqual(
      json
        ? [
            '{"type":"resumed","seconds":0.04,"steps_repeated":0,"effects_doubled":0}',
            '{"type":"resume_total","steps_repeated":1,"effects_doubled":1}',
          ]
        : [
            'resumed in 0.04 s, 0 finished steps repeated, 0 effects doubled',
            'the whole run so far: 1 finished step repeated, 1 effect doubled',
          ],
    );
  },
);

it.each(['cancelled', 'failed', 'done'] as const)(
  'says of a run that is over (%s) how a new one begins, and counts nothing',
  (status) => {
    using cli = openCli();
    let text = '';
    const output = { isTTY: false, write: (part: string) => (text += part) };
    const context = { ...cli.context, stderr: output };
    const running = simulateEvents({ until: (event) => event.type === 'review_started' });
    const ended: RunEvent = { type: 'run_ended', status, reason: '', pull_requests: [] };
    expect(tellResume(false, asJournal([...running, ended]), context)).toBe(false);
    expect(text).toMatch(
      new RegExp(
        `^run \\S+ is over \\(${status}\\): there is nothing to go on with; a new one begins with \`baton run "<request>"\`\\n$`,
      ),
    );
  },
);
