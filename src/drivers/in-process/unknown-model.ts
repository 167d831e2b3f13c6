/** Refusals that say that there is no model of this name: they come again however often one asks. */
import type { APICallError } from 'ai';

const STATUSES: readonly (number | undefined)[] = [400, 404];
const SAYS_SO =
  /\b(?:unknown|invalid|no such) model\b|\bmodel_not_found\b|\bmodels?\b.{0,200}\b(?:not found|(?:does|do) not exist|is unknown)\b/is;
/** One provider names the model and says nothing else. */
const NAMES_IT = /^model: \S+$/;

export function isModelUnknown({
  statusCode,
  message,
  responseBody = '',
}: Pick<APICallError, 'statusCode' | 'message' | 'responseBody'>): boolean {
  if (!STATUSES.includes(statusCode)) return false;
  return (
    SAYS_SO.test(message) || SAYS_SO.test(responseBody) || (statusCode === 404 && NAMES_IT.test(message))
  );
}
