/**
 * The `acp` driver: any program that speaks the Agent Client Protocol on stdin and stdout, as its profile says. Each
 * invocation has a fresh process behind the run's wall, a home of its own, and a seat where it hands in its result.
 *
 *   process ──▶ conversation ──▶ result accepted, or the turn ended twice ──▶ stdin closed ──▶ nothing left
 *      └─ ended in the middle, and the agent can resume ──▶ once again, in the same session
 */
import {
  UNKNOWN_USAGE,
  type Driver,
  type DriverNote,
  type DriverOutcome,
  type WorkOrder,
} from '../driver.ts';
import { openPrivateFolder } from '../private-folder.ts';
import { checkAgainst } from '../submit/check-schema.ts';
import { createOffers, sayRejected } from '../submit/offers.ts';
import { openSubmitServer } from '../submit/submit-server.ts';
import { SUBMIT_TOOL } from '../submit/submit-words.ts';
import { isMetered, type AcpOptions, type Invocation, type ProcessRun } from './invocation.ts';
import { toOutcome } from './outcome.ts';
import { findMissingProvider, furnish } from './place.ts';
import { findProblems } from './preflight.ts';
import { runAgentProcess } from './run-agent-process.ts';
import { createSaid } from '../said.ts';

/** Starts a fresh process for every work order. */
export function createAcpDriver(options: AcpOptions): Driver {
  return {
    name: 'acp',
    // With a login it calls its model by itself, and nobody measures that.
    callsModels: isMetered(options),
    opensNetwork: !isMetered(options),
    labelFor: () => `model, ${options.profile.name}`,
    preflight: (facts) => Promise.resolve(findProblems({ ...options, isMetered: isMetered(options) }, facts)),
    run: (order, note, signal) => runAgent(options, order, note, signal),
  };
}

async function runAgent(
  options: AcpOptions,
  order: WorkOrder,
  note: (note: DriverNote) => void,
  signal: AbortSignal,
): Promise<DriverOutcome> {
  const { profile, auth, env, environment } = options;
  const missing = findMissingProvider(
    profile,
    isMetered(options) ? (order.modelAccess?.providers ?? null) : null,
  );
  if (missing !== null)
    return {
      kind: 'failed',
      reason: 'not_started',
      detail: missing,
      raw: new Uint8Array(),
      usage: UNKNOWN_USAGE,
    };
  const offers = createOffers(checkAgainst(order), (problems) => {
    // The call itself is in what the agent tells of its tools.
    if (problems.length > 0)
      invocation.said.note({ kind: 'tool', text: sayRejected(SUBMIT_TOOL, problems.join('; ')) });
  });
  await using folder = await openPrivateFolder();
  await using submit = await openSubmitServer({ schema: order.resultSchema(), offers });
  const model = isMetered(options) ? order.modelAccess : null;
  const place = await furnish({ profile, auth, access: order.access, env, environment, folder, model });
  // Programs tell their models where they are at home.
  model?.varies({ agent_folder: folder.dir, submit_token: submit.token });
  for (const [name, secret] of place.secrets) order.handed.set(name, secret);
  order.handed.set('submit token', submit.token);
  const invocation: Invocation = {
    options,
    order,
    signal,
    folder,
    place,
    submit,
    offers,
    said: createSaid(note),
    resumable: null,
    overflow: null,
    usage: null,
  };
  const first = await runAgentProcess(invocation, null);
  const session = invocation.resumable;
  const mayResume = profile.resume && session !== null && isCutOff(first) && offers.accepted() === null;
  const again = mayResume && !signal.aborted ? await runAgentProcess(invocation, session) : null;
  invocation.said.end();
  return toOutcome(invocation, again === null || isLost(again) ? first : again);
}

/** Its process ended before the conversation did. */
function isCutOff({ end, talk }: ProcessRun): boolean {
  return (end.kind === 'exited' || end.kind === 'oom_killed') && talk?.kind === 'broken';
}

/** The agent knows nothing of the conversation any more: what counts is that it was cut off. */
function isLost({ end, talk, leftovers }: ProcessRun): boolean {
  return talk?.kind === 'not_opened' && leftovers.length === 0 && end.kind !== 'output_limit';
}
