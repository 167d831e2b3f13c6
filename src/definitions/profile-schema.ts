/** The form of a profile: what one agent program that speaks the Agent Client Protocol needs to be told. Data, never code. */
import { posix } from 'node:path';
import { z } from 'zod';
import { FORGE_TOKEN_RULE, isForgeToken } from '../core/checks/forge-tokens.ts';
import { closedObject } from './schema-issues.ts';

const nameRule = 'must be the name of an environment variable';
const variable = z.string({ error: nameRule }).regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: nameRule });
const pathRule = 'must be a path inside the home folder, without `..`';
const homePath = z
  .string({ error: pathRule })
  .min(1, { error: pathRule })
  .refine((path) => !/^[/\\~]|(?:^|[/\\])\.\.(?:[/\\]|$)|\0/.test(path), { error: pathRule });
const loginRule =
  'must not lie where keys of something else are kept (.ssh, .aws, .gnupg, .config/gh, .netrc, .npmrc, .docker, .kube and the like)';
/** Keys of other things than agents: no profile of anybody takes them along. */
const KEPT_KEYS = [
  '.ssh',
  '.aws',
  '.azure',
  '.config/gcloud',
  '.gnupg',
  '.password-store',
  '.local/share/keyrings',
  '.config/gh',
  '.config/git',
  '.git-credentials',
  '.netrc',
  '.npmrc',
  '.pypirc',
  '.docker',
  '.kube',
];
const loginPath = homePath.refine((path) => !isKeptKey(path), { error: loginRule });

/** However it is spelled: where letter case means nothing, another spelling is the same file. */
function isKeptKey(path: string): boolean {
  const plain = posix.normalize(path.replaceAll('\\', '/')).toLowerCase();
  return KEPT_KEYS.some((kept) => plain === kept || plain.startsWith(`${kept}/`));
}

const wordRule = 'must be a list with a program as its first word';
const variables = (description: string) => z.record(variable, z.string()).default({}).meta({ description });
const meta = (description: string) => z.record(z.string(), z.unknown()).default({}).meta({ description });

/** What differs between an agent that may write and one that may only read. */
const access = closedObject({
  mode: z.string().nullable().default(null).meta({ description: 'The session mode to set, by its id.' }),
  env: variables('Variables for this access, besides those of the profile.'),
  meta: meta('`_meta` of session/new: what this agent can be told beyond the protocol.'),
});

const noAccess = { mode: null, env: {}, meta: {} };

export const AUTH_WAYS = ['key', 'login'] as const;
/** `key`: variables of the user's. `login`: the credential files of the user's own subscription. */
export type AuthWay = (typeof AUTH_WAYS)[number];

/** Where an agent with a login can say that its plan is used up. */
const QUOTA_PLACES = ['error', 'stderr', 'last_words'] as const;
const quota = closedObject({
  phrases: z
    .array(
      z.string().min(8, { error: 'must have eight characters: shorter ones are said of other things, too' }),
    )
    .min(1)
    .meta({ description: 'What it says then, as it is, in small or large letters.' }),
  heard: z.array(z.enum(QUOTA_PLACES)).min(1).default(['error', 'stderr']).meta({
    description:
      'Where this is looked for: the error of the protocol, stderr, or what it said last in a turn in which it handed nothing in.',
  }),
});
export type QuotaWords = z.output<typeof quota>;

/** How far the agent's own numbers can be believed. */
export const USAGE_WORDS = ['turn', 'session', 'last_call', 'none'] as const;

export const profileSchema = closedObject({
  name: z
    .string()
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, { error: 'must be lower-case words with `-` between them' }),
  title: z.string().min(1).meta({ description: 'The agent as people know it.' }),
  command: z
    .array(
      z.string({ error: wordRule }).refine((word) => !word.includes('\0'), { error: 'cannot hold a NUL' }),
    )
    .min(1, { error: wordRule })
    .refine(([program]) => program?.trim() !== '', { error: wordRule, path: [0] })
    .meta({
      description: 'The program and its arguments; looked for on PATH, run without a shell.',
    }),
  install: z.string().default('').meta({ description: 'How people get it, for `baton doctor`.' }),
  tested: z.array(z.string()).default([]).meta({ description: 'Versions that it was tried with.' }),
  env: variables('`{home}` stands for the private home folder of the invocation.'),
  folders: z.array(homePath).default([]).meta({ description: 'Folders that have to be there at the start.' }),
  files: z
    .record(homePath, z.string())
    .default({})
    .meta({ description: 'Settings that are put into the private home folder.' }),
  auth: closedObject({
    key: closedObject({
      env: z
        .array(variable.refine((name) => !isForgeToken(name), { error: FORGE_TOKEN_RULE }))
        .default([])
        .meta({ description: 'Variables that hold the key; the first one is needed.' }),
      method: z
        .string()
        .nullable()
        .default(null)
        .meta({ description: 'The protocol’s authentication method, if it asks for one.' }),
    }).default({ env: [], method: null }),
    login: closedObject({
      files: z
        .array(loginPath)
        .min(1)
        .meta({ description: 'Credential files below the user’s home folder; nothing else is placed.' }),
      method: z.string().nullable().default(null),
    })
      .nullable()
      .default(null),
  }).default({ key: { env: [], method: null }, login: null }),
  model_access: closedObject({
    wire: z.string().meta({ description: 'The format in which it calls models.' }),
    env: variables('`{base_url}` and `{token}` stand for what is handed to it.'),
    method: z
      .string()
      .nullable()
      .default(null)
      .meta({ description: 'The authentication method in this case.' }),
  })
    .nullable()
    .default(null)
    .meta({ description: 'How it is told to call its model through Baton.' }),
  access: closedObject({ read: access.default(noAccess), write: access.default(noAccess) }).default({
    read: noAccess,
    write: noAccess,
  }),
  system_prompt: z.enum(['append', 'override', 'none']).default('none').meta({
    description:
      'Whether the instructions go into the system prompt, where the agent says that it can; else into the prompt.',
  }),
  usage: z.enum(USAGE_WORDS).default('none').meta({
    description:
      'What its token counts hold: of each turn, of the whole session, of the last call only, or nothing.',
  }),
  cost: z.enum(['reported', 'unknown']).default('unknown').meta({
    description: 'Whether the cost that it reports is taken; else it is shown as unknown.',
  }),
  quota: quota.optional().meta({
    description:
      'How an agent with a login says that its plan is used up: the run waits until the time that it names, and spends no retry.',
  }),
  resume: z.boolean().default(true).meta({
    description:
      'Go on in the same session, once, when the program ended in the middle of its work and says that it can.',
  }),
});

/** Stored in the run's snapshot as a whole, so that editing the file changes no run. */
export type Profile = z.output<typeof profileSchema>;

/** The JSON Schema of a profile. */
export function profileJsonSchema(): object {
  return z.toJSONSchema(profileSchema, { io: 'input' });
}
