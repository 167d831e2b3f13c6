import type { Site } from '../parts/part.ts';
import type { Refusal } from '../layout/refusals.ts';
import { refusalWords } from '../understand/refusal-words.ts';
import { describeKind, routeOf, type Operation } from '../understand/resource.ts';
import { deficiency, type ReviewFinding } from './finding.ts';

/** Every route has its section, every field its row with its rule, every refusal its code. */
export function reviewDocuments(site: Site): ReviewFinding[] {
  const { files, apiFile } = site.layout.service;
  const { resource } = site;
  const text = files.read(apiFile) ?? '';
  const place = { repo: files.name, file: apiFile };
  return resource.operations.flatMap((operation) => {
    const route = routeOf(resource, operation);
    const section = text.split(/^(?=##+ )/m).find((each) => each.startsWith(`### ${route}\n`));
    if (section === undefined)
      return [deficiency(place, `${apiFile} does not describe \`${route}\`.`, 'Add its section.')];
    return missingIn(site, operation, section).map((what) =>
      deficiency(place, `${apiFile} does not say of \`${route}\`: ${what}.`, 'Complete its section.'),
    );
  });
}

function missingIn(site: Site, operation: Operation, section: string): string[] {
  const { fields } = site.resource;
  const { invalid, conflict, notFound } = site.layout.service.refusals;
  const refusals = { create: [conflict, invalid], list: [], get: [notFound] }[operation];
  const codes = refusals.map((refusal: Refusal) => refusalWords(refusal, site.resource).replaceAll('`', ''));
  const rows = operation === 'create' ? fields : [];
  const plain = section.replaceAll('`', '');
  return [
    ...rows
      .filter(
        (field) =>
          !plain
            .split('\n')
            .some(
              (line) =>
                line.startsWith(`| ${field.name} |`) &&
                line.includes(describeKind(field)) &&
                line.includes('required'),
            ),
      )
      .map((field) => `field \`${field.name}\`, its type and that it is required`),
    ...codes.filter((code) => !section.includes(code)).map((code) => `error \`${code}\``),
    ...(operation === 'create' && !section.includes('```json') ? ['an example'] : []),
  ];
}
