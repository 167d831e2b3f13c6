import { routeRowsOf } from '../layout/modules.ts';
import type { Layout } from '../layout/read-layout.ts';

/** What the repositories add to the words of a request. */
export interface Habits {
  /** Whether amounts in cents are stored under names that end in `_cents`. */
  centsSuffix: boolean;
  /** Whether there is a client library to extend. */
  hasClient: boolean;
  /** The paths that are there already. */
  takenPaths: readonly string[];
}

export function habitsOf({ service, client }: Layout): Habits {
  return {
    centsSuffix: service.centsSuffix,
    hasClient: client !== null,
    takenPaths: routeRowsOf(service.files.read(service.routesFile) ?? '').map(({ path }) => path),
  };
}
