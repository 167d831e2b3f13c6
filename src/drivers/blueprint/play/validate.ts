/** Runs the service as a user would, and writes down what was seen for each acceptance criterion. */
import { missingPackages } from '../layout/packages.ts';
import { acceptedText, type Order, type Result } from '../order.ts';
import { readStatements, type Statement } from '../understand/requirements.ts';
import { readAcceptedSite } from './accepted-site.ts';
import { startTrial } from './trial-service.ts';
import { tryCriteria, type Observation } from './try-criteria.ts';

export async function validate(order: Order): Promise<Result> {
  const reading = readAcceptedSite(order);
  if (reading.kind === 'stop') return reading.result;
  const criteria = readStatements(acceptedText(order, 'requirements') ?? '', 'A');
  const missing = missingPackages(reading.site.layout.service.files);
  if (missing.length > 0) return notTried(criteria, missing);
  const trial = await startTrial(reading.site);
  if (trial.kind === 'not_started') {
    return {
      status: 'blocked',
      summary: `The service does not start: ${trial.problem}`,
      blocked_reason: 'unknown',
      attempted: [trial.command],
    };
  }
  try {
    const seen = await tryCriteria(
      reading.site,
      trial.base,
      criteria.map(({ text }) => text),
    );
    const evidence = criteria.map(({ id, text }, i) => line(id, text, seen[i]));
    const unmet = seen.filter((each) => each.met === false).length;
    const untried = criteria.length - seen.filter((each) => each.met !== null).length;
    return {
      status: 'complete',
      summary: `${criteria.length - unmet - untried} of ${criteria.length} acceptance criteria were seen on the running service${unmet > 0 ? `, ${unmet} are not met` : ''}.`,
      validation: {
        started: [{ what: 'the service, on an empty database', command: trial.command }],
        evidence: [`Started \`${trial.command}\` with an empty database.`, ...evidence],
        checks: criteria.map(({ id, text }, i) => ({
          what: `${id}: ${text}`,
          outcome: seen[i]?.met === true ? 'met' : seen[i]?.met === false ? 'not_met' : 'not_tried',
          seen: seen[i]?.seen ?? 'nothing',
        })),
      },
    };
  } finally {
    await trial.stop();
  }
}

/** What cannot be started here is no fault of the code: tests behind gates, which have the packages, show the criteria. */
function notTried(criteria: Statement[], missing: string[]): Result {
  const why = `not started: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed here, and agents reach no network`;
  return {
    status: 'complete',
    summary: `The service was ${why}. Nothing was tried.`,
    validation: {
      evidence: [
        `The service was ${why}.`,
        ...criteria.map(({ id, text }) => line(id, text, { met: null, seen: why })),
      ],
      checks: criteria.map(({ id, text }) => ({ what: `${id}: ${text}`, outcome: 'not_tried', seen: why })),
    },
  };
}

function line(id: string, text: string, seen: Observation | undefined): string {
  const word = seen?.met === true ? 'met' : seen?.met === false ? 'NOT MET' : 'not tried';
  return `${id} ${word}: ${text} Seen: ${seen?.seen ?? 'nothing'}`;
}
