/** `baton keys`: the key that statements about pull requests are signed with. */
import { BatonError } from '../../core/errors.ts';
import { SIGNERS_FILE } from '../../proof/baton-verify.mts';
import { createCommand, usageError } from '../command.ts';
import { printJson, printLines, type CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { refuseInsideRun } from '../nested.ts';
import { signingKeyFile } from '../places.ts';

/** `new` makes one where there is none; `show` prints its public half. Nothing ever prints the other. */
export async function run(argv: string[], context: CliContext): Promise<number> {
  const command = createCommand(
    'keys',
    'The key that statements about pull requests are signed with.',
    context,
  )
    .argument('[action]', 'new or show', 'show')
    .option('--json', 'print one JSON document')
    .parse(argv, { from: 'user' });
  const [action] = command.processedArgs;
  if (action !== 'new' && action !== 'show')
    throw usageError(`"${action}" is neither new nor show.`, 'See `baton keys --help`.');
  refuseInsideRun(context);
  const { createSigningKey, readSigningKey } = await import('../../engine/signing.ts');
  const file = signingKeyFile(context);
  const key = action === 'new' ? createSigningKey(file) : readSigningKey(file);
  if (key === null)
    throw new BatonError({
      code: 'E_SIGNING_KEY',
      message: `There is no signing key at ${file}.`,
      fix: 'Make one: `baton keys new`. Without one, statements are not signed.',
    });
  const line = `${context.userName.replaceAll(/[^\w.@-]+/g, '-')}@${context.hostName.replaceAll(/[^\w.-]+/g, '-')} ${key.line}`;
  if (command.opts().json === true)
    printJson(context, { file, fingerprint: key.fingerprint, signers_line: line });
  else
    printLines(context, [
      `${action === 'new' ? 'Made' : 'Signs with'} ${key.fingerprint}, in ${file}`,
      `Allow it by this line in ${SIGNERS_FILE} on the branches that pull requests are for:`,
      '',
      line,
    ]);
  return EXIT.done;
}
