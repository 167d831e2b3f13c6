/** Can the new resource be misused: what enters is checked, values never become code, and nothing reaches further than a handler has to. */
import type { Site } from '../parts/part.ts';
import { routeOf } from '../understand/resource.ts';
import { deficiency, type ReviewFinding } from './finding.ts';
import { reviewDiff } from './review-diff.ts';
import { isPutTogether, soughtHandler, uncheckedFields } from './review-handlers.ts';

/** What a handler or store of the rules never needs, as it stands in code. */
const REACHES_FURTHER =
  /from '(?:node:)?(?:child_process|fs|fs\/promises|net|http|https|vm|worker_threads)'|\beval\(|new Function\(|\bfetch\(|process\.env\b/;
/** Fields that a caller chooses, taken over as they come. */
const TAKES_ALL = /\.\.\.\s*(?:body|params|query|request\.body|req\.body)\b|Object\.assign\(/;

export function reviewSecurity(site: Site, diff: string): ReviewFinding[] {
  return [...reviewDiff(diff, null, site), ...entries(site), ...code(site)];
}

/** Each way in: every field of it is checked before it is used. */
function entries(site: Site): ReviewFinding[] {
  return site.resource.operations.flatMap((operation) => {
    const { place, found } = soughtHandler(site, operation);
    if (found === null) return [];
    const route = routeOf(site.resource, operation);
    const unchecked = operation === 'create' ? uncheckedFields(site, found.source) : [];
    return [
      ...unchecked.map((field) =>
        deficiency(
          place,
          `\`${route}\` uses \`${field.name}\` as a caller sent it: nothing refuses what it may not be.`,
          'Check it with the validator of its kind before it is used.',
        ),
      ),
      ...(TAKES_ALL.test(found.source)
        ? [
            deficiency(
              place,
              `\`${route}\` takes over all fields that a caller sends, those that nobody asked for included.`,
              'Name each field.',
            ),
          ]
        : []),
    ];
  });
}

function code(site: Site): ReviewFinding[] {
  const { files } = site.layout.service;
  return [site.handlersFile, site.storeFile].flatMap((file) => {
    const text = files.read(file) ?? '';
    const place = { repo: files.name, file };
    const further = REACHES_FURTHER.exec(text)?.[0];
    return [
      ...(isPutTogether(text)
        ? [deficiency(place, 'SQL is put together from values: injection.', 'Give values as parameters.')]
        : []),
      ...(further === undefined
        ? []
        : [
            deficiency(
              place,
              `\`${further}\` reaches further than the resource needs.`,
              'Take it out; what is really needed is for a person to look at.',
            ),
          ]),
    ];
  });
}
