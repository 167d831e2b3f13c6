import { choiceIn } from '../layout/layout-choice.ts';
import { readLayout } from '../layout/read-layout.ts';
import { acceptedText, blocked, needsClarification, type Order, type Result } from '../order.ts';
import { siteOf, type Site } from '../parts/part.ts';
import { readResource } from '../understand/requirements.ts';

export type SiteReading = { kind: 'found'; site: Site } | { kind: 'stop'; result: Result };

/** What is to be built, by the accepted requirements, in the repositories as they are now. */
export function readAcceptedSite(order: Order): SiteReading {
  const requirements = acceptedText(order, 'requirements');
  if (requirements === null) {
    return stop(blocked('missing_requirements', 'There are no accepted requirements to work from.'));
  }
  const resource = readResource(requirements);
  if (resource === null) {
    return stop(
      needsClarification([
        'The accepted requirements do not describe one HTTP resource in sentences that I can read. Shall another driver do this?',
      ]),
    );
  }
  const reading = readLayout(order.workspace.repos, choiceIn(requirements));
  if (reading.kind === 'unknown') return stop(needsClarification(reading.questions));
  return { kind: 'found', site: siteOf(resource, reading.layout) };
}

function stop(result: Result): SiteReading {
  return { kind: 'stop', result };
}
