/** `--wait [TIME]`: the run goes on until the checks and reviews of its pull requests are green. */
import { Option } from '@commander-js/extra-typings';
import { USUAL_FOLLOWING } from '../../core/effects/following.ts';
import { formatDuration, parseDuration } from '../../definitions/duration.ts';
import { usageError } from '../command.ts';

const LONGEST_MS = 7 * 24 * 3_600_000;

/** In milliseconds; the usual time where none is named. */
export function waitOption() {
  return new Option(
    '--wait [time]',
    'when the pull requests are ready, wait so long for their checks and for reviews of people who may write there; what is red is answered in the run',
  )
    .preset(formatDuration(USUAL_FOLLOWING.for_ms))
    .argParser(readTime);
}

function readTime(text: string): number {
  const time = parseDuration(text);
  if (time !== null && time > 0 && time <= LONGEST_MS) return time;
  throw usageError(`"${text}" is no time to wait.`, 'Write something like 20m or 2h, at most 168h.');
}
