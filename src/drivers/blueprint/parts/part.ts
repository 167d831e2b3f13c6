import type { FindingForAgent } from '../../driver.ts';
import type { ClientLayout } from '../layout/client-layout.ts';
import type { Layout } from '../layout/read-layout.ts';
import { routeOf, type Operation, type Resource } from '../understand/resource.ts';

/** One piece of work that can be done, left out and mended on its own. */
export interface Part {
  id: string;
  /** Makes it so; where it is so already, nothing changes. */
  apply(): void;
  /** Takes it out again, as a careless author would have left it; null: nobody forgets this. */
  forget: (() => void) | null;
  /** A finding concerns this part when all patterns of one of these lists occur in it. */
  concerns: RegExp[][];
}

export type PartFinding = Pick<FindingForAgent, 'file' | 'problem' | 'fix'>;

/** Which parts a finding is about; empty: none of these. */
export function partsConcerned(parts: Part[], finding: PartFinding): Part[] {
  const text = `${finding.file ?? ''}\n${finding.problem}\n${finding.fix}`;
  return parts.filter((part) =>
    part.concerns.some((patterns) => patterns.every((pattern) => pattern.test(text))),
  );
}

/** The route as a whole word: `GET /invoices` is not found in `GET /invoices/:number`. */
export function routePattern(resource: Resource, operation: Operation): RegExp {
  return new RegExp(`${escape(routeOf(resource, operation))}(?![\\w/:-])`);
}

export function wordPattern(word: string): RegExp {
  // Not in `:number` either: that is a place in a path, not the field.
  return new RegExp(`(?<![\\w:-])${escape(word)}(?![\\w-])`);
}

export function filePattern(path: string): RegExp {
  return new RegExp(escape(path));
}

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

/** What is built, and where: all that a part needs to know. */
export interface Site {
  resource: Resource;
  layout: Layout;
  typeFile: string;
  storeFile: string;
  handlersFile: string;
  migrationFile: string;
  testFile: string;
  client: (ClientLayout & { testFile: string }) | null;
}

/** Names the files of the resource after those of the layout's own. */
export function siteOf(resource: Resource, layout: Layout): Site {
  const { service } = layout;
  const many = resource.names.kebabMany;
  const one = resource.names.snake.replaceAll('_', '-');
  return {
    resource,
    layout,
    typeFile: `${service.typesDir}/${one}.js`,
    storeFile: `${service.storesDir}/${many}.js`,
    handlersFile: `${service.handlersDir}/${many}.js`,
    migrationFile: migrationFileOf(layout, many),
    testFile: `${service.testsDir}/${many}.test.js`,
    client:
      resource.client && layout.client !== null
        ? { ...layout.client, testFile: `${layout.client.testsDir}/${many}.test.js` }
        : null,
  };
}

/** The migration that is there already, or the next number. */
function migrationFileOf(layout: Layout, many: string): string {
  const { files, migrationsDir } = layout.service;
  const numbered = files.list().flatMap((path) => {
    const match = path.startsWith(`${migrationsDir}/`) ? /\/(\d+)-([\w-]+)\.sql$/.exec(path) : null;
    return match === null ? [] : [{ path, number: match[1] ?? '', name: match[2] ?? '' }];
  });
  const existing = numbered.find((migration) => migration.name === many);
  if (existing !== undefined) return existing.path;
  const width = Math.max(...numbered.map((migration) => migration.number.length));
  const next = Math.max(...numbered.map((migration) => Number(migration.number))) + 1;
  return `${migrationsDir}/${String(next).padStart(width, '0')}-${many}.sql`;
}
