import { acceptedText, type Order, type Result } from '../order.ts';
import type { Site } from '../parts/part.ts';
import { readStatements } from '../understand/requirements.ts';
import { callOf, routeOf } from '../understand/resource.ts';
import { readAcceptedSite } from './accepted-site.ts';

/** Writes the text of one pull request per repository that the change touches. */
export function submit(order: Order): Result {
  const reading = readAcceptedSite(order);
  if (reading.kind === 'stop') return reading.result;
  const { site } = reading;
  const criteria = readStatements(acceptedText(order, 'requirements') ?? '', 'A').map(
    ({ id, text }) => `- ${id}: ${text}`,
  );
  const evidence = evidenceOf(acceptedText(order, 'validation'));
  const rollback = rollbackOf(acceptedText(order, 'plan'));
  const texts = [
    {
      repo: site.layout.service.files.name,
      title: `Add ${site.resource.names.many}`,
      what: serviceText(site),
    },
    ...(site.client === null
      ? []
      : [
          {
            repo: site.client.files.name,
            title: `Call the ${site.resource.names.one} routes`,
            what: clientText(site),
          },
        ]),
  ];
  return {
    status: 'complete',
    summary: `Texts for ${texts.length} pull requests: ${texts.map(({ repo }) => repo).join(', ')}.`,
    pull_requests: texts.map(({ repo, title, what }) => ({
      repo,
      title,
      body: [
        what,
        `## Acceptance criteria\n\n${criteria.join('\n')}`,
        evidence === '' ? '' : `## How it was validated\n\n${evidence}`,
        rollback === '' ? '' : `## Rollback\n\n${rollback}`,
      ]
        .filter((part) => part !== '')
        .join('\n\n'),
    })),
  };
}

function serviceText(site: Site): string {
  const { resource } = site;
  const routes = resource.operations.map((operation) => `\`${routeOf(resource, operation)}\``).join(', ');
  return `Adds ${resource.names.many} to the service: ${routes}, with a migration for table \`${resource.names.snakeMany}\`, described in \`${site.layout.service.apiFile}\`.`;
}

function clientText(site: Site): string {
  const { resource } = site;
  const calls = resource.operations.map((operation) => `\`${callOf(resource, operation)}\``).join(', ');
  return `Adds ${calls} to the client, with their types and their rows in the contract. Needs the service's pull request.`;
}

function evidenceOf(text: string | null): string {
  const value = text === null ? null : (JSON.parse(text) as { validation?: { evidence?: string[] } }); // checked when it was accepted
  return (value?.validation?.evidence ?? []).map((line) => `- ${line}`).join('\n');
}

function rollbackOf(text: string | null): string {
  const value = text === null ? null : (JSON.parse(text) as { plan?: { rollback?: string[] } }); // checked when it was accepted
  return (value?.plan?.rollback ?? []).map((line, i) => `${i + 1}. ${line}`).join('\n');
}
