/** Does it stay fast with much data: one query for each call, by an index, and no lock on tables that are full already. */
import type { Site } from '../parts/part.ts';
import { routeOf } from '../understand/resource.ts';
import { deficiency, type ReviewFinding } from './finding.ts';
import { soughtHandler } from './review-handlers.ts';

/** Something is done for each element of what may be many. */
const FOR_EACH = /\b(?:for|while)\s*(?:await\s*)?\(|\.(?:map|forEach|filter|reduce|flatMap)\(/;
/** What waits for rows that are there already, or for the lock of their table. */
const TOUCHES_ROWS =
  /^\+\s*(?:ALTER\s+TABLE|UPDATE|DELETE\s+FROM|DROP\s+TABLE|REINDEX|INSERT\s+INTO\s+\w+[^;]*\bSELECT)\b/im;

export function reviewPerformance(site: Site, diff: string): ReviewFinding[] {
  return [...loops(site), ...lists(site), ...migrations(diff)];
}

function loops(site: Site): ReviewFinding[] {
  const { files } = site.layout.service;
  const { names } = site.resource;
  const asksStore = new RegExp(
    `\\b(?:insert${names.pascal}|all${names.pascalMany}|find${names.pascal})\\(|\\.prepare\\(`,
  );
  const handlers = site.resource.operations.flatMap((operation) => {
    const { place, found } = soughtHandler(site, operation);
    return found === null
      ? []
      : [{ place, text: found.source, of: `\`${routeOf(site.resource, operation)}\`` }];
  });
  const store = (files.read(site.storeFile) ?? '').split(/^(?=export )/m).map((text) => ({
    place: { repo: files.name, file: site.storeFile, line: null },
    text,
    of: 'The store',
  }));
  return [...handlers, ...store].flatMap(({ place, text, of }) => {
    const loop = FOR_EACH.exec(text);
    if (loop === null || !asksStore.test(text.slice(loop.index))) return [];
    return [
      deficiency(
        place,
        `${of} asks the database once for each element: with a hundred times the rows that are a hundred times the queries.`,
        'Ask once for all of them.',
      ),
    ];
  });
}

/** It is what was asked for, and what the resource that was followed does: to be known, and no reason to refuse it. */
function lists(site: Site): ReviewFinding[] {
  const { resource, layout } = site;
  if (!resource.operations.includes('list')) return [];
  const text = layout.service.files.read(site.storeFile) ?? '';
  if (/\bLIMIT\b/i.test(text)) return [];
  return [
    {
      ...deficiency(
        { repo: layout.service.files.name, file: site.storeFile },
        `\`${routeOf(resource, 'list')}\` answers with every row of ${resource.names.snakeMany}: its time and memory grow with the table.`,
        'Page it before the table grows beyond some thousands of rows.',
      ),
      severity: 'minor',
      blocking: false,
    },
  ];
}

/** A new table locks nobody; what touches the rows of another one has to be measured, which rules cannot do. */
function migrations(diff: string): ReviewFinding[] {
  return diff.split(/^(?=diff --git )/m).flatMap((part) => {
    const names = /^diff --git "?a\/([^/\s]+)\/(.+?\.sql)"? "?b\//.exec(part);
    const found = names === null ? null : TOUCHES_ROWS.exec(part);
    if (names === null || found === null) return [];
    return [
      deficiency(
        { repo: names[1] ?? '', file: names[2] ?? '' },
        `\`${found[0].slice(1).trim()}\` works on rows that are there already: how long that takes and what it locks, nobody has measured.`,
        'Leave it to a migration of its own, with the sizes of the tables.',
      ),
    ];
  });
}
