/** What a request is about: ten topics, each by the words that name it. */
import { TOPICS, type Topic } from '../core/words.ts';

/** Services of others that are known by name. */
export const KNOWN_SERVICES =
  'okta|auth0|cognito|keycloak|azure|gcp|google cloud|stripe|paypal|adyen|slack|github|gitlab|jira|salesforce|' +
  'hubspot|twilio|sendgrid|mailgun|pagerduty|opsgenie|servicenow|splunk|datadog|qualys|tenable|nessus|crowdstrike|' +
  'shodan|zendesk|shopify|plaid|docusign|entra|velociraptor|aws(?! lambda| resource| account| infra| stack)';

const WORDS: Readonly<Record<Topic, string>> = {
  rest: String.raw`restful|\brest[ -](?:apis?|services?|endpoints?|interfaces?|resources?|routes?)\b|\b(?:web |json |http |public |internal )?apis?\b(?! keys?\b)|\bendpoints?\b|\b(?:get|post|put|patch|delete) \/[\w{}:/.-]*|\bhttp routes?\b|\bopenapi\b|\bswaggers?\b`,
  authentication: String.raw`\bauthenticat\w+|\bauthori[sz]ations?\b|\bauthori[sz](?:e[sd]?|ing) (?:[\w-]+ ){0,2}?(?:requests?|users?|callers?|calls?|clients?|access(?:es)?)\b|\bauth[nz]?\b|\boauth\w*|\boidc\b|\bsaml\b|\bssos?\b|\bjwts?\b|\blog-?(?:in|out|on|off)s?\b|\blog (?:in|out|users? (?:in|out))\b|\blogg(?:ed|ing)[ -](?:in|out) (?:users?|customers?|accounts?|members?|sessions?|staff)\b|\bsign(?:s|ed|ing)?[ -]?(?:in|up|out)\b|\bsign[ -]?(?:in|up|out|on)s\b|\bsingle sign[ -]?on\b|\bpasswords?\b|\b(?:mfa|2fa|totp|rbac)\b|\b(?:session|access|refresh|bearer|api)s? (?:tokens?|keys?)\b|\bapi keys?\b|\bpasskeys?\b|\bokta\b|\bauth0\b|\bcognito\b|\bkeycloak\b`,
  integration: String.raw`\bintegrat(?:e[sd]?|ing|ions?|ors?)\b(?! tests?\b| testing\b| the (?:tests?|changes|feedback|branch))|\bwebhooks?\b|\bthird[ -]part(?:y|ies)\b|\bexternal (?:apis?|services?|systems?)\b|\bconnectors?\b|\b(?:${KNOWN_SERVICES})\b`,
  data_processing: String.raw`\bdata[ -](?:processing|pipelines?|ingest\w*|imports?|importing|importers?|exports?|exporting|exporters?|transformations?|transforming|enrichments?|enriching)\b|\betls?\b|\bingest\w*|\bprocess(?:es|ed|ing)? (?:[\w-]+ ){0,4}?(?:data|records?|events?|files?|messages?|jobs?|logs?|findings?|uploads?|payments?|orders?|reports?|images?)\b|\b(?:job|event|stream|batch|queue|background|message|image|file|payment|order)[ -](?:processing|processors?|jobs?|pipelines?|workers?|consumers?)\b|(?<!ci |ci\/cd |build |release |deploy |deployment |asset )\bpipelines?\b|\baggregat\w+|\bde-?duplicat\w+|\bdedup(?:e[sd]?|ing)\b|\b(?:bulk|csv|nightly|batch) (?:imports?|importing|importers?|exports?|exporting|exporters?|jobs?|uploads?|uploading)\b|\bkafka\b|\bsqs consumers?\b`,
  risk_analysis: String.raw`\brisks? (?:analys\w+|assess\w+|scor\w+|models?|modell?ing|ratings?|engines?|calculat\w+|levels?|registers?|management|reports?|matri(?:x|ces))\b|\b(?:(?:analy[sz]|scor|rat|calculat|comput)(?:e[sd]?|ing)|(?:assess|rank)(?:e?s|ed|ing)?) (?:[\w-]+ ){0,3}?risks? (?:scores?|of (?:an? |each |the |every )?(?:asset|host|vendor|account|customer|device|supplier|partner|user|transaction|payment|order|loan|project|application)s?|per|levels?)\b|\brisk[ -]based\b`,
  asset_correlation: String.raw`\bcorrelat\w+ (?:[\w-]+ ){0,4}?(?:assets?|hosts?|devices?)\b|\b(?:assets?|hosts?|devices?) (?:[\w-]+ ){0,2}?correlat\w+|(?<!static |web |css |image |build |frontend |media )\bassets?\b(?! pipelines?\b| bundl\w+)`,
  vulnerability: String.raw`\bvulnerabilit(?:y|ies)\b|\bvulns?\b|\bcves?\b|\bcvss\b|\b(?:security|scanner) findings?\b`,
  types: String.raw`\btabularium\b|\bdata[ -]?types?\b|\bdata models?\b|\btypes? definitions?\b|\b(?:(?:creat|defin|generat|introduc|writ|giv|provid)(?:es?|ing)|(?:add|need)(?:s|ing)?) (?:[\w-]+ ){0,3}?(?:types|models|structs|interfaces|dtos|enums|entities)\b|\bdtos?\b|\bstructs?\b|\b(?:json|database|db|table|event|graphql) schemas?\b`,
  infrastructure: String.raw`\bcloudformation\b|\bterraform(?:s|ed|ing)?\b|\binfrastructures?\b|\biac\b|\bkubernetes\b|\bk8s\b|\bhelm\b|\bdocker\w*|\bs3 buckets?\b|\bdynamodb tables?\b|\bsqs queues?\b|\bvpcs?\b|\biam\b|\bci\/?cd\b|\bci pipelines?\b|\bdeploy(?:s|ment|ments|ing)?\b|\bprovision\w*|\bload balancers?\b|\bpulumi\b|\bautoscal\w+`,
  functions: String.raw`\blambdas?\b(?! (?:expressions?|calculus))|\bserverless\b|\b(?:cloud|step|edge|azure) functions?\b`,
};

const RULES: readonly (readonly [Topic, RegExp])[] = TOPICS.map((topic) => [
  topic,
  new RegExp(WORDS[topic], 'i'),
]);

/** The topics that the words name, in their fixed order, each with the words that named it. */
export function topicsOf(words: string): { topic: Topic; seen: string }[] {
  return RULES.flatMap(([topic, rule]) => {
    const seen = rule.exec(words)?.[0];
    return seen === undefined ? [] : [{ topic, seen: seen.trim() }];
  });
}
