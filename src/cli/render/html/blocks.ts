/** The blocks that the HTML report is made of. */
import { html, type Html } from './markup.ts';

/** Text of others: code between backticks is shown as code. */
export function prose(text: string): Html {
  const parts = text
    .split(/(`[^`\n]+`)/)
    .map((part, index) => (index % 2 === 1 ? html`<code>${part.slice(1, -1)}</code>` : html`${part}`));
  return { markup: parts.map(({ markup }) => markup).join('') };
}

export function table(heads: readonly string[], rows: readonly (readonly (string | Html)[])[]): Html {
  return html`<table>
    <thead>
      <tr>
        ${heads.map((head) => html`<th>${head}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${row.map((cell) => html`<td>${typeof cell === 'string' ? prose(cell) : cell}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

export function list(lines: readonly string[]): Html {
  return html`<ul>
    ${lines.map((line) => html`<li>${prose(line)}</li>`)}
  </ul>`;
}

/** A closed section; nothing where there is nothing to tell. */
export function section(title: string, count: string, body: Html | null): Html {
  if (body === null) return html``;
  return html`<details>
    <summary>${title} <span>${count}</span></summary>
    <div>${body}</div>
  </details>`;
}

/** A list as a section, with how many there are. */
export function listSection(title: string, lines: readonly string[]): Html {
  return section(title, String(lines.length), lines.length === 0 ? null : list(lines));
}

const PAINT: Readonly<Record<string, string>> = {
  done: 'good',
  accepted: 'good',
  pass: 'good',
  pass_with_notes: 'good',
  met: 'good',
  shown: 'good',
  confirmed: 'good',
  green: 'good',
  completed: 'good',
  ready: 'good',
  complete: 'good',
  deployed: 'good',
  fail: 'bad',
  failed: 'bad',
  cancelled: 'bad',
  error: 'bad',
  red: 'bad',
  not_met: 'bad',
  running: 'busy',
  in_progress: 'busy',
  skipped: 'soft',
  pending: 'soft',
  not_applicable: 'soft',
};

/** A word of state in its colour; a word that is not known asks for a look. */
export function word(state: string): Html {
  return html`<span class="${PAINT[state] ?? 'ask'}">${state.replaceAll('_', ' ')}</span>`;
}
