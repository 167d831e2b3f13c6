/** Gates that are no command with an exit code: what they take of `baton.yaml`, and what says nothing to them. */
import type { GateKind } from '../core/words.ts';
import { MUTATION_BOUNDS, PROBE_DEFAULTS, type GateCommand, type MutationBounds } from './config.ts';
import { probeShape, rollbackShape, type GateFile } from './gate-schema.ts';

type GateKey = keyof GateFile;
type OwnKind = 'reach' | 'mutation' | 'executed' | 'probe' | 'forge_checks' | 'rollback';

const OF_COMMANDS = ['command', 'shell', 'env', 'network', 'timeout', 'report', 'serial'] as const;

/** What is split like a command. */
type CommandKey = 'start' | 'before' | 'up' | 'down' | 'schema';

/** The keys that one kind has for itself. */
const OWN_KEYS: Readonly<Record<OwnKind, readonly GateKey[]>> = {
  reach: ['entries'],
  mutation: ['time', 'max_mutants', 'min_score'],
  executed: ['unrun'],
  probe: Object.keys(probeShape) as (keyof typeof probeShape)[],
  forge_checks: ['checks'],
  rollback: Object.keys(rollbackShape) as (keyof typeof rollbackShape)[],
};

/** What each takes no part of beside the keys of the others, and why. */
const TAKES_NO: Readonly<Record<OwnKind, { no: readonly GateKey[]; why: string }>> = {
  reach: { no: OF_COMMANDS, why: 'runs nothing' },
  mutation: { no: OF_COMMANDS, why: 'runs the tests gates of its module' },
  executed: { no: OF_COMMANDS, why: 'runs the tests gates of its module' },
  probe: { no: ['command', 'network', 'report'], why: 'starts a service with `start`' },
  forge_checks: { no: OF_COMMANDS.filter((key) => key !== 'timeout'), why: 'runs nothing here' },
  rollback: { no: ['command', 'network', 'report'], why: 'runs `up`, `down` and `schema`' },
};

const KINDS = Object.keys(OWN_KEYS) as OwnKind[];

/** Whether it has no `command`. */
export function isOwnKind(kind: GateKind): kind is OwnKind {
  return Object.hasOwn(OWN_KEYS, kind);
}

/** `words` splits what is written under a key. */
export function gateOfOwnKind(
  file: GateFile,
  kind: OwnKind,
  words: (key: CommandKey, command: string | string[]) => string[],
): GateCommand {
  const { name, set, entries } = file;
  const gate: GateCommand = {
    name,
    kind,
    command: [],
    shell: false,
    env: [],
    network: false,
    timeoutMs: null,
    reporter: 'none',
    report: null,
    ...(entries === undefined ? {} : { entries }),
    ...(file.unrun === undefined ? {} : { unrun: file.unrun }),
    ...(kind === 'mutation' ? { mutation: mutationBounds(file) } : {}),
    ...(kind === 'forge_checks' ? { checks: file.checks ?? [], timeoutMs: file.timeout ?? null } : {}),
    set: set ?? 'full',
  };
  if (kind === 'rollback') return { ...gate, ...rollbackOf(file, words) };
  return kind === 'probe' ? { ...gate, ...probeOf(file, words) } : gate;
}

const mutationBounds = ({ time, max_mutants, min_score }: GateFile): MutationBounds => ({
  timeMs: time ?? MUTATION_BOUNDS.timeMs,
  mostMutants: max_mutants ?? MUTATION_BOUNDS.mostMutants,
  minScore: min_score ?? MUTATION_BOUNDS.minScore,
});

