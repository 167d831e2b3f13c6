/** Opens a store as the product does, for tests and for the processes that tests start. */
import { hostname } from 'node:os';
import type { Journal } from '../journal.ts';
import { readOwnIdentity } from '../process-identity.ts';
import { openSqliteJournal } from '../sqlite/open.ts';
import type { StoreOptions } from '../sqlite/open.ts';

/** The store in `dir`, with this machine's clock and this process's identity. */
export function openTestStore(dir: string, changes: Partial<StoreOptions> = {}): Promise<Journal> {
  return openSqliteJournal({ dir, clock: () => new Date(), host: readOwnIdentity(hostname()), ...changes });
}
