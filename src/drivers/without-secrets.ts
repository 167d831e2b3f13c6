/** The one place where secrets are taken out of what a driver brings back: those that it handed its agent, and those that its caller knows. */
import type { DriverNote, DriverOutcome } from './driver.ts';
import { createRedactor, type Redactor } from './redact.ts';

/** Secrets by the name that is shown in their place. Drivers put in here what they hand an agent, before it is started. */
export type Handed = Map<string, string>;

/** `act` runs a driver with an order that holds `handed`, and tells what the agent does through the note that it is given. */
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
  const done = await act(handed, (each) => note({ ...each, text: known.text(ownNow().text(each.text)) }));
  const redactor = ownNow();
  const raw = known.bytes(redactor.bytes(done.raw));
  return done.kind === 'submitted'
    ? { ...done, raw, result: known.value(redactor.value(done.result)) }
    : { ...done, raw, detail: known.text(redactor.text(done.detail)) };
}
