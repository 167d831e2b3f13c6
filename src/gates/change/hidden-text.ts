/** Finds added lines that say to a machine what people do not see in them. */
import { hiddenIn } from '../../core/checks/hidden-characters.ts';
import type { FindingDraft } from '../findings.ts';
import type { ChangedLine } from './changed-lines.ts';

const MAX_CITED = 20;
const MAX_CODES = 6;
/** Marks of a direction have their place in texts of some languages; control characters in data of some programs. */
const SHOWN_ONLY = /^\\u(?:200[ef]|061c|00|2028|2029|fff)/u;
const BYTE_ORDER_MARK = /^\ufeff/u;

/** Reordering, invisible and tag characters stop the change; others are shown. */
export function findHiddenText(added: readonly ChangedLine[]): FindingDraft[] {
  return added
    .flatMap(({ repo, path, line, text }): FindingDraft[] => {
      const codes = hiddenIn(line === 1 ? text.replace(BYTE_ORDER_MARK, '') : text);
      if (codes.length === 0) return [];
      const blocking = codes.some((code) => !SHOWN_ONLY.test(code));
      const listed = [...new Set(codes)].slice(0, MAX_CODES).join(' ');
      return [
        {
          severity: blocking ? 'major' : 'note',
          blocking,
          repo,
          file: path,
          line,
          identity: `hidden ${listed}`,
          problem: `This line has ${codes.length === 1 ? 'a character' : `${codes.length} characters`} that nobody sees, or that reorder what people see: ${listed}.`,
          fix: 'Write it without them, or as escape sequences that can be read.',
        },
      ];
    })
    .slice(0, MAX_CITED);
}
