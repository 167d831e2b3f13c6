/** Which side a request is about: backend, frontend, both, or no software at all. */
import { topicsOf } from './topics.ts';

const FRONTEND_THING = String.raw`(?:uis?|user interfaces?|guis?|front[- ]?ends?|react|vue|angular|svelte|next\.?js|css|scss|html|tailwind|stylesheets?|buttons?|spinners?|divs?|on mobile|mobile (?:view|layout|version)s?|in (?:safari|chrome|firefox)|logos?|(?:dark|light) themes?|dashboards?|screens?|modals?|tooltips?|nav ?bars?|sidebars?|drop-?downs?|checkbox(?:es)?|landing pages?|web ?pages?|pages?(?! size| of \d| token| number| limit)|web apps?|single[- ]page apps?|mobile apps?|ios|android|dark mode|figma|widgets?|favicons?|carousels?|layouts?|(?:login|signup|sign-up|web|contact|input|checkout|registration) forms?|browser extensions?|animations?|fonts?|icons?|colou?rs?|[\w/.-]+\.(?:tsx|jsx|vue|svelte|css|scss|html))`;
const FRONTEND = new RegExp(String.raw`(?<![\w-])${FRONTEND_THING}(?![\w-])`, 'i');

/** Who will use it, not what is to be made: "an API for the dashboard", "so that the mobile app can …". */
const AUDIENCE = new RegExp(
  String.raw`\b(?:for|by|from|behind|so that|that|which|to feed|feeding|serving|used by|called by)\s+(?:(?:the|our|a|an|its|their|your|every|each)\s+)?(?:[\w-]+\s+){0,2}?${FRONTEND_THING}(?:\s+(?:app|team|client|code|users?))?(?![\w-])`,
  'gi',
);

/** What a page shows or calls is there already: "a page that shows …", "… from the orders API". */
const CONTENT =
  /\b(?:that|which|to|for|and) (?:calls?|uses?|shows?|displays?|consumes?|lists?|renders?|visuali[sz]es?|talks? to)\b[^,]*|\b(?:calling|using|from|via|against|with data from|showing|displaying|listing)\s+(?:the|our|an?)\s+(?:existing\s+)?(?:[\w-]+\s+){0,3}?(?:apis?|endpoints?|back[- ]?end|services?|server|data|findings)\b/gi;

/** What is made on the server: words that mean work there, not only a subject. */
const BACKEND_WORK =
  /\b(?:back[- ]?ends?|apis?|endpoints?|servers?|(?:micro)?services?|databases?|migrations?|queues?|lambdas?|handlers?|webhooks?|middleware|cloudformation|terraform|oauth\w*|jwts?|saml|sso|authentication|data models?|schemas?|background jobs?|get|post|put|patch) ?(?![\w-])/i;

/** Words that mean software on their own. */
const STRONG =
  /\b(?:back[- ]?end|servers?|microservices?|databases?|db|sql|postgres\w*|mysql|mongo\w*|redis|sqlite|dynamodb|migrations?|quer(?:y|ies)|middleware|queues?|cron|cach(?:e|es|ing)|repositor(?:y|ies)|codebase|source code|(?:unit|integration|acceptance|e2e|end-to-end|regression|contract|load)[ -]tests?|test (?:suites?|coverage)|readme|changelog|docstrings?|dependenc(?:y|ies)|logging|logger|log (?:lines?|messages?|levels?|output)|error (?:messages?|handling|codes?)|status codes?|rate[ -]?limit\w*|paginat\w+|validators?|cli|command[ -]line|grpc|graphql|websockets?|refactor\w*|race conditions?|memory leaks?|deadlocks?|null pointer|stack traces?|multi-tenan\w+|utc|time ?zones?|timestamps?|integers?|booleans?|feature flags?|health ?checks?|config(?:uration)? files?|env(?:ironment)? (?:vars?|variables?)|parsers?|serializers?|orm|monolith|monorepo|linter|controllers?|node\.js|golang|typescript|nestjs|prisma|bugs?|exceptions?|idempoten\w+|audit (?:log|trail)s?|backoff|concurren\w+|goroutines?|threads?|mutex\w*|null|http|5\d\d|4\d\d|unit-tested|mermaid|cors|etags?|soft[- ]delet\w+|gdpr|email verification|user registration|(?:add|write|flaky|failing) tests?|^tests? for|crud|uuids?|(?:upgrade|downgrade|bump|pin|migrate)\b.{0,40}\bto (?:[\w.-]+ )?v?(?:ersion )?\d[\d.]*|\w+(?:exception|error)s?|metrics|prometheus|opentelemetry)\b|\b[a-z]+_[a-z_]+\b|\b\w+\(\)|(?:[\w.-]+\/)+[\w.-]+\.\w{1,5}\b|\b[\w-]+\.(?:ts|js|mjs|go|py|rs|java|kt|rb|php|cs|sql|proto|tf|ya?ml|json|toml|md)\b/i;
