/** Validation and submission: every acceptance criterion was seen, and every pull request says so. */
import { missingPackages } from '../layout/packages.ts';
import type { Site } from '../parts/part.ts';
import type { Statement } from '../understand/requirements.ts';
import { deficiency, type ReviewFinding } from './finding.ts';

export function reviewValidation(text: string, criteria: Statement[], site: Site): ReviewFinding[] {
  const value = JSON.parse(text) as { validation?: { evidence?: string[] } }; // checked when it was handed in
  const evidence = value.validation?.evidence ?? [];
  const cannotStart = missingPackages(site.layout.service.files).length > 0;
  return criteria.flatMap(({ id, text: what }) => {
    const line = evidence.find((each) => new RegExp(`^${id}\\b`).test(each));
    if (line === undefined)
      return [
        deficiency(
          null,
          `The validation says nothing of ${id}: ${what}`,
          'Look at it, and say what was seen.',
        ),
      ];
    if (/^\w+ met: /.test(line)) return [];
    // The reviewer sees for itself that nothing can be started.
    if (cannotStart && /^\w+ not tried: /.test(line)) return [];
    // It is the code that is at fault, not who looked: the finding names where it is made.
    const client = site.client !== null && what.startsWith('The client') ? site.client : null;
    const place =
      client === null
        ? { repo: site.layout.service.files.name, file: site.handlersFile, line: 1 }
        : { repo: client.files.name, file: client.clientFile };
    return [deficiency(place, `${id} was not seen to be met: ${line}`, 'Mend what does not meet it.')];
  });
}

export function reviewSubmission(text: string, criteria: Statement[], site: Site): ReviewFinding[] {
  const { pull_requests: texts = [] } = JSON.parse(text) as {
    pull_requests?: { repo: string; title: string; body: string }[];
  }; // checked when it was handed in
  const repos = [site.layout.service.files.name, ...(site.client === null ? [] : [site.client.files.name])];
  const missing = repos.filter((repo) => !texts.some((each) => each.repo === repo));
  return [
    ...missing.map((repo) => deficiency(null, `There is no pull request text for ${repo}.`, 'Write it.')),
    ...texts.flatMap((each) => [
      ...criteria
        .filter(({ id, text: what }) => !each.body.includes(`${id}: ${what}`))
        .map(({ id }) =>
          deficiency(
            null,
            `The pull request text of ${each.repo} does not name ${id}.`,
            'Name every acceptance criterion.',
          ),
        ),
      ...(/rollback/i.test(each.body)
        ? []
        : [
            deficiency(
              null,
              `The pull request text of ${each.repo} does not say how to take it back.`,
              'Add the rollback.',
            ),
          ]),
      ...(each.title.length > 72
        ? [deficiency(null, `The title for ${each.repo} is longer than 72 characters.`, 'Shorten it.')]
        : []),
    ]),
  ];
}
