/** Which of the tests show which acceptance criterion: the rules write both, so that they know. */
import { acceptedText, type Order, type Result } from '../order.ts';
import { testsByCriterion } from '../parts/test-parts.ts';
import { acceptanceCriteria, readStatements } from '../understand/requirements.ts';
import { readAcceptedSite } from './accepted-site.ts';

/** A tester that also says what its tests show. Whether they are there and green is the engine's to see. */
export function withCovers(player: (order: Order) => Result): (order: Order) => Result {
  return (order) => {
    const result = player(order);
    const reading = readAcceptedSite(order);
    return reading.kind === 'stop' || result.status !== 'complete'
      ? result
      : { ...result, covers: coversOf(order, reading.site) };
  };
}

function coversOf(
  order: Order,
  site: Parameters<typeof testsByCriterion>[0],
): { criterion: string; tests: string[] }[] {
  const asked = readStatements(acceptedText(order, 'requirements') ?? '', 'A');
  const tests = testsByCriterion(site);
  return acceptanceCriteria(site.resource, site.layout.service).flatMap(({ text }, index) => {
    const criterion = asked.find((each) => each.text === text)?.id;
    const names = tests[index] ?? [];
    return criterion === undefined || names.length === 0 ? [] : [{ criterion, tests: names }];
  });
}
