/** Words of requests for an API: `Add a REST API for invoices with number and due date, validation, SQLite storage and tests`. */

/** How a person begins: `Add`, `Please build`, `Could you add`, `We need`. */
export const ASKS = String.raw`^\s*(?:(?:(?:please|(?:can|could)\s+you(?:\s+please)?|(?:we|i)\s+(?:need|want)(?:\s+you)?\s+to|let(?:'s|\s+us))\s+)?(?:add|introduce|create|build|implement|support|provide|expose|offer)|(?:we|i)\s+(?:need|want))\s+`;
const API_HEAD = new RegExp(
  ASKS +
    String.raw`(?:(?:an?|the|some)\s+)?(?:(?:simple|small|plain|rest|restful|http|json)\s+)*(?:api|endpoints?|resource|routes)\s+(?:for|to\s+manage)\s+(?:our\s+|the\s+)?([a-z]+(?:[ -][a-z]+){0,2}?)(?:\s+(?:to|in)\s+(?:the|our)\s+[a-z0-9 _-]+?)?\s*(?:[:.;,?!]|\b(with|having)\b|$)`,
  'i',
);

/** What every resource gets, named or not. */
const PROMISED = [
  /^(?:with\s+)?(?:(?:input|request|field|body)\s+)?validation(?:\s+of\s+(?:the\s+|all\s+)?(?:input|fields))?$/i,
  /^(?:with\s+|an?\s+)?sqlite(?:\s+(?:storage|database|table|persistence))?$/i,
  /^(?:with\s+)?(?:storage|persistence)\s+in\s+sqlite$/i,
  /^(?:keep|store|save)\s+(?:it|them|everything)\s+in\s+sqlite$/i,
  /^(?:with\s+|unit\s+|automated\s+)*tests?$/i,
  /^(?:with\s+|api\s+)*(?:documentation|docs)$/i,
];

export interface ApiHead {
  plural: string;
  /** How much of the text it takes. */
  length: number;
  /** Whether what follows is fields. */
  namesFields: boolean;
}

export function readApiHead(text: string): ApiHead | null {
  const match = API_HEAD.exec(text);
  if (match === null) return null;
  return { plural: match[1] ?? '', length: match[0].length, namesFields: match[2] !== undefined };
}

export function isPromised(clause: string): boolean {
  return PROMISED.some((pattern) => pattern.test(clause));
}
