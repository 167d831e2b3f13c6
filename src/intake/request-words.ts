/** Which words at the beginning of a sentence make it a request, a question, or the opposite of a request. */
import { isWish, SOMEBODY_WISHES } from './wishes.ts';

const VERB_LIST =
  'implement|build|create|add|write|develop|make|introduce|integrate|connect|hook up|link|expose|extend|support|' +
  'set up|setup|provide|deliver|design|architect|define|generate|refactor|restructure|reorganize|reorganise|migrate|' +
  'move|rename|replace|rewrite|rework|split|separate|extract|optimize|optimise|speed up|improve|reduce|increase|raise|' +
  'lower|tune|profile|cache|fix|repair|correct|debug|resolve|patch|hotfix|reproduce|update|upgrade|downgrade|bump|pin|' +
  'change|modify|adjust|remove|delete|drop|deprecate|clean up|cleanup|clean|validate|verify|secure|protect|encrypt|hash|sign|harden|' +
  'test|cover|review|audit|inspect|document|describe|annotate|deploy|provision|configure|install|process|parse|store|' +
  'persist|save|import|export|ingest|sync|synchronize|synchronise|correlate|deduplicate|aggregate|schedule|queue|' +
  'retry|send|publish|emit|log|trace|monitor|allow|enable|disable|limit|throttle|paginate|sort|filter|search|return|' +
  'reject|accept|handle|adapt|port|convert|mock|seed|register|rotate|wrap|inject|load|calculate|compute|score|rank|' +
  'plan|analyze|analyse|estimate|decompose|break down|outline|propose|evaluate|compare|decide|choose|draft|prepare|' +
  'carry out|execute|switch|style|redesign|put|let|refund|charge|cancel|authenticate|authorize|use|get rid of|wire|roll back|push|pull|fetch|subscribe|stream|notify|broadcast|record|count|collect|index|archive|purge|serve|list|mask|' +
  'redact|escape|sanitize|sanitise|compress|encode|decode|upload|download|detect|prevent|ensure|guarantee|start|run|map|' +
  'group|benchmark|measure|instrument|simplify|unify|consolidate|decouple|eliminate|assign|attach|format|normalize|normalise|block|check|do|perform|' +
  'revert|merge|model|track|bring|give|' +
  'swap|turn|translate|ship|restore|hook|reset|de-duplicate|dedupe|center|centre|align|rm|tweak|revoke|expire|invalidate|' +
  'backfill|anonymi[sz]e|dockeri[sz]e|containeri[sz]e|lock|unlock|grant|restrict|forbid|require|bring back|look into|investigate|find out why|figure out|track down|skip|stop(?= \\w+ing\\b)';

/** A verb that asks for something to be done; not where it is a noun (`test results`, `log is`). */
const VERB = new RegExp(
  String.raw`^(?:${VERB_LIST})\b(?!['’])(?!\s+(?:is|are|was|were|of|results?|has|have|had|that|takes|goes|works|runs|fails|gives|gets|returns|needs|does|should|must|can)\b)(?!\s*$)`,
  'i',
);

