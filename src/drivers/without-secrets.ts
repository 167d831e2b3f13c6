/** The one place where secrets are taken out of what a driver brings back: those that it handed its agent, and those that its caller knows. */
import { depthProblem } from '../definitions/result-depth.ts';
import { CUT } from './cut.ts';
import type { DriverNote, DriverOutcome } from './driver.ts';
import { createRedactor, type Redactor } from './redact.ts';

/** Secrets by the name that is shown in their place. Drivers put in here what they hand an agent, before it is started. */
export type Handed = Map<string, string>;

/** Between notes while they are one text: a white space, so that a secret is found over it. */
const NEXT = '\u2028';
/** A note that ends with so many letters of a secret waits for the next. */
const WORTH_WAITING = 3;
/** Of one that nothing follows so many are too much. */
const TOO_MUCH = 5;

/**
 * `act` runs a driver with an order that holds `handed`, and tells what the agent does through the note that it is given.
 * A result of whatever driver that is nested too deep to be read is none: the attempt failed.
 */
export async function withoutSecrets(
  known: Redactor,
  note: (note: DriverNote) => void,
  act: (handed: Handed, note: (note: DriverNote) => void) => Promise<DriverOutcome>,
): Promise<DriverOutcome> {
  const handed: Handed = new Map();
  let own = { size: 0, redactor: createRedactor(handed) };
  const ownNow = (): Redactor => {
    if (own.size !== handed.size) own = { size: handed.size, redactor: createRedactor(handed) };
    return own.redactor;
  };
  const notes = createCleanNotes(() => [ownNow(), known], note);
  const done = await act(handed, notes.tell);
  notes.end();
  const redactor = ownNow();
  const raw = known.bytes(redactor.bytes(done.raw));
  if (done.kind === 'failed') return { ...done, raw, detail: known.text(redactor.text(done.detail)) };
  const tooDeep = depthProblem(done.result);
  return tooDeep === null
    ? { ...done, raw, result: known.value(redactor.value(done.result)) }
    : { kind: 'failed', reason: 'invalid_output', detail: tooDeep, raw, usage: done.usage };
}

interface CleanNotes {
  tell(note: DriverNote): void;
  end(): void;
}

/** What is known of the notes of one kind, without secrets. `text` begins with `told` characters that were told already: a secret may begin in them. */
interface Passage {
  text: string;
  told: number;
}

/** Notes of a kind are read as one text, so that a secret is found that goes on in the next of them. */
function createCleanNotes(redactors: () => Redactor[], note: (note: DriverNote) => void): CleanNotes {
  const passages = new Map<DriverNote['kind'], Passage>();
  let kind: DriverNote['kind'] | null = null;
  const emit = (of: DriverNote['kind'], text: string): void => {
    for (const each of text.split(NEXT)) if (each.trim() !== '') note({ kind: of, text: each });
  };
  /** Nothing follows for now: what waits is told, without the part of a secret at its end. */
  const settle = (): void => {
    const passage = kind === null ? undefined : passages.get(kind);
    if (kind === null || passage === undefined) return;
    const { text, told } = passage;
    const { at, from, letters, shown } = firstBeginning(redactors(), text);
    const isPart = letters >= TOO_MUCH && told < text.length;
    emit(kind, isPart ? text.slice(told, Math.max(at, told)) + shown : text.slice(told));
    passages.set(kind, { text: text.slice(from), told: text.length - from });
  };
  return {
    tell: (each) => {
      if (kind !== each.kind) settle();
      kind = each.kind;
      const before = passages.get(kind) ?? { text: '', told: 0 };
      const heard = `${before.text}${each.text}${NEXT}`;
      const text = redactors().reduce((rest, redactor) => redactor.text(rest), heard);
      // A secret that began in what was told stands there by its name from where it began.
      let told = 0;
      while (told < before.told && text.charAt(told) === heard.charAt(told)) told += 1;
      const { at, from, letters } = firstBeginning(redactors(), text);
      // A note is told as a whole.
      const whole = letters < WORTH_WAITING ? text.length : at === 0 ? 0 : text.lastIndexOf(NEXT, at - 1) + 1;
      const until = Math.max(told, whole);
      emit(kind, text.slice(told, until));
      // Behind a cut the rest of a secret may come in the next note.
      const kept = Math.min(text.endsWith(CUT + NEXT) ? text.length - 2 : from, from, until);
      passages.set(kind, { text: text.slice(kept), told: until - kept });
    },
    end: settle,
  };
}

function firstBeginning(redactors: readonly Redactor[], text: string): ReturnType<Redactor['beginning']> {
  const found = redactors.map((redactor) => redactor.beginning(text));
  return (
    found.toSorted((a, b) => a.at - b.at)[0] ?? { at: text.length, from: text.length, letters: 0, shown: '' }
  );
}
