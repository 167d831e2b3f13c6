/**
 * Wishes: what is asked for without a verb of doing ("I need an API that …", "We'd be glad of …"). A wish is read as who
 * wishes, how, and what for, so that every way of saying one part fits every way of saying the others.
 */

const GROUPS = String.raw`(?:partners?|customers?|users?|clients?|teams?|colleagues|operators?|admins?|drivers?|support|sales|developers?|engineers?|people|compan(?:y|ies)|business|boss(?:es)?|managers?|shops?|stores?|products?|platforms?|apps?|front-?ends?|websites?)`;
const PEOPLE = String.raw`(?:we|i|they|(?:some|every|any)(?:one|body)|(?:our|the|my|all|some|many|most|every) (?:[\w-]+ ){0,2}?${GROUPS})`;
const HOW = String.raw`(?:(?:still|now|also|urgently|really|actually|currently|definitely|badly|desperately|certainly|probably|soon|just|do|does) ){0,2}`;
const STATE = String.raw`(?:in (?:[\w-]+ )?need of|(?:looking|searching|asking|hoping) for|needing|wanting|on the lookout for|after(?= an?\b| some\b)|missing|lacking|short of)`;
const LACK = String.raw`(?:need|want|require|lack|desire)`;
const GLAD = String.raw`be (?:[\w-]+ )?(?:glad|happy|grateful|thankful) (?:about|for|of|with)`;

const WAYS = [
  String.raw` ${HOW}(?:${LACK}s?|wish(?:es)? for|(?:have|has)(?: got)? (?:an? )?(?:[\w-]+ )?need (?:for|of))`,
  String.raw`(?:'m|'re|'s| am| are| is| was| were|'ve been| have been| has been) ${HOW}${STATE}`,
  String.raw`(?:'d| would) ${HOW}(?:like|love|appreciate|prefer|welcome|benefit from|${GLAD}|${LACK}|be ${STATE})`,
  String.raw`(?:'ll| will| shall| may| might|(?:'m|'re|'s| am| are| is) going to) ${HOW}${LACK}`,
  String.raw` could ${HOW}(?:use|do with|need|want)`,
  String.raw`(?: should| must| could| ought to| have to| has to) ${HOW}have(?! (?:been|\w+ed)\b)`,
].join('|');

/** Somebody wishes: "our partners would really like", "we are in urgent need of". */
export const SOMEBODY_WISHES = `${PEOPLE}(?:${WAYS})`;

const PLEASED = '(?:great|nice|good|helpful|useful|handy|lovely|cool|wonderful|awesome|ideal)';
const HAD = String.raw`(?:(?:it )?if (?:we|i|they|there) (?:had|was|were|got|could (?:have|get))|to (?:have|get|see)(?= (?:an?|the|some|another|one|our|new|more)\b))`;
const NOBODY_WISHES = [
  String.raw`(?:what|all|the (?:only |one )?thing)(?: that)? ${SOMEBODY_WISHES} is`,
  String.raw`what (?:is (?:needed|missing|wanted)|would help(?: us| me)?) is`,
  String.raw`there (?:should|must|has to|ought to|needs to) be`,
  String.raw`there(?:'s| is) (?:an? )?(?:[\w-]+ )?need (?:for|of)`,
  String.raw`(?:can|could|may) (?:we|i) (?:please )?(?:get|have)`,
  String.raw`(?:it|that)?(?:'d| ?would) (?:be (?:(?:really|very|so) )?${PLEASED}|help(?: us| me)?) ${HAD}`,
  String.raw`i wish (?:we|i|they|there) (?:had|was|were|got)`,
  String.raw`(?:(?:is|are) there )?any chance (?:of|for|(?:we|i) (?:could|can) (?:get|have))`,
  String.raw`(?:is|would) it (?:be )?possible to (?:get|have)`,
  String.raw`how about(?= an?\b| some\b)`,
  String.raw`(?:needed|wanted|required):`,
  String.raw`(?:need|want|require|in (?:[\w-]+ )?need of|looking for|searching for|could use|would like|would love|would need)(?= )`,
];

const WISH = `(?:(?:${SOMEBODY_WISHES})(?: ${HAD})?|${NOBODY_WISHES.join('|')})`;
/** What one asks a person for is no software. */
const OF_PEOPLE = String.raw`(?:to|it|you|some(?:one|body)|(?:(?:some|more|any|your|a bit of) )?(?:help|advice|information))\b`;
const WISHED = new RegExp(String.raw`^${WISH}\s+(?!${OF_PEOPLE})(?=\w)`, 'i');

/** "An API for refunds would be great": the thing stands first. */
const WISHED_LAST = new RegExp(
  String.raw`^((?:an?|another|some)\s+[^,]{2,120}?)\s+(?:is|are|would be|'d be)\s+${HOW}(?:needed|wanted|required|very welcome|welcome|much appreciated|appreciated|(?:really |very |so )?${PLEASED}(?: to have)?)$`,
  'i',
);

export function isWish(clause: string): boolean {
  return WISHED.test(clause) || WISHED_LAST.test(clause);
}

/** A wish in its shortest words ("need an API for refunds"), so that no other rule has to know its forms; other words as they are. */
export function asNeed(words: string): string {
  return words.replace(WISHED, 'need ').replace(WISHED_LAST, 'need $1');
}

/** What a wish in its shortest words is for. */
export function wishedFor(words: string): string {
  return words.replace(/^need (?=\w)/i, '');
}
