/** Words of requests for an API: `Add a REST API for invoices with number and due date, validation, SQLite storage and tests`. */

/** How a person begins: `Add`, `Please build`, `Could you add`, `We need`. */
export const ASKS = String.raw`^\s*(?:(?:(?:please|(?:can|could)\s+you(?:\s+please)?|(?:we|i)\s+(?:need|want|would\s+like)(?:\s+you)?\s+to|(?:we|i)'d\s+like(?:\s+you)?\s+to|let(?:'s|\s+us))\s+)?(?:add|introduce|create|build|implement|support|provide|expose|offer)|(?:we|i)\s+(?:need|want|would\s+like)|(?:we|i)'d\s+like)\s+`;
const KINDS_OF_API = String.raw`(?:(?:new|simple|small|plain|rest|restful|http|json|crud)\s+)*`;
const ARTICLE = String.raw`(?:(?:an?|the|some)\s+)?`;
/** Where the fields begin, or another clause. */
const END = String.raw`(?:\s+(?:to|in)\s+(?:the|our)\s+[a-z0-9 _-]+?)?\s*(?:[:.;,?!]|\b(with|having)\b|$)`;
const THINGS = String.raw`([a-z]+(?:[ -][a-z]+){0,2}?)`;
/** `Add a REST API for invoices with`, `Create an invoices API with`, `Add a /invoices resource with`. */
const API_HEADS = [
  String.raw`${ARTICLE}${KINDS_OF_API}(?:api|endpoints?|resource|routes|(?<=(?:crud|rest|restful|http)\s)service)\s+(?:for|to\s+manage|for\s+managing)\s+(?:our\s+|the\s+)?${THINGS}${END}`,
  String.raw`${ARTICLE}${KINDS_OF_API}${THINGS}\s+${KINDS_OF_API}(?:api|endpoints?|resource|routes)${END}`,
  String.raw`${ARTICLE}${KINDS_OF_API}\u0060?\/([a-z]+(?:-[a-z]+)*)\u0060?(?:\s+(?:api|endpoints?|resource|routes))?${END}`,
].map((head) => new RegExp(ASKS + head, 'i'));
/** `Implement POST /invoices`: the routes stay in the text. */
const ROUTES_HEAD = new RegExp(
  String.raw`${ASKS}${ARTICLE}(?=\u0060?(?:get|post|put|patch|delete)\s+\/([a-z]+(?:-[a-z]+)*))`,
  'i',
);
const NO_THINGS = /\b(?:new|simple|small|plain|rest|restful|http|json|crud|for|to)\b/i;

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
  /** Whether it stands for all that is done with a resource where no method is named. */
  isApi: boolean;
  /** What the head asks for beyond what the rules build; null: nothing. */
  beyond: string | null;
}

export function readApiHead(text: string): ApiHead | null {
  for (const [i, pattern] of [...API_HEADS, ROUTES_HEAD].entries()) {
    const match = pattern.exec(text);
    const plural = match?.[1]?.replaceAll('-', ' ');
    const isNamed = plural !== undefined && (i === 0 || (plural.endsWith('s') && !NO_THINGS.test(plural)));
    if (match === null || !isNamed) continue;
    return {
      plural,
      length: match[0].length,
      namesFields: match[2] !== undefined || (pattern !== ROUTES_HEAD && match[0].endsWith(':')),
      isApi: pattern !== ROUTES_HEAD,
      beyond: /\bcrud\b/i.test(match[0]) ? 'update and delete (CRUD)' : null,
    };
  }
  return null;
}

export function isPromised(clause: string): boolean {
  return PROMISED.some((pattern) => pattern.test(clause));
}
