/** What a server says goes into journals, questions and orders of agents: it must not carry the token there, nor signs that nobody sees. */
import type { ForgeCheck, ForgeReview } from '../forge.ts';
import { showHidden } from '../../core/checks/hidden-characters.ts';

export type CleanText = (text: string) => string;

/** The token as it is, and as git sends it. */
export function createCleanText(token: string): CleanText {
  const sent = Buffer.from(`x-access-token:${token}`).toString('base64');
  const forms = [token, encodeURIComponent(token), sent, sent.replace(/=+$/, '')];
  return (text) => showHidden(forms.reduce((rest, form) => rest.replaceAll(form, '[token]'), text));
}

export function cleanReview(review: ForgeReview, clean: CleanText): ForgeReview {
  const comments = review.comments.map(({ path, line, text }) => ({
    path: clean(path),
    line,
    text: clean(text),
  }));
  return { ...review, author: clean(review.author), text: clean(review.text), comments };
}

export function cleanCheck(check: ForgeCheck, clean: CleanText): ForgeCheck {
  return {
    ...check,
    name: clean(check.name),
    detail: clean(check.detail),
    url: check.url === null ? null : clean(check.url),
    notes: check.notes.map((note) => ({ ...note, path: clean(note.path), text: clean(note.text) })),
  };
}
