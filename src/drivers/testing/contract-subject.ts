/** Who takes the contract of drivers: what its agents can do, and what is asked of them in another way. */
import type { Wall } from '../../workspace/wall.ts';
import type { Driver, DriverNote, WorkOrder } from '../driver.ts';

/** What an agent can do in the contract: the modes of `agent.mjs`. */
export const BEHAVIOURS = [
  'submit',
  'edit',
  'silent',
  'crash',
  'hang',
  'wrong',
  'cut',
  'prose',
  'fence',
  'comma',
  'after',
  'before',
  'twice',
  'glued',
  'markers',
  'dots',
  'stubborn',
  'stopped',
  'children',
  'children_hang',
  'huge',
  'binary',
  'notes',
  'reader_writes',
  'writes_outside',
  'forgets',
  'repaired',
  'refuses',
  'lies',
  'cut_off',
  'cut_always',
  'secrets',
  'tree',
  'writer',
] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

/** What a caller has in its environment, and lets through by name. */
export interface CallerEnvironment {
  env: string[];
  environment: Record<string, string | undefined>;
}

/** How long the writer pauses. */
export const WRITER_MS = 50;

/** What the agents of `writer` leave running: it is deaf, in a session of its own, and nobody's child. */
export const writerScript = (file: string): string =>
  `trap "" TERM HUP INT; while :; do echo x >> ${file}; sleep ${WRITER_MS / 1_000}; done`;

export interface DriverSubject {
  name: string;
  wall: Wall;
  /** Those that this kind of driver can show; all others are reported as skipped. */
  behaviours: readonly Behaviour[];
  /** Why it cannot show one of the others, for the report; absent: none of its agents does that. */
  unable?: Partial<Record<Behaviour, string>>;
  create(behaviour: Behaviour, argument: string, given?: CallerEnvironment): Driver;
  /** What its orders need besides: access to a model. */
  order?: Partial<WorkOrder>;
  /** Whom to order, and what this agent hands in, where the driver plays only agents of its own; else a coder. */
  played?: { agent: string; result: object };
  /** How many times longer than a script its agents take to begin; absent: once. */
  pace?: number;
  /** What the report of a crash says, where it is not the agent's last word that something broke. */
  crashWords?: string;
  /** What its agents say themselves, where their programs say more; absent: all notes. */
  says?: DriverNote['kind'];
  /** They hold a result against the schema themselves, so that a wrong one never arrives. */
  checksItself?: boolean;
  /** They ask the engine about a result while the agent can still mend it. */
  asksEngine?: boolean;
  /** They go on, once, in a conversation that was cut off in the middle. */
  goesOn?: boolean;
  /** Their readers have nothing to write with, also without a wall. */
  boundReaders?: boolean;
  /** What their work is measured to have cost; absent: it is not known. */
  usage?: object;
}
