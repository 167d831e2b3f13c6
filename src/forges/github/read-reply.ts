/** Replies of GitHub's API, checked where they come in; lists to their end. */
import type { z } from 'zod';
import { UnreadableReply } from './fetch-within.ts';

export const PAGE = 100;
/** A list with more than these pages hold is not read to its end. */
export const MAX_PAGES = 10;

/** A list that is not read to its end says nothing. */
export class TooLongList extends Error {}

/** The whole list, or none: what is cut off could be what is red. */
export async function allPages<Each>(
  what: string,
  readPage: (page: { per_page: number; page: number }) => Promise<Each[]>,
): Promise<Each[]> {
  const all: Each[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const found = await readPage({ per_page: PAGE, page });
    all.push(...found);
    if (found.length < PAGE) return all;
  }
  throw new TooLongList(`There are more than ${MAX_PAGES * PAGE} ${what}, which is more than Baton reads`);
}

export function read<T>(schema: z.ZodType<T>, data: unknown): T {
  const found = schema.safeParse(data);
  if (found.success) return found.data;
  throw new UnreadableReply('The reply is not one of GitHub’s API');
}
