import { acceptedText, type Order, type Result } from '../order.ts';
import type { Site } from '../parts/part.ts';
import { readStatements, type Statement } from '../understand/requirements.ts';
import { routeOf } from '../understand/resource.ts';
import { readAcceptedSite } from './accepted-site.ts';

/** Plans the work over the agents whose work it is, and cites every research output. */
export function plan(order: Order): Result {
  const reading = readAcceptedSite(order);
  if (reading.kind === 'stop') return reading.result;
  const { site } = reading;
  const { resource } = site;
  const functional = readStatements(acceptedText(order, 'requirements') ?? '', 'F');
  const cites = order.context.filter((item) => item.kind === 'research').map((item) => item.name);
  const tasks = tasksOf(site, functional);
  return {
    status: 'complete',
    summary: `${tasks.length} tasks: data, service, documentation${site.client === null ? '' : ', client'}, tests, validation.`,
    decisions: [`${capital(resource.names.many)} are laid out like ${site.layout.service.exemplar}.`],
    plan: {
      analysis: `One new resource with ${resource.operations.map((operation) => `\`${routeOf(resource, operation)}\``).join(', ')}; nothing that is there changes its behaviour.`,
      tasks,
      cites,
      risks: [
        'A field that is not checked reaches the database: each has a test with missing and wrong values.',
        `The migration runs at start: it only adds table \`${resource.names.snakeMany}\`.`,
      ],
      rollback: [
        site.client === null ? 'Revert the pull request.' : 'Revert the pull requests, the client first.',
        `Then \`DROP TABLE ${resource.names.snakeMany}\` and remove its row from \`migrations\`; no other table is touched.`,
      ],
      success_criteria: [
        'Every acceptance criterion was seen on the running service.',
        'All tests of before are green.',
      ],
      estimate: `Small: about ${6 + resource.fields.length + resource.operations.length} files, no new dependency.`,
    },
  };
}

interface Task {
  id: string;
  agent: string;
  description: string;
  depends_on: string[];
  output: string;
  repo: string;
}

function tasksOf(site: Site, functional: Statement[]): Task[] {
  const service = site.layout.service.files.name;
  const { names } = site.resource;
  const ids = (test: RegExp): string =>
    functional
      .filter(({ text }) => test.test(text))
      .map(({ id }) => id)
      .join(', ');
  const fields = ids(/has `/);
  const routes = ids(/^`(?:GET|POST) |^A second /);
  const drafts: (Omit<Task, 'id' | 'depends_on'> & { id: string })[] = [
    {
      id: 'data',
      agent: 'datatypes-agent',
      description: `Add the type of ${names.withArticle} and the migration for its table (${fields}).`,
      output: `${site.typeFile}, ${site.migrationFile}`,
      repo: service,
    },
    {
      id: 'service',
      agent: 'feature-implementation-agent',
      description: `Add store, checks, handlers and routes for ${names.many} (${routes}; checks of ${fields}).`,
      output: `${site.storeFile}, ${site.handlersFile}, rows in ${site.layout.service.routesFile}`,
      repo: service,
    },
    {
      id: 'documentation',
      agent: 'feature-implementation-agent',
      description: `Describe every route of ${names.many} in ${site.layout.service.apiFile}, with an example that works (${routes}).`,
      output: site.layout.service.apiFile,
      repo: service,
    },
    ...(site.client === null
      ? []
      : [
          {
            id: 'client',
            agent: 'feature-implementation-agent',
            description: `Add the calls, types and contract rows of ${names.many} to the client (${ids(/client library/)}).`,
            output: `${site.client.clientFile}, ${site.client.contractFile}`,
            repo: site.client.files.name,
          },
        ]),
    {
      id: 'tests',
      agent: 'unit-testing-agent',
      description: `Test every operation, every refusal and the client (${functional.map(({ id }) => id).join(', ')}).`,
      output: site.client === null ? site.testFile : `${site.testFile}, ${site.client.testFile}`,
      repo: service,
    },
    {
      id: 'validation',
      agent: 'validation-agent',
      description: 'Run the service and look at every acceptance criterion from outside.',
      output: 'evidence per criterion',
      repo: service,
    },
  ];
  return drafts.map((draft, i) => ({ ...draft, depends_on: i === 0 ? [] : [drafts[i - 1]?.id ?? ''] }));
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
