/** The failing test that a run of pytest has to report: what `init` writes, and what is put there where nobody wrote one. */
import { posix } from 'node:path';
import { CANARY_NAME, type CanaryFile } from '../../definitions/config.ts';

const NAMED = /(?:^|\/)(?:test_[^/]*|[^/]*_test)\.py$/;

/** Whether pytest collects a file by its name, as it is without configuration. */
export const isPytestFile = (path: string): boolean => NAMED.test(path);

/** Beside this file and named like it: whoever collects the one collects the other. null: in the module's own folder. */
export function pytestCanary(beside: string | null): CanaryFile {
  const name =
    beside !== null && !posix.basename(beside).startsWith('test_')
      ? `${CANARY_NAME}_test.py`
      : `test_${CANARY_NAME}.py`;
  const file = beside === null ? name : posix.join(posix.dirname(beside), name);
  return { file, text: `def test_${CANARY_NAME}():\n    assert False, "${CANARY_NAME}"\n` };
}
