import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../core/events.ts';
import { simulateRun } from '../../testing/events.ts';
import { failing, finding } from '../../testing/outcomes.ts';
import { smallGraph } from '../../testing/graphs.ts';
import { hostileRows } from '../../demo/hostile-table.ts';
import { createDemoAside } from './demo-aside.ts';
import { openLiveProgress } from '../render/live.ts';
import { createPlainProgress } from '../render/progress.ts';
import { PLAIN_STYLE } from '../render/style.ts';
import { FakeTerminal } from '../testing/fake-terminal.ts';

const ROGUE = 'implement/feature';
const STOPPED = 'rogue feature-agent (liar) changed nothing, and claimed files, green tests and a pull';
const KILL = '  kill -9 4711   <- try it while it runs, then go on with: npx baton resume';

/** A run with one rogue, whose first round a reviewer sends back. */
function playedByRogue(): JournalEvent[] {
  return simulateRun({
    label: 'rules',
    review: (c) => (c.step === ROGUE && c.round === 1 ? failing(finding()) : null),
  }).map((line) => {
    const { event } = line;
    if (event.type !== 'invocation_started' || event.step !== ROGUE) return line;
    return { ...line, event: { ...event, identity: { ...event.identity, label: 'rules, rogue: liar' } } };
  });
}

function asideOf(hostile: boolean, command = 'npx baton') {
  return createDemoAside({ hostile, pid: 4711, command });
}

function openView(hostile: boolean, terminal = new FakeTerminal()) {
  const clock = {
    ms: 0,
    monotonicMs: () => clock.ms,
    now: () => new Date(Date.UTC(2026, 0, 5, 9) + clock.ms),
  };
  const options = { stream: terminal, style: PLAIN_STYLE, clock, usualMs: new Map() };
  const view = openLiveProgress({ ...options, aside: asideOf(hostile) });
  const show = (events: JournalEvent[]): string => {
    clock.ms += 500;
    view.events(events);
    return terminal.text;
  };
  return { view, terminal, show };
}

describe('what stopped a rogue, while the demo runs', () => {
  it('R24: is a line below the event that stopped it, once, long before the run ends', () => {
    const events = playedByRogue();
    const said: { seq: number; text: string }[] = [];
    let seq = 0;
    const progress = createPlainProgress((text) => said.push({ seq, text }), PLAIN_STYLE, asideOf(true));
    for (const line of events) {
      ({ seq } = line);
      progress.events([line]);
    }
    const told = said.filter(({ text }) => text.includes(STOPPED));
    expect(told).toHaveLength(1);
    const stop = events.find(({ event }) => event.type === 'review_ended' && event.step === ROGUE);
    expect(told[0]?.seq).toBe(stop?.seq);
    expect(stop?.seq).toBeLessThan(events.find(({ event }) => event.type === 'run_ended')?.seq ?? 0);
  });

  it('R24: is told once however many events come together', () => {
    const [first, ...rest] = playedByRogue();
    let text = '';
    const progress = createPlainProgress((part) => (text += part), PLAIN_STYLE, asideOf(true));
    if (first !== undefined) progress.events([first]);
    progress.events(rest);
    expect(text.split(STOPPED)).toHaveLength(2);
  });

  it('R24: fills a table in the live view', () => {
    const { show, view } = openView(true);
    const events = playedByRogue();
    const started = events.findIndex(
      ({ event }) => event.type === 'invocation_started' && event.step === ROGUE,
    );
    const stopped = events.findIndex(({ event }) => event.type === 'review_ended' && event.step === ROGUE);
    expect(show(events.slice(0, started))).not.toContain('liar');
    expect(show(events.slice(started, stopped))).toMatch(/^ {2}liar +feature-agent +not stopped yet$/m);
    expect(show(events.slice(stopped, stopped + 1))).toMatch(/^ {2}liar +feature-agent +review: /m);
    view.end();
  });

  it('R24: is not looked for where nobody was told to cheat', () => {
    const { show, view } = openView(false);
    expect(show(playedByRogue().slice(0, -1))).not.toContain('liar');
    view.end();
  });
});

