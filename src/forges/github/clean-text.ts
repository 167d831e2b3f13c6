/** What a server says goes into journals, questions and orders of agents: it must not carry the token there, nor signs that nobody sees. */
import { showHidden } from '../../core/checks/hidden-characters.ts';

export type CleanText = (text: string) => string;

/** The token as it is, and as git sends it. */
export function createCleanText(token: string): CleanText {
  const sent = Buffer.from(`x-access-token:${token}`).toString('base64');
  const forms = [token, encodeURIComponent(token), sent, sent.replace(/=+$/, '')];
  return (text) => showHidden(forms.reduce((rest, form) => rest.replaceAll(form, '[token]'), text));
}
