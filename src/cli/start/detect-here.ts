/** What a request asks for: by rules, and by an agent's second opinion where somebody wants one. */
import type { Config } from '../../definitions/config.ts';
import type { DriverSpec } from '../../drivers/spec.ts';
import { detectRequest } from '../../intake/detect-request.ts';
import type { CliContext } from '../context.ts';
import { chooseRecordings, type RecordingFlags } from '../open-engine-here.ts';
import type { RefinedHere } from './refine-here.ts';

export interface DetectHere {
  /** Whether an agent is asked: a flag or `baton.yaml` says so, never anything else. */
  wanted: boolean;
  spec: DriverSpec;
  config: Config;
  flags: RecordingFlags & { sandbox: 'required' | 'auto' | 'off' };
}

/** null: the person stopped it while the agent was asked. */
export async function detectHere(
  request: string,
  { wanted, spec, config, flags }: DetectHere,
  context: CliContext,
): Promise<RefinedHere | null> {
  const detection = detectRequest(request);
  if (!wanted) return { detection, refined: null };
  context.stderr.write(
    'note: an agent is asked for a second opinion on the request, before anything starts\n',
  );
  using stop = context.listenForStop();
  const { refineHere } = await import('./refine-here.ts');
  const given = {
    request,
    spec,
    config,
    sandbox: flags.sandbox,
    recordings: chooseRecordings(flags, context),
  };
  const refined = await refineHere(detection, given, context, stop.signal);
  return stop.signal.aborted ? null : refined;
}