describe('a trick that one rogue tries in every step', () => {
  const DETAIL = 'E_STALE_REVIEW judged is "00000000", but another one was handed out';

  /** Every first verdict is void; a reviewer without a trick has one void verdict as well. */
  function playedByReviewer(label: string): JournalEvent[] {
    const graph = smallGraph();
    return simulateRun({
      label: 'rules',
      graph: { ...graph, limits: { ...graph.limits, retry_backoff_ms: 50 } },
      review: ({ attempt }) =>
        attempt === 1 ? { kind: 'failed', reason: 'invalid_output', detail: DETAIL } : null,
    }).map((line) => {
      const { event } = line;
      if (event.type !== 'review_started') return line;
      return { ...line, event: { ...event, identity: { ...event.identity, label } } };
    });
  }

  function toldOf(label: string, hostile = true): string[] {
    let text = '';
    const progress = createPlainProgress((part) => (text += part), PLAIN_STYLE, asideOf(hostile));
    for (const line of playedByReviewer(label)) progress.events([line]);
    progress.end();
    return text.split('\n');
  }

  it('R24: is told once, with the wait and the attempt behind it, and counted in the table', () => {
    const lines = toldOf('rules, rogue: self-approver');
    for (const told of [/failed .*E_STALE_REVIEW/, / waits /, /attempt 2/])
      expect(
        lines.filter((line) => told.test(line)),
        `${told}`,
      ).toHaveLength(1);
    const events = playedByReviewer('rules, rogue: self-approver');
    const tries = events.filter(({ event }) => event.type === 'review_started' && event.attempt === 1).length;
    expect(tries).toBeGreaterThan(2);
    expect(hostileRows(events, new Map())[0]?.stopped[0]).toContain(`${tries} of ${tries} verdicts void`);
  });

  it('is told each time where it is no trick, or nobody was told to cheat', () => {
    for (const lines of [toldOf('rules'), toldOf('rules, rogue: self-approver', false)])
      expect(lines.filter((line) => line.includes('attempt 2')).length).toBeGreaterThan(2);
  });
});

describe('carelessness that is caught, while the demo runs', () => {
  const two = [finding({ problem: 'no example of get' }), finding({ problem: 'no test of get' })];
  const events = simulateRun({
    review: (c) => (c.step === ROGUE && c.round === 1 ? failing(...two) : null),
  });
  const LINE = '  sent back: feature: no example of get (and 1 more)';

  it('is a line below the event that sends the work back', () => {
    let text = '';
    const progress = createPlainProgress((part) => (text += part), PLAIN_STYLE, asideOf(false));
    for (const line of events) progress.events([line]);
    const lines = text.split('\n');
    expect(lines.filter((line) => line === LINE)).toHaveLength(1);
    expect(lines[lines.indexOf(LINE) - 1]).toContain('sent back to implement/feature, round 2');
  });

  it('stands in the live view from then on, above the offer to kill it', () => {
    const { show, view } = openView(false);
    const sent = events.findIndex(({ event }) => event.type === 'rework_requested');
    expect(show(events.slice(0, sent))).not.toContain('sent back:');
    const rows = show(events.slice(sent, sent + 1)).split('\n');
    expect(rows).toContain(LINE);
    expect(rows.slice(rows.lastIndexOf(LINE)).join('\n')).toContain('kill -9');
    view.end();
  });
});

describe('the offer to kill the demo', () => {
  it.each([true, false])('R24: stays on a screen of 24 rows until the view ends (hostile: %s)', (hostile) => {
    const { show, view, terminal } = openView(hostile);
    for (const line of playedByRogue().slice(0, -1)) {
      const rows = show([line]).split('\n').slice(-24);
      expect(rows, `event ${line.seq}`).toContain(KILL);
    }
    view.end();
    expect(terminal.text).not.toContain('kill -9');
  });

  it('gives way to what runs now where the terminal is lower still', () => {
    const { show, view } = openView(true, new FakeTerminal(80, 9));
    const events = playedByRogue();
    const started = events.findIndex(
      ({ event }) => event.type === 'invocation_started' && event.step === ROGUE,
    );
    const low = show(events.slice(0, started + 1))
      .split('\n')
      .slice(-9)
      .join('\n');
    expect(low).toContain('● feature');
    expect(low).not.toContain('stopped by');
    view.end();
  });

  it('comes with a count in place of the table where there is room for that', () => {
    const { show, view } = openView(true, new FakeTerminal(80, 11));
    const events = playedByRogue();
    const stopped = events.findIndex(({ event }) => event.type === 'review_ended' && event.step === ROGUE);
    const low = show(events.slice(0, stopped + 1))
      .split('\n')
      .slice(-11);
    expect(low).toContain('  1 of 1 rogues stopped so far');
    expect(low).toContain(KILL);
    view.end();
  });

  it('names a long command on a line of its own, so that it can be pasted', () => {
    const command = 'node /home/ada/projects/baton/bin/baton.js';
    const history = createPlainProgress(() => {}, PLAIN_STYLE);
    history.events(playedByRogue().slice(0, 1));
    if (history.history === null) throw new Error('there is no history');
    expect(asideOf(false, command).foot(history.history, 79).full).toEqual([
      '',
      '  kill -9 4711   <- try it while it runs',
      `  then go on with: ${command} resume`,
    ]);
  });
});
