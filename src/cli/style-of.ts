/** The style for an output: colours only on a terminal that wants them. */
import type { CliContext, Output } from './context.ts';
import { createStyle, type Style } from './render/style.ts';

/** Signs of ASCII only where the locale says that it has no others. */
export function styleOf(output: Output, context: CliContext): Style {
  const { environment } = context;
  const wanted = (environment['NO_COLOR'] ?? '') === '' && environment['TERM'] !== 'dumb';
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  // A terminal that says it is not UTF-8 would show our signs as rubbish; one that says nothing mostly is.
  const unicode = locale === '' || /utf-?8/i.test(locale);
  return createStyle({ colour: output.isTTY && wanted, unicode });
}
