/** The live view of a run on a terminal: redrawn in place, at most ten times a second, calm in between. */
import type { JournalEvent } from '../../core/events.ts';
import type { Question } from '../../core/records.ts';
import type { DriverNote } from '../../drivers/driver.ts';
import { planLines } from './announce.ts';
import type { Aside } from './aside.ts';
import { frameWidth, liveFrame } from './frame.ts';
import { HistoryReader, reminderLines, type Progress } from './progress.ts';
import type { Style } from './style.ts';
import { TerminalBlock, type TerminalStream } from './terminal.ts';

const FRAME_MS = 100;
const TICK_MS = 1_000;

export interface LiveOptions {
  stream: TerminalStream;
  style: Style;
  /** Wall clock and monotonic milliseconds. */
  clock: { now(): Date; monotonicMs(): number };
  /** Milliseconds that an agent usually takes; may be filled while the view lives. */
  usualMs: ReadonlyMap<string, number>;
  /** Shown below the run until the view ends. */
  aside: Aside | null;
}

/** Opens the view; `end` has to be called, or the cursor stays hidden. */
export function openLiveProgress(options: LiveOptions): Progress {
  return new LiveProgress(options);
}

class LiveProgress implements Progress {
  readonly #options: LiveOptions;
  readonly #block: TerminalBlock;
  readonly #reader = new HistoryReader();
  readonly #notes = new Map<string, string>();
  readonly #startedMs = new Map<string, number>();
  readonly #openedMs: number;
  #lastDrawnMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #planShown = false;
  #ended = false;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#block = new TerminalBlock(options.stream);
    this.#openedMs = options.clock.monotonicMs();
  }

  get history() {
    return this.#reader.history;
  }

  events(events: JournalEvent[]): void {
    const now = this.#options.clock.monotonicMs();
    for (const { event } of this.#reader.take(events)) {
      if (!('key' in event)) continue;
      if (event.type.endsWith('_started') || event.type === 'effect_intended')
        this.#startedMs.set(event.key, now);
      else this.#notes.delete(event.key);
    }
    this.#showPlan();
    this.#soon();
  }

  note(key: string, note: DriverNote): void {
    if (note.kind === 'stderr' || note.text.trim() === '') return;
    this.#notes.set(key, note.text);
    this.#soon();
  }

  /** Above the block, so that it stays. */
  remind(question: Question): void {
    const { history } = this;
    if (history === null) return;
    this.#block.clear();
    const lines = reminderLines(history, question, this.#options.style, this.#block.size.columns);
    for (const line of lines) this.#options.stream.write(`${line}\r\n`);
    this.#draw();
  }

  pause(): void {
    this.#stopTimer();
    this.#block.clear();
  }

  end(): void {
    this.#stopTimer();
    this.#ended = true;
    // Where nothing has begun, the result says all there is: a tree of what is to come would stand above it for good.
    const steps = [...(this.history?.steps.values() ?? [])];
    if (steps.every(({ startedAt }) => startedAt === null)) return this.#block.clear();
    this.#draw();
    this.#block.keep();
  }

  /** Above the block, once, before the first frame. */
  #showPlan(): void {
    const { history } = this;
    if (this.#planShown || history === null) return;
    this.#planShown = true;
    if (history.events.length > 1) return;
    for (const line of planLines(history.started, this.#options.style, this.#block.size.columns)) {
      this.#options.stream.write(`${line}\r\n`);
    }
    this.#options.stream.write('\r\n');
  }

  /** Draws now, or as soon as the last frame is old enough; then once a second for the clock. */
  #soon(): void {
    const age = this.#options.clock.monotonicMs() - this.#lastDrawnMs;
    if (age >= FRAME_MS) return this.#draw();
    this.#schedule(FRAME_MS - age);
  }

  #schedule(ms: number): void {
    this.#stopTimer();
    this.#timer = setTimeout(() => this.#draw(), ms);
    this.#timer.unref();
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #draw(): void {
    const { history } = this;
    if (history === null) return;
    const { clock, style, usualMs, aside } = this.#options;
    const { size } = this.#block;
    const nowMs = clock.monotonicMs();
    this.#lastDrawnMs = nowMs;
    const now = clock.now();
    const running = [...history.state.inFlight.keys()].map(
      (key) => [key, nowMs - (this.#startedMs.get(key) ?? nowMs)] as const,
    );
    const frame = liveFrame(
      {
        history,
        notes: this.#notes,
        usualMs,
        runningMs: new Map(running),
        now: now.toISOString(),
        foot: this.#ended ? null : (aside?.foot(history, frameWidth(size.columns)) ?? null),
        elapsedMs: Math.max(nowMs - this.#openedMs, now.getTime() - Date.parse(history.startedAt)),
      },
      size,
      style,
    );
    this.#block.draw(frame);
    if (history.ended === null) this.#schedule(TICK_MS);
  }
}
