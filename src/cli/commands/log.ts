/** `baton log`: the events of a run, one line each; also of a damaged one. */
import { IntegrityError } from '../../core/errors.ts';
import { createCommand } from '../command.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { eventLine, outputLines } from '../render/event-line.ts';
import { escapeText } from '../render/escape.ts';
import { eventJson } from '../render/progress.ts';
import { openStore, pickRun, type Store } from '../store.ts';
import { errorText } from '../show-error.ts';

const POLL_MS = 1_000;

/** Prints what is there; with `--follow` also what comes, until the run ends. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand('log', 'The events of a run, one line each.', context)
    .argument('[run]', 'id of the run or its beginning; the latest one by default')
    .option('-f, --follow', 'wait for more until the run ends')
    .option('--json', 'one JSON event per line')
    .parse(argv, { from: 'user' });
  const { follow, json } = command.opts();
  await using store = await openStore(context);
  const row = await pickRun(store.journal, command.processedArgs[0]);
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
