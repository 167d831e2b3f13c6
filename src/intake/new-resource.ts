/** Words that ask for a new HTTP resource: routes for things, and the fields that each of them has. */

/** `endpoints for invoices with …`, `a /suppliers resource: …`; what is done with things that are there is less. */
const ROUTES_WITH =
  /\b(?:endpoints|routes|resource)\b(?!\s+(?:for|to)\s+(?!manag)(?:\w+ing|get|list|search|find|filter|export|download|show|count|sort)\b)[^:(]*?(?:\bwith\b|\bhaving\b|:(?=\s))\s*(.+)$/i;
/** `POST /warehouses with …`; a path with a parameter belongs to something that is there. */
const POST_WITH =
  /\bpost\s+`?\/(?:api\/|v\d+\/)*[a-z][\w-]*`?\s+(?:endpoint\s+|route\s+)?(?:with|taking|accepting|given)\s+(.+)$/i;
/** `Add validation to the endpoints` makes none. */
const OF_THOSE_THERE = /\b(?:to|of|in|from|on)\s+(?:the|our|its|all|these|existing)\b/i;
const TYPED =
  /\((?:[^()]*\W)?(?:text|string|int|integer|number|decimal|money|date|datetime|timestamp|bool|boolean|enum|one of|uuid|e-?mail|url|unique|optional|required)\b[^()]*\)|^(?:the\s+)?(?:following\s+)?fields\b/i;
const FIELD =
  /^(?:(?:an?|the|its|their)\s+)?(?:[\w-]+\s+){0,2}?(?:number|name|title|code|description|note|text|date|day|amount|quantity|price|e-?mail|address|status|type|currency|city|country|phone|rating|weight)$/i;

/** How many names are a list where none has a type: `with pagination` is no field. */
const LEAST_NAMES = 2;

/** Whether routes and fields are named together. */
export function isNewResource(words: string): boolean {
  const match = ROUTES_WITH.exec(words) ?? POST_WITH.exec(words);
  const rest = match?.[1];
  if (rest === undefined || OF_THOSE_THERE.test(words.slice(0, match?.index))) return false;
  if (TYPED.test(rest)) return true;
  const items = rest.split(/\s*[,;.?!]\s*|\s+and\s+/i).map((item) => item.replace(/^and\s+/i, '').trim());
  return items.filter((item) => FIELD.test(item)).length >= LEAST_NAMES;
}
