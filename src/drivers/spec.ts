import type { AuthWay, Profile } from '../definitions/profile-schema.ts';

/** Which driver a run uses and with what: stored in the run's snapshot, so that a resume builds the same one. */
export type DriverSpec =
  | { name: 'command'; command: string[]; env: string[] }
  /** The whole profile, as it was when the run started; `env` are names of further variables that agents see. */
  | { name: 'acp'; profile: Profile; auth: AuthWay; env: string[] }
  /** `model` is the flag's, which the configuration holds too; `env` are names of variables that commands see. */
  | { name: 'in-process'; model: string | null; env: string[] }
  /** `careless` agents leave things out; `rogues` names the trick that an agent plays in its first round. */
  | { name: 'blueprint'; careless: string[]; rogues: Record<string, string>; seed: number; paceMs: number }
  /** A file of rules; or, for a rehearsal, a folder of prepared answers. */
  | { name: 'scripted'; file: string }
  | { name: 'scripted'; rehearsal: string };
