/**
 * What an agent offers as its result, within one invocation:
 *
 *   open ──offer with problems──▶ open (the problems go back to the agent, in the same turn)
 *     └────offer without any────▶ accepted: every later offer is refused
 *
 * Offers are judged one after the other, so that of two at once only one can be accepted.
 */
import { depthProblem } from '../../definitions/result-depth.ts';
import { wellFormed } from '../last-line.ts';

/** An agent that has not understood by then does not understand. */
const MAX_OFFERS = 20;
const MAX_WHY_CHARS = 300;
const MAX_RAW_BYTES = 4 * 1024 * 1024;

/** Looks at an offered result and says what is wrong with it, in sentences; nothing: it is taken. */
export type CheckResult = (result: unknown) => Promise<string[]>;

export type Reply =
  | { kind: 'accepted' }
  /** `final`: whatever else it offers is refused too. */
  | { kind: 'refused'; problems: string[]; final: boolean };

export interface Offers {
  offer(value: unknown): Promise<Reply>;
  /** Resolves when a result was accepted, or no further one will be looked at. */
  readonly closed: Promise<void>;
  /** The accepted result; null while there is none. */
  accepted(): { result: unknown } | null;
  /** What was wrong with the last one that was refused; empty where none was. */
  lastProblems(): string[];
  /** Everything that was offered, one JSON object per line, as it came; the last ones where it is too much. Of one that is nested too deep, only that. */
  raw(): Uint8Array;
}

/** In one line, for people who watch: a call that was refused is none that was done. */
export function sayRejected(what: string, why: string): string {
  const line = why.trim().split('\n', 1)[0] ?? '';
  return `${what} (rejected: ${line.length > MAX_WHY_CHARS ? `${line.slice(0, MAX_WHY_CHARS - 1)}…` : line})`;
}

/** `check` is asked for each offer until one is accepted; `tell` hears of each what was wrong with it: nothing where it is taken. */
export function createOffers(check: CheckResult, tell: (problems: string[]) => void = () => {}): Offers {
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  const lines: Buffer[] = [];
  let bytes = 0;
  let count = 0;
  let accepted: { result: unknown } | null = null;
  let problems: string[] = [];
  let queue: Promise<unknown> = Promise.resolve();

  const keep = (value: unknown): void => {
    const line = Buffer.from(`${JSON.stringify(value)}\n`);
    lines.push(line);
    bytes += line.length;
    while (bytes > MAX_RAW_BYTES && lines.length > 1) bytes -= lines.shift()?.length ?? 0;
  };
  const judge = async (value: unknown): Promise<Reply> => {
    if (accepted !== null) return refuse(['A result was accepted already: nothing more is taken.'], true);
    if (count >= MAX_OFFERS)
      return refuse([`${MAX_OFFERS} results were refused: no further one is looked at.`], true);
    count += 1;
    const tooDeep = depthProblem(value);
    // Halves of a surrogate pair cannot be stored: what is checked is what will be stored.
    const result = tooDeep === null ? wellFormed(value) : null;
    keep(tooDeep === null ? value : { refused: tooDeep });
    problems = tooDeep === null ? await check(result) : [tooDeep];
    if (problems.length === 0) {
      accepted = { result };
      close();
      return { kind: 'accepted' };
    }
    if (count === MAX_OFFERS) close();
    return refuse(problems, count === MAX_OFFERS);
  };
  return {
    offer: (value) => {
      const reply = queue.then(async () => {
        const judged = await judge(value);
        tell(judged.kind === 'refused' ? judged.problems : []);
        return judged;
      });
      queue = reply.catch(() => undefined); // who offered hears of it; the next one is judged all the same
      return reply;
    },
    closed,
    accepted: () => accepted,
    lastProblems: () => [...problems],
    raw: () => Buffer.concat(lines),
  };
}

function refuse(problems: string[], final: boolean): Reply {
  return { kind: 'refused', problems, final };
}
