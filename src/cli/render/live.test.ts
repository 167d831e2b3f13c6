import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../core/events.ts';
import { simulateRun, type Script } from '../../testing/events.ts';
import { failing, finding } from '../../testing/outcomes.ts';
import { FakeTerminal } from '../testing/fake-terminal.ts';
import { liveFrame, type FrameInput } from './frame.ts';
import { readHistory } from './history.ts';
import { openLiveProgress } from './live.ts';
import { createStyle, PLAIN_STYLE } from './style.ts';
import { widthOf } from './width.ts';

const REWORKED: Script = {
  runId: '0105-0900-k3fzq',
  label: 'rules',
  review: (c) => (c.step === 'implement/feature' && c.round === 1 ? failing(finding()) : null),
};

function frameAt(events: JournalEvent[], over: Partial<FrameInput> = {}): FrameInput {
  return {
    history: readHistory(events),
    notes: new Map(),
    usualMs: new Map(),
    runningMs: new Map(),
    now: events.at(-1)?.at ?? '',
    elapsedMs: 65_000,
    foot: null,
    ...over,
  };
}

const SIZE = { columns: 80, rows: 24 };

function draw(events: JournalEvent[], over: Partial<FrameInput> = {}, size = SIZE): string[] {
  return liveFrame(frameAt(events, over), size, PLAIN_STYLE);
}

function upTo(events: JournalEvent[], type: string, step: string, nth = 1): JournalEvent[] {
  const found = events.filter(({ event }) => event.type === type && 'step' in event && event.step === step)[
    nth - 1
  ];
  return events.slice(0, found?.seq ?? 0);
}

