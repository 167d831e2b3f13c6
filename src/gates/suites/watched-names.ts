/** Which files count as sources while a suite runs. Pure. */
import { isCode } from '../change/judge-coverage.ts';
import { isTestPart } from './test-files.ts';

/** What the product reads beside its code. */
const DATA = /\.(?:json|ya?ml|toml|sql)$/;

export function isWatched(path: string): boolean {
  return isCode(path) || (DATA.test(path) && !isTestPart(path));
}
