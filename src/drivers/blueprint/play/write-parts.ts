/** The writing agents: all parts of their work in a first round, and what the findings name in a later one. */
import { chooseForgotten } from '../careless.ts';
import { clientParts } from '../parts/client-parts.ts';
import { documentParts } from '../parts/document-parts.ts';
import { handlerParts } from '../parts/handler-parts.ts';
import { partsConcerned, type Part, type Site } from '../parts/part.ts';
import { routeParts } from '../parts/route-parts.ts';
import { storeParts } from '../parts/store-parts.ts';
import type { Order, OrderFinding, Result } from '../order.ts';
import { routeOf } from '../understand/resource.ts';
import { readAcceptedSite } from './accepted-site.ts';
import { restoreTests } from './restore-tests.ts';
import { partWords } from './part-words.ts';

/** The parts of an agent's work, in the order in which they are done. */
export type PartsOf = (site: Site) => Part[];

export const featureParts: PartsOf = (site) => [
  ...storeParts(site),
  ...handlerParts(site),
  ...routeParts(site),
  ...documentParts(site),
  ...clientParts(site),
];

/** `seed` is null for a careful agent. */
export function writeParts(partsOf: PartsOf, seed: number | null): (order: Order) => Result {
  return (order) => {
    const reading = readAcceptedSite(order);
    if (reading.kind === 'stop') return reading.result;
    const parts = partsOf(reading.site);
    return order.findings.length === 0
      ? writeAll(order, reading.site, parts, seed)
      : mend(order, reading.site, parts);
  };
}

function writeAll(order: Order, site: Site, parts: Part[], seed: number | null): Result {
  for (const part of parts) part.apply();
  if (seed !== null) for (const part of chooseForgotten(parts, `${seed}/${order.agent}`)) part.forget?.();
  return report(site, whatIsThere(order.agent, site));
}

/** Mends what findings name and nothing else; what concerns none of this agent's parts is disputed with that reason. */
function mend(order: Order, site: Site, parts: Part[]): Result {
  const mended = new Set<string>();
  const disputes: { finding: string; reason: string }[] = [];
  for (const finding of order.findings) {
    const concerned = isNothingDone(finding) ? parts : partsConcerned(parts, finding);
    for (const part of concerned) {
      const before = writesOf(site);
      part.apply();
      if (writesOf(site) > before) mended.add(part.id);
    }
    const restored = restoreTests(order.workspace.repos, finding);
    for (const file of restored) mended.add(`restored ${file}`);
    if (concerned.length === 0 && restored.length === 0 && finding.blocking) {
      disputes.push({
        finding: finding.id,
        reason: `It concerns nothing that ${order.agent} made: ${parts.length} parts were looked at.`,
      });
    }
  }
  const what = mended.size > 8 ? `${mended.size} parts` : [...mended].map(partWords).join(', ');
  return {
    ...report(
      site,
      `Answered ${order.findings.length} finding${order.findings.length === 1 ? '' : 's'}: ${what || 'nothing to mend'}.`,
    ),
    disputes,
  };
}

/** What a reviewer looks for in the work of this agent. */
function whatIsThere(agent: string, { resource, client, layout }: Site): string {
  const { names } = resource;
  const routes = resource.operations.map((operation) => `\`${routeOf(resource, operation)}\``).join(', ');
  switch (agent) {
    case 'datatypes-agent':
      return `The type of ${names.many}, their checks, and a migration for table \`${names.snakeMany}\`.`;
    case 'unit-testing-agent':
      return `Tests of ${routes}: right and wrong input, the same \`${resource.key}\` twice, and what is not there.`;
    default:
      return `${routes}, described in \`${layout.service.apiFile}\`${client === null ? '' : ', with their calls in the client'}.`;
  }
}

function writesOf(site: Site): number {
  return site.layout.service.files.writes + (site.layout.client?.files.writes ?? 0);
}

function isNothingDone(finding: OrderFinding): boolean {
  return /no_change|nothing (?:was )?changed|changed nothing|no change/i.test(finding.problem);
}

function report(site: Site, summary: string): Result {
  const { service, client } = site.layout;
  const files = [...service.files.changed(), ...(client?.files.changed() ?? [])];
  return { status: 'complete', summary, claims: { files, tests_passed: null, pull_requests: [] } };
}
