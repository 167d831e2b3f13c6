/** `baton detect`: what a text asks for, who it would go to, and why. It starts nothing. */
import { detectRequest } from '../../intake/detect-request.ts';
import { agentsAt } from '../../core/conditions/left-out.ts';
import { STRAIGHT_EFFORT } from '../../intake/detection.ts';
import { withPolicy, type StartPolicy } from '../../intake/policy.ts';
import { createAgentCommand, driverHere, withFlags, type AgentFlags } from '../start/agent-command.ts';
import { readConfigs } from '../config-here.ts';
import { printJson, printLines, type CliContext } from '../context.ts';
import { availableWorkflow, chooseWorkflow, requireDefinitions } from '../start/definitions-here.ts';
import { detectHere } from '../start/detect-here.ts';
import { policyOf } from '../start/intake-here.ts';
import type { RefinedHere } from '../start/refine-here.ts';
import { EXIT } from '../exit-codes.ts';
import { findRepository } from '../places.ts';
import { readRequest } from '../start/read-request.ts';
import { detectionLines } from '../render/detection.ts';
import { styleOf } from '../style-of.ts';

/** Exit 0 whatever is detected: "not for Baton" is an answer too. Without a text it exits 2. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createAgentCommand(
    'detect',
    'Says what a text asks for, who it would go to, and why. Starts nothing, and asks no model unless --refine says so.',
    context,
  )
    .argument('[text]', 'what somebody wants, in their own words (English)')
    .option('--file <file>', 'read the text from a file; `-`: from stdin')
    .option('--refine', 'ask an agent for a second opinion; the options about agents say which')
    .option('--json', 'print one JSON document, as schemas/detection.schema.json describes it')
    .addHelpText('after', '\nThe exit code is 0 whether or not something was detected.')
    .parse(argv, { from: 'user' });
  const { file, json, ...flags } = command.opts();
  const [words] = command.processedArgs;
  const text = await readRequest({ words, file, command: 'detect' }, context);
  const found =
    flags.refine === true
      ? await refined(text, flags, context)
      : { detection: detectRequest(text), refined: null };
  if (found === null) return EXIT.interrupted;
  const policy = startPolicy(found, context);
  const detection = policy === null ? found.detection : withPolicy(found.detection, policy);
  if (json === true) printJson(context, detection);
  else
    printLines(context, detectionLines(detection, policy, styleOf(context.stdout, context), context.stdout));
  return EXIT.done;
}

/** null: the person stopped it. */
async function refined(text: string, flags: AgentFlags, context: CliContext): Promise<RefinedHere | null> {
  const own = findRepository(context.cwd) ?? context.cwd;
  const config = withFlags(readConfigs([own]), flags);
  const spec = driverHere(flags, config, context);
  return await detectHere(text, { wanted: true, spec, config, flags }, context);
}

/** What `run` would do: the word of the workflow's own file, but for what has to be confirmed anyway, and who works. */
function startPolicy(found: RefinedHere, context: CliContext): StartPolicy | null {
  const { workflow, effort, specialist } = found.detection;
  if (workflow === null) return null;
  const chosen = chooseWorkflow(availableWorkflow(workflow), context.cwd);
  const { graph } = requireDefinitions(chosen);
  const straight = specialist !== null && effort === STRAIGHT_EFFORT;
  return {
    workflow: chosen.name,
    start: policyOf(found, graph),
    agents: straight ? [specialist] : agentsAt(graph, effort),
  };
}
