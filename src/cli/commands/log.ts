/** `baton log`: the events of a run, one line each; also of a damaged one. */
import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { IntegrityError } from '../../core/errors.ts';
import { sideLogFile } from '../../engine/side-log.ts';
import { createCommand, usageError } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { eventLine, outputLines } from '../render/event-line.ts';
import { escapeText } from '../render/escape.ts';
import { eventJson } from '../render/progress.ts';
import { pickRun } from '../pick-run.ts';
import { openStore, type Store } from '../store.ts';
import { errorText } from '../show-error.ts';

const POLL_MS = 1_000;

/** Prints what is there; with `--follow` also what comes, until the run ends. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand('log', 'The events of a run, one line each.', context)
    .argument('[run]', 'id of the run or its beginning; the latest one by default')
    .option('-f, --follow', 'wait for more until the run ends')
    .option('--notes', 'what agents said and did while they worked, as far as it was kept')
    .option('--json', 'one JSON event per line')
    .parse(argv, { from: 'user' });
  const { follow, json, notes } = command.opts();
  if (notes === true && follow === true)
    throw usageError('--notes prints what is there.', 'Leave --follow out.');
  await using store = await openStore(context);
  const row = await pickRun(store, command.processedArgs[0], context);
  if (notes === true) return printNotes(sideLogFile(store.stateDir, row.runId), json === true, context);
  const printer = new LogPrinter(store, row.runId, json === true, context);
  try {
    await printer.print();
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    await printer.printDamaged();
    context.stderr.write(errorText(error));
    return EXIT.integrity;
  }
  if (follow === true) await followRun(printer, store, context);
  return EXIT.done;
}

/** A line that was cut off by a crash is left out. */
async function printNotes(file: string, json: boolean, context: CliContext): Promise<number> {
  if (!existsSync(file)) {
    context.stderr.write('Nothing was kept of what the agents of this run said.\n');
    return EXIT.done;
  }
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const note = parseNote(line);
    if (note === null) continue;
    const text = `${note.at.slice(11, 19)}  ${note.key}  ${note.kind}: ${note.text}`;
    context.stdout.write(`${json ? JSON.stringify(note) : escapeText(text)}\n`);
  }
  return EXIT.done;
}

function parseNote(line: string): { at: string; key: string; kind: string; text: string } | null {
  try {
    return JSON.parse(line) as { at: string; key: string; kind: string; text: string }; // written by the side log
  } catch {
    return null;
  }
}

async function followRun(printer: LogPrinter, store: Store, context: CliContext): Promise<void> {
  using stop = context.listenForStop();
  while (!stop.signal.aborted && !printer.ended) {
    const since = { seq: printer.seq, inboxId: Number.MAX_SAFE_INTEGER };
    await store.journal.waitForChange(printer.runId, since, POLL_MS, stop.signal);
    if (!stop.signal.aborted) await printer.print();
  }
}

class LogPrinter {
  readonly runId: string;
  seq = 0;
  ended = false;
  readonly #store: Store;
  readonly #json: boolean;
  readonly #context: CliContext;

  constructor(store: Store, runId: string, json: boolean, context: CliContext) {
    this.#store = store;
    this.runId = runId;
    this.#json = json;
    this.#context = context;
  }

  async print(): Promise<void> {
    for (const line of await this.#store.journal.read(this.runId, this.seq + 1)) {
      const lines = this.#json ? [eventJson(line)] : [eventLine(line), ...outputLines(line.event)];
      this.#context.stdout.write(`${lines.join('\n')}\n`);
      this.seq = line.seq;
      if (line.event.type === 'run_ended') this.ended = true;
    }
  }

  /** As stored, without believing any of it. */
  async printDamaged(): Promise<void> {
    for (const row of await this.#store.journal.readDamaged(this.runId)) {
      if (row !== null && row.seq <= this.seq) continue;
      const text = row === null ? 'unreadable' : `${String(row.seq).padStart(5)}  ${escapeText(row.body)}`;
      this.#context.stdout.write(`${this.#json ? JSON.stringify({ type: 'damaged', row }) : text}\n`);
    }
  }
}