/** What may stand before the verb of a request. */
const PREFIX = new RegExp(
  '^(?:' +
    [
      String.raw`(?:hi|hello|hey|dear)\b[^,.!]{0,30}[,.!]\s*`,
      String.raw`(?:please|pls|plz|kindly|asap|hey|ok|okay|so|now|then|also|and|first|second|third|next|finally|just|simply|quickly|only|additionally|furthermore)\b,?\s+`,
      String.raw`(?:task|todo|feature|feature request|request|story|user story|goal|ticket|bug|bug report|chore|fix|feat|refactor|perf|docs|test)(?:\([\w./-]+\))?!?:\s*`,
      String.raw`\[[^\]]{1,40}\]:?\s*`,
      String.raw`(?:#\d{1,6}|[a-z]{2,10}-\d{1,6})(?:\s*[-–—|:,])?\s+`,
      // "Invoices: move the PDF into a job": what it is about, then what to do.
      String.raw`[\w/][\w/ .-]{0,40}:\s+(?=(?:${VERB_LIST})\s+[a-z])`,
      String.raw`(?:i (?:think|guess|suggest|propose)|maybe|perhaps)\b,?\s+(?:that\s+)?`,
      String.raw`(?:we|i|you|they|somebody|someone|users?|customers?|clients?|operators?|admins?)\s+(?:(?:still|now|really|also|just)\s+)?(?:need|want|have|ought|wish|would like|'d like|would love)\s+(?:you\s+|us\s+|someone\s+|somebody\s+)?to\s+(?:be able to\s+)?`,
      String.raw`${SOMEBODY_WISHES}\s+(?:you\s+|us\s+|someone\s+|somebody\s+)?to\s+(?:be able to\s+)?`,
      String.raw`(?:(?:we|i)(?:'d| would)\s+(?:like|love|appreciate|prefer|be (?:glad|happy|grateful))|it(?:'d| would) be (?:great|nice|good|helpful))\s+(?:it\s+)?if (?:you|we|someone|somebody)\s+(?:could|would|can)\s+`,
      String.raw`(?:let's|let us)\s+`,
      String.raw`(?:we|you|somebody|someone|users?|customers?|clients?|people|operators?|admins?)\s+(?:should|must|have to|need to)\s+(?:also\s+)?(?:be able to\s+)?`,
      // What they do else, before what they need: "We run a shop and need an API for it".
      String.raw`(?:we|i)(?:'re|'m|'ve| are| am| have| run| had)\s+[^,]{1,80}?,?\s+(?:and|so)\s+(?=(?:(?:we|i)(?:'d|'ll| would| will| could)? )?(?:now )?(?:need|want|require|like|use)\b|(?:we|i)(?:'d| would| could)\b)`,
      String.raw`would you mind\s+`,
      String.raw`(?:we|i)(?:'m|'re| am| are| was| were)\s+(?:just\s+)?wondering (?:if|whether)\s+(?:(?:you|someone|somebody)\s+(?:could|would|can)\s+)?`,
      String.raw`(?:can|could|would|will)\s+(?:you|we|somebody|someone|anyone)\s+(?:please\s+|kindly\s+)?`,
      String.raw`would it be possible to\s+`,
      String.raw`as an?\s+[^,]{1,60}?\s+(?=i(?:'d| want| need| would| could)\b)`,
      String.raw`use (?:the )?[\w-]+ workflow to\s+`,
      String.raw`(?:your|the)\s+(?:task|job|goal)\s+is\s+to\s+`,
      String.raw`help\s+(?:me|us)\s+(?:to\s+)?`,
      String.raw`it would be (?:great|nice|good|helpful)\s+to\s+`,
      String.raw`as an?\s+[^,]{1,60},\s*`,
      String.raw`(?:when|whenever|if|once|after|before|while|for|in|on|to|using|with)\s+[^,]{1,120},\s*`,
      String.raw`(?:the|our|all|every|each)\s+[\w\s/:{}.-]{1,40}?\s+(?:should|must|needs? to|has to|have to)\s+(?:also\s+|not only\s+)?`,
    ].join('|') +
    ')',
  'i',
);

