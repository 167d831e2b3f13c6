/** One thing that `baton doctor` looked at. */

/** `ok` is needed; `warning` can be lived with; `problem` stops runs. */
export interface Finding {
  name: string;
  state: 'ok' | 'warning' | 'problem';
  detail: string;
  /** Empty where there is nothing to do. */
  fix: string;
}
