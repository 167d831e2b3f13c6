/** `--sandbox`: whether anything of a repository or an agent may run without a wall. */
import { Option } from '@commander-js/extra-typings';

export function sandboxOption() {
  return new Option(
    '--sandbox <mode>',
    "required: agents and gates run behind this machine's wall, or not at all; auto: without one where there is none; off: without one",
  )
    .choices(['required', 'auto', 'off'] as const)
    .default('required' as const);
}