/** "Scanner results should be stored": what shall be done with a thing that stands first. */
const PASSIVE =
  /^(?:[\w'-]+\s+){1,6}(?:should|must|needs? to|ha(?:s|ve) to)\s+(?:also\s+|always\s+)?be\s+(?!able\b)\w+/i;
const REPAIR =
  /^(?:look into|investigate|find out why|figure out why|track down|fix|repair|correct|resolve|debug|patch|hotfix|reproduce)\b/i;
/** What a thing shall do: "GET /orders should be sorted", "the import must skip what it cannot read". */
const OUGHT =
  /^(?!(?:it|this|that|they|these|we|you|i|he|she|there|which|who|what|if|when)\b)(?:(?:the|our|all|every|each|an?)\s+[\w\s/:{}.()-]{1,60}?|(?:get|post|put|patch|delete)\s+\/\S*|[\w./-]{2,40}(?:\(\))?)\s+(?:should|must|ha(?:s|ve) to|needs? to)\s+\w/i;
/** A verb that no list has: a plain word before an article, where a request begins. */
const IMPERATIVE =
  /^(?!(?:about|after|all|also|although|and|are|around|as|at|because|been|before|behind|below|both|but|by|did|does|during|even|except|for|from|had|has|have|here|how|if|in|inside|into|like|made|near|of|off|on|once|only|onto|or|our|out|over|per|quite|saw|see|since|so|such|than|that|then|there|these|this|those|though|through|till|to|took|toward|under|until|upon|very|via|was|went|were|what|when|where|which|while|who|why|will|with|within|would|yet|know|think|imagine|love|like|enjoy|hate|read|watch|forget|ignore|remember)\b)[a-z]{3,12}(?<!ing|ed|ly|s)\s+(?:the|an?|our|every|each|these|its|their)\s+\w/i;

/** What titles in a tracker are about, of the backend and of what is not. */
const TITLED =
  '(?:endpoint|api|service|microservice|back-?end|integration|webhook|migration|handler|middleware|route|worker|job|lambda|table|field|column|tests?|screen|page|button|form|dashboard)s?';
/** A title as trackers have them: "New endpoint for …", "Okta SSO integration for …", "Backend for …". */
const TITLE = new RegExp(
  [
    String.raw`^(?:new|missing|additional|more|better)\s+(?:[\w/-]+\s+){0,3}${TITLED}\b`,
    String.raw`^(?:(?!an?\b|the\b|to\b|of\b|on\b|in\b|about\b|our\b|my\b|this\b)[\w/-]+\s+){1,4}(?:endpoint|integration|webhook|migration|handler|middleware)\s+(?:for|with|to|between)\b`,
    String.raw`^(?:(?!an?\b|the\b|to\b|of\b|on\b|in\b|about\b|for\b|our\b|my\b|this\b)[\w/-]+\s+){0,3}(?:endpoint|api|back-?end|integration|webhook|migration|handler|middleware|route|crud|microservice|test|type|model|schema|template|import|export|validation|caching|pagination|limits?|limiting|scoring|analysis|correlation|deduplication|authentication|authorization|logging|monitoring|auth|log-?in|sso|mfa|2fa|metric|retrie|support)s?\s+(?:for|with|to|between|from|per)\s`,
    // "Configuration by variables instead of a file": no verb, and what shall be there instead of what.
    String.raw`^(?!(?:we|i|you|it|they|this|that|there)\b)(?:[\w-]+\s+){1,3}(?:via|by|with|from|as|in|per)\s.{1,60}\sinstead of\s`,
    String.raw`^.{3,80},?\s(?:please|pls|plz)$`,
  ].join('|'),
  'i',
);

const NEGATION =
  /^(?:do not|don't|dont|never|must not|mustn't|should not|shouldn't|stop(?! \w+ing\b)|avoid|refrain|no need to|no need for|there is no need|not|without|instead of|rather than|nobody|no one|nothing|(?:we|i|you|they) (?:do not|don't|never|no longer|did not|didn't|will not|won't) )\b/i;
const SOFT =
  /^(?:please|pls|plz|just|so|and|but|also|then|ok|okay|now|however|for now|we|you|i|let's)\b,?\s+/i;

const QUESTION =
  /^(?:how|what|why|who|whose|whom|which|is|are|was|were|does|did|do (?:i|we|you|they|any)|has|have (?:you|we|they|i)|should (?:i|we|you|the|it)|shall (?:i|we)|may (?:i|we)|am i|any idea|is there|are there|explain|tell me|show me|teach me|(?:can|could|would|will) (?:you|someone|somebody|anyone) (?:please )?(?:explain|tell|show|describe|elaborate|teach|recommend))\b/i;

/** How something that is broken is reported: in the present, about the thing itself. */
const SYMPTOM = new RegExp(
  [
    String.raw`\b(?:returns?|responds?(?: with)?|answers?(?: with)?|gives?|sends?|yields?)\s+(?:an?\s+|the\s+)?(?:http\s+|status\s+)?(?:[45]\d\d|wrong|incorrect|error|internal server error|null|undefined|nan|true|false|the same|stale|duplicates?|old|bad|invalid|nothing|empty)\b`,
    String.raw`\b(?:crashes|fails|hangs|panics|leaks|deadlocks|times out|breaks|stalls|loses|segfaults|throws)\b`,
    String.raw`\b(?:get(?:s|ting)?|see(?:s|ing)?|receiv(?:es?|ing))\s+(?:an?\s+|the\s+)?(?:http\s+|status\s+)?(?:[45]\d\d|error|exception|time-?out|internal server error|wrong|duplicate|stale|blank|empty|null)\b`,
    String.raw`^(?:(?:i|we|you|users?|customers?) )?(?:can't|cannot|can not|unable to|not able to)\s`,
    String.raw`\b\w*(?:exception|error)s? (?:in|when|on|at|while|after)\b`,
    String.raw`\b(?:is|are|gets?)\s+(?:\w+ )?\w+ed (?:twice|several times|more than once)\b`,
    String.raw`\b(?:is|are) too \w+`,
    String.raw`^(?:sometimes|occasionally|randomly|intermittently)\b`,
    String.raw`\b(?:is|are)\s+(?:(?:too|very|super|so|really|extremely|painfully|completely|still|always|sometimes)\s+)?(?:slow|misaligned|cut off|duplicated|lost|ignored|stuck|broken|wrong|incorrect|failing|flaky|leaking|crashing|not working|off by one)\b`,
    String.raw`\b(?:does not|doesn't|do not|don't|no longer|can't|cannot)\s+(?:work|return|respond|start|save|load|validate|persist|log|connect|release|close|handle|accept|reject)`,
    String.raw`\b(?:bug|regression|race condition|memory leak|deadlock|typo|crash(?:e)?|leak|overflow|sql injection|data loss|off[- ]by[- ]one(?: error)?|divi(?:de|sion) by zero|n\+1(?: quer(?:y|ie))?)s?\s+(?:in|on|when|if|at|for|with|while|after)\b`,
    String.raw`\b(?:wrong|incorrect|broken|slow|failing|flaky)\s+(?:when|if|for|on|after|since|while|during|with)\b`,
    String.raw`\bkeeps? (?:on )?(?:growing|failing|crashing|restarting|retrying|hanging|running|returning|sending|throwing|looping|getting|losing|reconnecting|blocking)\b`,
    String.raw`\b(?:oom(?:[- ]?killed)?|out of memory|stack overflow)\b`,
    // A message of a program, or a line of where it was.
    String.raw`^(?:\w*(?:error|exception):|panic:|fatal(?: error)?:|traceback\b|unhandled\b|uncaught\b)|\bat (?:async )?[\w.$<>]+ \(?\S+:\d+(?::\d+)?\b`,
    // What is, against what ought to be.
    String.raw`^(?!.*\b(?:should|must|shall|ha(?:s|ve) to|needs? to)\b).*\beven (?:if|though|when|after)\b`,
    String.raw`,\s*(?:it |they |this )?(?:should|must)\s+(?:only |just |always )?be\b`,
    String.raw`\b(?:returns|gives|answers|sends|shows|prints|responds|yields|uses|adds|takes|counts|creates|stores|is|are|gets)\b.{1,80}\binstead of\b`,
    String.raw`\b(?:deletes|removes|drops|closes|cancels|charges|sends|counts|bills|creates)\b.{1,60}\b(?:too|as well|twice|again|anyway|several times|more than once)$`,
    String.raw`^(?:(?:every |any |some |an? )?(?:users?|customers?|tenants?|guests?)|anyone|everybody|everyone|people|you|i) can (?:still |also )?(?:see|read|view|access|open|edit|change|delete|cancel|download) (?:other|another|someone|somebody|anyone|each other|deleted)`,
    String.raw`^(?!(?:it|this|that|they|which)\b).*\b(?:swallows|forgets|overwrites|corrupts|truncates|duplicates|exposes|ignores|misses|mangles|garbles)\b`,
  ].join('|'),
  'i',
);

/** What ought to be instead of what was told before: "It should be 409." */
const EXPECTATION =
  /^(?:(?:it|this|that|they|these)\s+)?(?:should|must|ought to)\s+(?:only\s+|just\s+|always\s+|rather\s+)?(?:be|return|answer|give|respond|say|show|happen|stay|fail)\b|^(?:(?:i|we)\s+)?expect(?:ed|ing)?\b/i;
/** How a thing is said to behave now. */
const BEHAVIOUR =
  /\b(?:returns?|gives?|answers?|sends?|shows?|prints?|responds?|yields?|says?|counts?|rounds?|sorts?|accepts?|allows?|takes?|stores?|creates?|deletes?|subtracts|adds|is|are|gets?)\b/i;

/** A title of a tracker, by its number or by what it is called: "SHOP-12: …", "Feature: …". */
const TRACKED =
  /^(?:\[(?:#\d{1,6}|[A-Z]{2,10}-\d{1,6})\]:?|(?:#\d{1,6}|[A-Z]{2,10}-\d{1,6})\s*[-–—|:]|\[?(?:[Ff]eature(?: [Rr]equest)?|[Ff]eat|(?:[Uu]ser )?[Ss]tory|[Tt]ask|[Ii]mprovement|[Ee]nhancement|[Tt]itle|[Ss]ubject|[Ss]ummary)\]?:)\s*\S/;

/** "fix: users can register twice": what follows says what is seen. */
const CALLED_A_FAULT = /^\[?(?:bug|fix|hotfix|defect|regression|bug report)\]?(?:\([\w./-]+\))?!?:\s/i;

/** Takes away what stands before the verb. */
export function stripPrefix(clause: string): string {
  let rest = clause;
  for (let round = 0; round < 8; round += 1) {
    const next = rest.replace(PREFIX, '');
    if (next === rest || next === '') return plainVerb(rest);
    rest = next;
  }
  return plainVerb(rest);
}

/** "Would you mind adding …" asks to add. */
function plainVerb(words: string): string {
  return words
    .replace(/^(add|implement|build|fix|extend)ing\b/i, '$1')
    .replace(/^(creat|writ|chang|mak|remov|integrat)ing\b/i, '$1e');
}

/** The request from its verb on; null where the clause asks for nothing. */
export function requestIn(clause: string, asked: boolean): string | null {
  if (isWish(clause)) return clause;
  if (QUESTION.test(clause)) return null;
  if (/^\w+ing\b/i.test(clause)) return null;
  const rest = stripPrefix(clause);
  if (VERB.test(rest) && (!asked || rest !== clause)) return rest;
  if (isWish(rest)) return rest;
  if (asked) return null;
  if ([TITLE, PASSIVE, IMPERATIVE].some((form) => form.test(rest))) return rest;
  return [PASSIVE, OUGHT].some((form) => form.test(clause)) ? clause : null;
}

/** Whether the clause says what shall not be done. */
export function isNegated(clause: string): boolean {
  let rest = clause;
  while (SOFT.test(rest) && !NEGATION.test(rest)) rest = rest.replace(SOFT, '');
  return NEGATION.test(rest);
}

export function isQuestion(clause: string, asked: boolean): boolean {
  return asked || QUESTION.test(clause);
}

export function reportsSymptom(clause: string): boolean {
  return SYMPTOM.test(clause) || CALLED_A_FAULT.test(clause);
}

export function startsWithVerb(words: string): boolean {
  return VERB.test(words);
}

/** Whether the clause says what ought to be of something named before it. */
export function saysExpectation(clause: string): boolean {
  return EXPECTATION.test(clause);
}

/** Whether the clause says what some thing ought to do. */
export function saysWhatOughtToBe(clause: string): boolean {
  return EXPECTATION.test(clause) || OUGHT.test(clause);
}

/** Whether what is to be done has its name before: "Make it faster." */
export function refersBack(words: string): boolean {
  return /^[a-z]+(?: up)? (?:it|this|that|these|them)\b/i.test(words);
}

/** Whether the clause says what somebody does not do, and not what shall not be done. */
export function saysWhatIsNot(clause: string): boolean {
  return /^(?:we|i|they|you)\s+(?:do not|don't|never|no longer|did not|didn't)\s+(?!want|need|wish|like|plan)/i.test(
    clause,
  );
}

/** Whether the clause says what a thing does now. */
export function saysBehaviour(clause: string): boolean {
  return BEHAVIOUR.test(clause);
}

/** Whether the clause is the title of a piece of work, whatever it says. */
export function isTracked(clause: string): boolean {
  return TRACKED.test(clause);
}

/** Whether a request, from its verb on, asks for a repair. */
export function asksForRepair(words: string): boolean {
  return REPAIR.test(words);
}
