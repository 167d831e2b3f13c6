/** What the change does, as far as the journal knows: its files and lines as a reviewer saw them, and what agents said of their work. */
import { firstLine } from '../escape.ts';
import { countOf } from '../numbers.ts';
import type { ReviewedDiff } from '../parts/reviewed-diff.ts';
import type { ReportDocument } from '../report-document.ts';
import { shorten, shortList, titleOf } from './short.ts';

/** Where there is nothing to tell of a change. */
export const NO_CHANGE = 'Nothing that changes files was accepted.';

/** One bullet per repository, and one per step whose agent changed files. Empty: nothing was accepted that changes any. */
export interface ChangeTold {
  /** The first line of the request where the title of the report does not hold all of it. */
  asked: string | null;
  repos: string[];
  steps: string[];
}

/** With the diff that the last reviewer of the whole saw; without one, files are those that accepted steps changed. */
export function changeTold({ request, phases }: Told, diff: ReviewedDiff | null): ChangeTold {
  const steps = phases
    .flatMap((phase) => phase.steps)
    .filter(({ writes, touched }) => writes && touched.length > 0);
  const asked = firstLine(request);
  return {
    asked: titleOf(request) === asked ? null : asked,
    repos: diff === null ? touchedFiles(steps.flatMap(({ touched }) => touched)) : seenFiles(diff),
    steps: shortList(steps.map(({ title, said }) => `${title}: ${saidOf(said)}`)),
  };
}

type Told = Pick<ReportDocument, 'request' | 'phases'>;

function seenFiles({ files, isCut }: ReviewedDiff): string[] {
  const least = isCut ? ', at least: its reviewer was not shown all of it' : '';
  return namesOf(files.map(({ repo }) => repo)).map((repo) => {
    const own = files.filter((each) => each.repo === repo);
    const lines = own.flatMap((each) => changedLines(each.lines));
    const added = lines.filter((line) => line.startsWith('+')).length;
    return `${repo}: ${countOf(own.length, 'file')}, +${added} −${lines.length - added} lines${least}`;
  });
}

/** Of one file, without what stands above its first hunk. */
function changedLines(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => line.startsWith('@@'));
  return first === -1 ? [] : lines.slice(first).filter((line) => /^[+-]/.test(line));
}

function touchedFiles(paths: readonly string[]): string[] {
  const files = [...new Set(paths)].map((path) => path.split('/')[0] ?? '');
  return namesOf(files).map((repo) => {
    const count = files.filter((each) => each === repo).length;
    return `${repo}: ${countOf(count, 'file')} in accepted steps; lines of the whole are not measured`;
  });
}

function namesOf(repos: readonly string[]): string[] {
  return [...new Set(repos)].sort();
}

/** Of several rounds the first says what was made and the last what became of it. */
function saidOf(said: readonly string[]): string {
  const [first = '', ...more] = said.map(firstLine).filter((line) => line !== '');
  const last = more.at(-1);
  if (first === '') return 'nothing was said of it';
  return last === undefined || last === first ? shorten(first) : `${shorten(first)} Then: ${shorten(last)}`;
}
