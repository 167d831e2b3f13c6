/** `commits:` of `baton.yaml`: whose the submitted commits are, and who signs them. */
import { z } from 'zod';
import type { CommitsConfig } from './config.ts';
import { closedObject } from './schema-issues.ts';

const SIGN_WORDS = ['none', 'ssh', 'gpg', 'git'] as const;

const personRule = 'must be a name and an address, like `Ada Lovelace <ada@example.org>`';
const person = z
  .string({ error: personRule })
  .max(300, { error: personRule })
  // oxlint-disable-next-line no-control-regex -- git takes none of them in a name
  .regex(/^[^<>\u0000-\u001f]*[^<>\u0000-\u0020] <[^<>\u0000-\u0020]+@[^<>\u0000-\u0020]+>$/, {
    error: personRule,
  });

export const commitsSchema = closedObject({
  author: person.optional().meta({ description: 'Of the submitted commits; Baton by default.' }),
  committer: person.optional().meta({ description: 'Likewise; the author where only that one is named.' }),
  sign: z.enum(SIGN_WORDS).optional().meta({
    description:
      'How submitted commits are signed, with the key of your own git configuration (`user.signingKey`): none (the usual), ssh, gpg, or git: as `commit.gpgSign` and `gpg.format` say.',
  }),
});

/** What was written, in parts. */
export function toCommits({ author, committer, sign }: z.output<typeof commitsSchema>): CommitsConfig {
  const writer = author === undefined ? null : toPerson(author);
  return {
    author: writer,
    committer: committer === undefined ? writer : toPerson(committer),
    sign: sign ?? 'none',
  };
}

function toPerson(text: string): { name: string; email: string } {
  const at = text.lastIndexOf(' <');
  return { name: text.slice(0, at).trim(), email: text.slice(at + 2, -1) };
}
