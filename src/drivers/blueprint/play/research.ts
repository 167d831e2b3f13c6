/** The four research outputs. Each finding names the place where it was seen, so that a reviewer can look there. */
import type { RepoFiles } from '../layout/repo-files.ts';
import { routeRowsOf } from '../layout/modules.ts';
import type { Order, Result } from '../order.ts';
import { VALIDATORS } from '../layout/validators.ts';
import { testParts } from '../parts/test-parts.ts';
import { callOf, describeKind, routeOf } from '../understand/resource.ts';
import type { Site } from '../parts/part.ts';
import { readAcceptedSite } from './accepted-site.ts';

interface Research {
  summary: string;
  findings: string[];
  recommendations: string[];
}

/** Plays one of the research agents; each looks at its own side of the matter. */
export function research(look: (site: Site) => Research): (order: Order) => Result {
  return (order) => {
    const reading = readAcceptedSite(order);
    if (reading.kind === 'stop') return reading.result;
    const { summary, findings, recommendations } = look(reading.site);
    return { status: 'complete', summary, research: { findings, recommendations } };
  };
}

export function researchTechnology(site: Site): Research {
  const { service } = site.layout;
  const { files } = service;
  const dependencies = /"dependencies"\s*:/.test(files.read('package.json') ?? '');
  const used = [...new Set(site.resource.fields.map((field) => VALIDATORS[field.kind]))];
  return {
    summary: 'Everything that is needed is there: Node, its SQLite, and the validators of the service.',
    findings: [
      `${cite(files, 'package.json')} ${dependencies ? 'names dependencies, and none of them is needed here' : 'names no dependency'}.`,
      `${cite(files, service.validatorsFile, 'export function text')} offers ${service.validators.map((name) => `\`${name}\``).join(', ')}.`,
      `${cite(files, service.errorsFile, 'export function')} has errors for what is invalid, unknown or there already.`,
    ],
    recommendations: [
      `Check the fields with ${used.map((name) => `\`${name}\``).join(', ')}; add no dependency.`,
      'Give SQL its values as parameters.',
    ],
  };
}

export function researchExisting(site: Site): Research {
  const { service, client } = site.layout;
  const rows = routeRowsOf(service.files.read(service.routesFile) ?? '');
  return {
    summary: `The service has ${rows.length} routes; ${service.exemplar} shows how a resource is laid out.`,
    findings: [
      `${cite(service.files, service.routesFile, 'export const routes')} lists ${rows.length} routes.`,
      `${cite(service.files, `${service.handlersDir}/${service.exemplar}.js`)} holds the handlers of ${service.exemplar}, and ${cite(service.files, `${service.storesDir}/${service.exemplar}.js`)} their SQL.`,
      `${cite(service.files, service.apiFile)} describes every route; tests hold it to that.`,
      ...(client === null
        ? []
        : [
            `${cite(client.files, client.clientFile, 'export function createClient')} calls the routes that ${cite(client.files, client.contractFile)} lists.`,
          ]),
    ],
    recommendations: [
      `Extend \`${service.routesFile}\` and \`${service.apiFile}\`; touch no handler of another resource.`,
      ...(site.client === null
        ? []
        : [`Extend \`${site.client.clientFile}\` and \`${site.client.contractFile}\` together.`]),
    ],
  };
}

export function researchNew(site: Site): Research {
  const { resource } = site;
  const { service } = site.layout;
  return {
    summary: `One table, one module each for type, SQL and handlers, ${resource.operations.length} routes.`,
    findings: [
      `${cite(service.files, service.routesFile)} has no route for ${resource.names.many} yet.`,
      `${cite(service.files, service.typesDir)} has a file per type.`,
    ],
    recommendations: [
      `Type in \`${site.typeFile}\`, table \`${resource.names.snakeMany}\` in \`${site.migrationFile}\`: ${resource.fields.map((field) => `\`${field.name}\` (${describeKind(field)})`).join(', ')}.`,
      `SQL in \`${site.storeFile}\`, handlers in \`${site.handlersFile}\`: ${resource.operations.map((operation) => `\`${callOf(resource, operation)}\` for \`${routeOf(resource, operation)}\``).join(', ')}.`,
    ],
  };
}

export function researchTests(site: Site): Research {
  const { service, client } = site.layout;
  const names = testParts(site).flatMap((part) =>
    part.id.startsWith('test:') ? [part.id.slice('test:'.length)] : [],
  );
  return {
    summary: `${names.length} tests: each operation, each refusal, and the client.`,
    findings: [
      `${cite(service.files, service.testSupport, 'startService')} starts the service for a test.`,
      `${cite(service.files, service.testsDir)} has a file per resource and one for the house rules.`,
      ...(client === null
        ? []
        : [
            `${cite(client.files, client.testSupport, 'createStubbedClient')} gives a client without a network.`,
          ]),
    ],
    recommendations: [
      `In \`${site.testFile}\`${site.client === null ? '' : ` and \`${site.client.testFile}\` of the client`}: ${names.join(', ')}.`,
      'Each refusal is tried with a missing value and with wrong ones; no test depends on another.',
    ],
  };
}

/** `` `repo/path:line` ``, with the line on which the words stand. */
function cite(files: RepoFiles, path: string, words?: string): string {
  const lines = (files.read(path) ?? '').split('\n');
  const line = words === undefined ? 0 : lines.findIndex((text) => text.includes(words)) + 1;
  return `\`${files.name}/${path}${line > 0 ? `:${line}` : ''}\``;
}