/** The gate that starts the service, in a network that is its own. */
function probeOf(
  file: GateFile,
  words: (key: 'start' | 'before', command: string | string[]) => string[],
): Partial<GateCommand> {
  const { start, shell = false, before, env = [], timeout = null, serial } = file;
  const { startTimeoutMs, replyTimeoutMs, portEnv } = PROBE_DEFAULTS;
  return {
    command: start === undefined ? [] : words('start', start),
    shell,
    env,
    timeoutMs: timeout,
    probe: {
      port: file.port ?? null,
      portEnv: file.port_env ?? portEnv,
      ready: file.ready ?? null,
      headers: file.headers ?? {},
      before: before === undefined ? null : words('before', before),
      startTimeoutMs: file.start_timeout ?? startTimeoutMs,
      replyTimeoutMs: file.reply_timeout ?? replyTimeoutMs,
      paths: file.paths ?? [],
    },
    ...(serial === true ? { serial } : {}),
  };
}

/** Their commands run one after the other, beside the services of the module. */
function rollbackOf(
  file: GateFile,
  words: (key: 'up' | 'down' | 'schema', command: string | string[]) => string[],
): Partial<GateCommand> {
  const { up, down, schema, shell = false, env = [], timeout = null, serial } = file;
  return {
    shell,
    env,
    timeoutMs: timeout,
    rollback: {
      ...(up === undefined ? {} : { up: words('up', up) }),
      ...(down === undefined ? {} : { down: words('down', down) }),
      ...(schema === undefined ? {} : { schema: words('schema', schema) }),
      requireDown: file.require_down ?? false,
    },
    ...(serial === true ? { serial } : {}),
  };
}

export interface MisplacedKey {
  key: GateKey;
  message: string;
  fix: string;
}

/** Keys that say nothing to a gate of this kind: whoever wrote them meant something. */
export function misplacedKeys(file: GateFile, kind: GateKind): MisplacedKey[] {
  const found = isOwnKind(kind) ? misplacedIn(file, kind) : misplacedInCommand(file, kind);
  if (kind === 'forge_checks' && file.checks === undefined) {
    const fix = 'Write `checks: [NAME]`, as the pull requests of the repository show them.';
    return [
      { key: 'kind', message: 'A gate of the kind forge_checks has to name the checks.', fix },
      ...found,
    ];
  }
  if (kind === 'rollback') return [...found, ...halfOfRollback(file)];
  if (kind !== 'mutation' || file.set !== 'quick') return found;
  const message = 'A gate of the kind mutation runs the tests many times.';
  return [{ key: 'set', message, fix: 'Take it out: such a gate runs in the full set.' }, ...found];
}

/** One alone shows nothing. */
function halfOfRollback({ up, down, schema }: GateFile): MisplacedKey[] {
  const given = [up, down, schema].filter((each) => each !== undefined).length;
  if (given === 0 || given === 3) return [];
  const message = 'A gate of the kind rollback takes `up`, `down` and `schema` together.';
  return [{ key: 'kind', message, fix: 'Write all three, or none: then migrations are read and not run.' }];
}

function misplacedIn(file: GateFile, kind: OwnKind): MisplacedKey[] {
  const { no, why } = TAKES_NO[kind];
  const others = KINDS.filter((other) => other !== kind).flatMap((other) => OWN_KEYS[other]);
  return writtenOf(file, [...no, ...others]).map((key) => ({
    key,
    message: `A gate of the kind ${kind} ${why}: \`${key}\` says nothing to it.`,
    fix:
      kind === 'probe' && key === 'command'
        ? 'Write `start` in its place.'
        : 'Take it out, or give it another name and `kind: command`.',
  }));
}

function misplacedInCommand(file: GateFile, kind: GateKind): MisplacedKey[] {
  return KINDS.flatMap((other) =>
    writtenOf(file, OWN_KEYS[other]).map((key) => ({
      key,
      message: `A gate of the kind ${kind} has no ${key === 'entries' ? key : `\`${key}\``}.`,
      fix: `Take them out, or write \`kind: ${other}\`.`,
    })),
  );
}

const writtenOf = (file: GateFile, keys: readonly GateKey[]): GateKey[] =>
  keys.filter((key) => file[key] !== undefined);
