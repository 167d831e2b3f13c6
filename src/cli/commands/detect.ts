/** `baton detect`: what a text asks for, who it would go to, and why. It starts nothing. */
import type { Detection } from '../../intake/detection.ts';
import { detectRequest } from '../../intake/detect-request.ts';
import { withPolicy, type StartPolicy } from '../../intake/policy.ts';
import { createCommand } from '../command.ts';
import { printJson, printLines, type CliContext } from '../context.ts';
import { availableWorkflow, chooseWorkflow, requireDefinitions } from '../definitions-here.ts';
import { EXIT } from '../exit-codes.ts';
import { readRequest } from '../read-request.ts';
import { detectionLines } from '../render/detection.ts';
import { styleOf } from '../style-of.ts';

/** Exit 0 whatever is detected: "not for Baton" is an answer too. Without a text it exits 2. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand(
    'detect',
    'Says what a text asks for, who it would go to, and why. Starts nothing, asks no model.',
    context,
  )
    .argument('[text]', 'what somebody wants, in their own words (English)')
    .option('--file <file>', 'read the text from a file')
    .option('--json', 'print one JSON document, as schemas/detection.schema.json describes it')
    .addHelpText('after', '\nThe exit code is 0 whether or not something was detected.')
    .parse(argv, { from: 'user' });
  const { file, json } = command.opts();
  const [words] = command.processedArgs;
  const text = readRequest({ words, file, command: 'detect' }, context);
  const rules = detectRequest(text);
  const policy = policyOf(rules, context);
  const detection = policy === null ? rules : withPolicy(rules, policy);
  if (json === true) printJson(context, detection);
  else
    printLines(context, detectionLines(detection, policy, styleOf(context.stdout, context), context.stdout));
  return EXIT.done;
}

/** What `run` would do at the start: the word of the workflow's own file. */
function policyOf({ workflow }: Detection, context: CliContext): StartPolicy | null {
  if (workflow === null) return null;
  const chosen = chooseWorkflow(availableWorkflow(workflow), context.cwd);
  return { workflow: chosen.name, start: requireDefinitions(chosen).graph.start };
}