describe('a frame of the live view', () => {
  it('R55: shows the phases as a tree with the current one open, and what runs now', () => {
    const events = upTo(simulateRun(REWORKED), 'invocation_started', 'implement/feature');
    const key = 'implement/feature/r1/work.implement.feature/a1';
    const lines = draw(events, {
      notes: new Map([[key, 'reading src/routes.ts\nsecond line']]),
      usualMs: new Map([['feature-agent [rules]', 20_000]]),
      runningMs: new Map([[key, 12_000]]),
    });
    expect(lines).toEqual([
      'baton 0105-0900-k3fzq  small  [rules]                    ━━━─────── 4/13 1m 05s',
      '  tokens unknown · cost unknown · time 4.8s · invocations 5 of 400, 395 left',
      '  ✓ 1 Summarize                1 step, 1 review                            6.0s',
      '  ● 2 Implement                Reviewed code with green gates',
      '      ✓ select                 implementer · ✓ code-review                 4.0s',
      '      ● feature                works                           12s, usually 20s',
      '          ⋯ reading src/routes.ts',
      '      ○ cli                    as needed',
      '      ○ All gates              check',
      '  ○ 3 Submit                   Pull requests',
    ]);
  });

  it('shows rounds, gates in short, verdicts and skips', () => {
    const events = upTo(simulateRun(REWORKED), 'step_skipped', 'implement/cli');
    const lines = draw(events, {}, { columns: 100, rows: 24 }).join('\n');
    expect(lines).toContain('✓ feature                ↻ round 2 · ✓ 57 tests · ✓ code-review');
    expect(lines).toContain('– cli                    skipped: no command asked');
  });

  it('shows what is asked, and the ways out', () => {
    const lines = draw(simulateRun({ ...REWORKED, answer: () => null })).join('\n');
    expect(lines).toContain('? Request: Add invoices to the orders service.');
    expect(lines).toContain('confirm | abort');
  });

  it('shows a label where an agent is run otherwise than the rest', () => {
    const events = simulateRun(REWORKED).map((line) =>
      line.event.type === 'invocation_started' && line.event.step === 'implement/feature'
        ? {
            ...line,
            event: { ...line.event, identity: { ...line.event.identity, label: 'rules, careless' } },
          }
        : line,
    );
    const lines = draw(upTo(events, 'invocation_started', 'implement/feature')).join('\n');
    expect(lines).toContain('works · feature-agent [rules, careless]');
    expect(lines).toContain('[rules] ');
  });

  it('UI-3: is never wider or higher than the terminal, whatever agents say', () => {
    const events = simulateRun({ ...REWORKED, label: '価格'.repeat(40), request: '\u001b[2J'.repeat(50) });
    for (const columns of [40, 60, 80, 200]) {
      for (const rows of [3, 6, 9, 24]) {
        for (let at = 1; at <= events.length; at += 3) {
          const key = [...readHistory(events.slice(0, at)).state.inFlight.keys()][0] ?? '';
          const notes = new Map([[key, `\u001b[2J${'long '.repeat(100)}`]]);
          const lines = draw(events.slice(0, at), { notes }, { columns, rows });
          expect(lines.length).toBeLessThan(rows);
          expect(Math.max(...lines.map(widthOf))).toBeLessThan(columns);
          // oxlint-disable-next-line no-control-regex -- control characters are what this is about
          expect(lines.join('')).not.toMatch(/[\u0000-\u001f]/);
        }
      }
    }
  });

  it('keeps what runs now in view when the terminal is low', () => {
    const events = upTo(simulateRun(REWORKED), 'invocation_started', 'implement/feature');
    const lines = draw(events, {}, { columns: 80, rows: 8 });
    expect(lines.join('\n')).toContain('● feature');
    expect(lines.join('\n')).toContain('1 step settled');
  });

  it('has no colour without a terminal that wants it, and the same text with', () => {
    const events = upTo(simulateRun(REWORKED), 'invocation_started', 'implement/feature');
    const coloured = liveFrame(frameAt(events), SIZE, createStyle({ colour: true, unicode: true })).join(
      '\n',
    );
    expect(coloured).toContain('\u001b[');
    const bare = coloured
      // oxlint-disable-next-line no-control-regex -- our own colours
      .replace(/\u001b\[[0-9;]*m/g, '')
      .split('\n')
      .map((line) => line.trimEnd());
    expect(bare).toEqual(draw(events));
  });
});

class FakeClock {
  ms = 0;
  monotonicMs = (): number => this.ms;
  now = (): Date => new Date(Date.UTC(2026, 0, 5, 9) + this.ms);
}

function openView(terminal = new FakeTerminal()) {
  const clock = new FakeClock();
  const view = openLiveProgress({
    stream: terminal,
    style: PLAIN_STYLE,
    clock,
    usualMs: new Map(),
    aside: null,
  });
  return { terminal, clock, view };
}

describe('the live view on a terminal', () => {
  it('R2: shows the request and the list of phases with their agents before the first one starts', () => {
    const { terminal, view } = openView();
    view.events(simulateRun({ ...REWORKED, answer: () => null }).slice(0, 1));
    view.end();
    expect(terminal.text).toContain('  Add invoices to the orders service.');
    expect(terminal.text).toContain('  2. Implement\n     → Reviewed code with green gates');
    expect(terminal.text).toContain(
      '     implementer, feature-agent, cli-agent (as needed), reviewed by code-review\n',
    );
  });

  it('redraws in place: the screen holds the plan and one frame, also after hundreds of events', () => {
    const { terminal, clock, view } = openView();
    for (const line of simulateRun(REWORKED)) {
      clock.ms += 150;
      view.events([line]);
    }
    view.end();
    const lines = terminal.text.split('\n');
    expect(lines.filter((line) => line.startsWith('baton '))).toHaveLength(1);
    expect(lines.at(-2)).toMatch(/✓ 3 Submit/);
    expect(lines.at(-1)).toBe('');
    expect(terminal.cursorHidden).toBe(false);
  });

  it('stays whole when the terminal echoes a Ctrl-C', () => {
    const { terminal, clock, view } = openView();
    const events = simulateRun(REWORKED);
    for (const line of events.slice(0, 20)) view.events([line]);
    clock.ms += 500;
    view.events(events.slice(20, 21));
    terminal.write('^C');
    clock.ms += 500;
    view.events(events.slice(21, 30));
    view.end();
    expect(terminal.text).not.toContain('^C');
    expect(terminal.text.split('\n').filter((line) => line.startsWith('baton '))).toHaveLength(1);
  });

  it('draws no more than ten frames a second, and never an empty screen in between', () => {
    const { terminal, clock, view } = openView();
    const [first, ...rest] = simulateRun(REWORKED);
    if (first !== undefined) view.events([first]);
    const before = terminal.screens.length;
    for (const line of rest.slice(0, 40)) {
      clock.ms += 10;
      view.events([line]);
    }
    expect(terminal.screens.length - before).toBeLessThanOrEqual(4);
    for (const screen of terminal.screens.slice(before)) expect(screen).toContain('Submit');
    view.end();
  });

  it('R93: shows a question again above the view, with the command that answers it', () => {
    const { terminal, view } = openView();
    view.events(simulateRun({ ...REWORKED, answer: () => null }));
    const question = readHistory(simulateRun({ ...REWORKED, answer: () => null })).questions[0]?.question;
    if (question !== undefined) view.remind(question);
    const at = terminal.text.indexOf('still waiting for an answer since 09:00:02');
    expect(at).toBeGreaterThanOrEqual(0);
    expect(terminal.text.indexOf('baton answer 0105-0900-k3fzq confirm_start confirm')).toBeGreaterThan(at);
    expect(terminal.text.indexOf('baton 0105')).toBeGreaterThan(at);
    // Before the first agent, nothing runs agents.
    expect(terminal.text).toMatch(/^baton 0105-0900-k3fzq {2}small {3,}/m);
    view.end();
    // Nothing has begun: what is asked is told behind it, and no tree of open phases stays.
    expect(terminal.text).not.toMatch(/^baton 0105/m);
    expect(terminal.cursorHidden).toBe(false);
  });

  it('gives the screen to a question and comes back below it', () => {
    const { terminal, clock, view } = openView();
    const events = simulateRun(REWORKED);
    view.events(events.slice(0, 3));
    view.pause();
    expect(terminal.text).not.toContain('baton 0105');
    expect(terminal.cursorHidden).toBe(false);
    terminal.write('What now? Start\r\n');
    clock.ms += 500;
    view.events(events);
    view.end();
    expect(terminal.text.indexOf('What now?')).toBeLessThan(terminal.text.indexOf('baton 0105'));
  });
});
