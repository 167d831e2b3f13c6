/** The whole change, file by file, closed until somebody opens it or follows a link to it. */
import { countOf } from '../numbers.ts';
import type { ReviewedDiff } from '../parts/reviewed-diff.ts';
import { section } from './blocks.ts';
import { html, type Html } from './markup.ts';

/** Where the diff of a repository begins on the page; null where it is not on it. */
export function diffAnchor(diff: ReviewedDiff | null, repo: string): string | null {
  const index = reposOf(diff).indexOf(repo);
  return index === -1 ? null : `diff-${index + 1}`;
}

/** Nothing where nobody saw a diff of the whole. */
export function diffSection(diff: ReviewedDiff | null): Html {
  if (diff === null || diff.files.length === 0) return html``;
  const parts = reposOf(diff).map((repo) => {
    const files = diff.files.filter((each) => each.repo === repo);
    return html`<h3 id="${diffAnchor(diff, repo) ?? ''}">${repo}</h3>
      ${files.map(({ file, lines }) => fileOf(file, lines))}`;
  });
  const cut = diff.isCut
    ? html`<p class="warn">The reviewer was not shown all of it, nor does it stand here.</p>`
    : html``;
  return section(
    'The whole change',
    `${countOf(diff.files.length, 'file')}, as ${diff.reviewer} saw it`,
    html`${cut} ${parts}`,
  );
}

/** Above the hunks stands what only git needs: the names once more, hashes, the usual mode. */
const FOR_GIT = /^(?:index |--- |\+\+\+ |similarity index |(?:new|deleted) file mode 100644$)/;

function fileOf(file: string, lines: readonly string[]): Html {
  const first = lines.findIndex((line) => line.startsWith('@@'));
  const head = first === -1 ? lines : lines.slice(0, first);
  const hunks = first === -1 ? [] : lines.slice(first);
  const what = /^(new|deleted) file mode /m.exec(head.join('\n'))?.[1];
  const told = head.filter((line) => !FOR_GIT.test(line));
  return html`<p class="mono"><b>${file}</b> <span class="soft">${what ?? ''}</span></p>
    <pre class="mono diff">${[...told.map((line) => painted('soft', line)), ...hunks.map(hunkLine)]}</pre>`;
}

function hunkLine(line: string): Html {
  if (line.startsWith(' ')) return html`${line}`;
  return painted(line.startsWith('+') ? 'good' : line.startsWith('-') ? 'bad' : 'soft', line);
}

function painted(paint: 'good' | 'bad' | 'soft', line: string): Html {
  return html`<span class="${paint}">${line}</span>`;
}

function reposOf(diff: ReviewedDiff | null): string[] {
  return [...new Set((diff?.files ?? []).map(({ repo }) => repo))];
}
