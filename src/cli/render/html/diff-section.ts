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
      ${files.map(
        ({ file, lines }) =>
          html`<p class="mono">${file}</p>
            <pre class="mono diff">${lines.map(lineOf)}</pre>`,
      )}`;
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

function lineOf(line: string): Html {
  const paint = /^\+(?!\+\+ )/.test(line) ? 'good' : /^-(?!-- )/.test(line) ? 'bad' : 'soft';
  return paint === 'soft' && line.startsWith(' ')
    ? html`${line}`
    : html`<span class="${paint}">${line}</span>`;
}

function reposOf(diff: ReviewedDiff | null): string[] {
  return [...new Set((diff?.files ?? []).map(({ repo }) => repo))];
}