/** Words that mean software only together with another one. */
const WEAK =
  /\b(?:service|handler|table|column|index|class|method|function|job|worker|library|package|module|code|docs|documentation|validat\w+|timeout|config|configuration|model|schema|test|typo|field|implementation|architecture|variable|constant|export|import|json|csv|payment|billing|checkout|webhook|token|permission|tenant|notification|email|architecture|retr(?:y|ies)|search|filter|string|parameter|argument|flag|upload|download|quota|port|header|route|default|feature|user|account|customer|order|invoice|refund|product|subscription|report|implement|refactor|deploy|optimi[sz]e|debug|deprecate|deprecated|session|request|response|event|transaction|record|script|file|result|sort|row|cart|basket|inventory|shipment|booking|price|currency|duplicate|reset|mail|registration|register|sms|scan(?:ner)?|network|device|finding|limit|threshold|interval|importer|exporter|rename|prevent|admin|role|discount|voucher|coupon|total|tax(?:es)?|vat|money|cent|float|decimal|locale|date|cancellation|memory|impersonate|as an? [\w ]{1,40},? i (?:want|need|would like)|from \d[\w.%]* to \d+|\d+ ?(?:kb|mb|gb|ms))s?\b/gi;
const CODE_NAME = /\b[a-z]+[A-Z]\w*\b|\b[A-Z][a-z]+[A-Z]\w*\b/g;
/** Of the words that name topics, those that people also use of other things. */
const LOOSE_TOPIC =
  /^(?:integrat\w+|assets?|passwords?|log .*|log-?(?:in|out|on|off)s?|logg.*|sign.*|process\w* .*|pipelines?)$/i;

/** The frontend words of a request that ask for work there; null where there are none. */
export function frontendWork(words: string): string | null {
  return FRONTEND.exec(words.replaceAll(AUDIENCE, ' '))?.[0] ?? null;
}

/** Whether the words mean software that Baton's workflows can build; of what is broken, one word says enough. */
export function meansSoftware(words: string, symptom = false): boolean {
  const topics = topicsOf(words);
  if (STRONG.test(words) || topics.some(({ seen }) => !LOOSE_TOPIC.test(seen))) return true;
  const weak = new Set(
    [...words.matchAll(WEAK), ...words.matchAll(CODE_NAME)].map(([word]) => word.toLowerCase()),
  );
  return weak.size + topics.length >= (symptom ? 1 : 2);
}

/** Things that people write or draw for people, whatever they are about. */
const FOR_READING =
  /^\w+ (?:me |us )?(?:(?:an?|the|my|our|some) )?(?:[\w-]+ ){0,2}?(?:blog ?posts?|articles?|essays?|poems?|stor(?:y|ies)|songs?|presentations?|slides?|logos?|flyers?|posters?|letters?|tweets?|newsletters?|speech(?:es)?|jokes?|recipes?|talks?|lectures?|courses?|podcasts?|videos?|drawings?|memes?)\b(?=\s+(?:about|on|of|for|to|in|with|that|explaining)\b|\s*$)/i;

/** Whether the request is for something to be read or looked at: an article on APIs is no API. */
export function isForReading(words: string): boolean {
  return FOR_READING.test(words);
}

/** Whether a request that asks for frontend work asks for backend work as well. */
export function backendBesides(words: string): boolean {
  return BACKEND_WORK.test(words.replaceAll(CONTENT, ' '));
}
