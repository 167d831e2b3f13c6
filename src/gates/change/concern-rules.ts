/**
 * What a change touches, as data: patterns over paths, over added and removed lines, and over the words of a request.
 * They are meant to see too much rather than too little; a change that hides what it does is missed all the same.
 * Every pattern is linear in the length of what it reads.
 */
import type { Concern } from '../../core/words.ts';

export interface ConcernRule {
  name: Concern;
  /** Of the path inside its repository. */
  path: RegExp | null;
  line: RegExp | null;
  request: RegExp | null;
}

/** One rule per concern, in the order of `CONCERNS`. */
export const CONCERN_RULES: readonly ConcernRule[] = [
  {
    name: 'authentication',
    path: /(?:^|[/._-])(?:auth|authn|authz|authentication|authorization|login|logout|signin|signup|sessions?|oauth2?|oidc|saml|sso|jwt|rbac|acl|permissions?|guards?)(?:[/._-]|$)/i,
    line: /authenticat|authoriz|authoris|oauth|openid|\bjwt\b|jsonwebtoken|\bsaml\b|\bsso\b|\brbac\b|passport\b|bcrypt|argon2|scrypt|log_?in\b|log_?out\b|sign_?in\b|sign_?up\b|access_?token|refresh_?token|session_?(?:id|token|cookie)|is_?admin|permission|\bBearer\b|csrf|cognito/i,
    request:
      /\bauth\b|authenticat|authoriz|authoris|oauth|\bjwt\b|\bsso\b|\brbac\b|log-?\s?ins?\b|sign-?\s?(?:in|up)s?\b|sessions?\b|permissions?\b|\broles?\b|access control/i,
  },
  {
    name: 'user_data',
    path: /(?:^|[/._-])(?:users?|profiles?|customers?|accounts?|members?|contacts?|gdpr|privacy|pii)(?:[/._-]|$)/i,
    line: /\b(?:req|request|ctx|c|event)\.(?:body|query|params|form|args|headers|cookies|rawBody)\b|@(?:Body|Query|Param|Headers)\(|r\.(?:FormValue|PostForm|URL\.Query)|searchParams|formData\(|innerHTML|e-?mail|phone_?number|first_?name|last_?name|date_?of_?birth|birth_?day|postal_?(?:code|address)|social_?security|\bssn\b|\bgdpr\b|personal_?data|user_?(?:data|profile|input)/i,
    request:
      /user (?:data|input|profile)|personal (?:data|information)|\bpii\b|\bgdpr\b|privacy|e-?mail address|phone number|profiles?\b|customers?\b|accounts?\b|\bforms?\b|input validation/i,
  },
  {
    name: 'secrets',
    path: /(?:^|\/)\.env|(?:^|[/._-])(?:secrets?|credentials?|vault|keys?|certs?)(?:[/._-]|$)|\.(?:pem|key|p12|pfx|jks|keystore)$/i,
    line: /secret|api_?-?key|private_?-?key|credential|passw(?:or)?d|passphrase|\btokens?\b\s*[:=]|BEGIN [A-Z ]{0,20}PRIVATE KEY|\bkms\b|keychain|create(?:Cipher|Hmac|Sign)|encrypt|decrypt|process\.env\.[A-Z_]*(?:KEY|TOKEN|PASS)/i,
    request: /secrets?\b|api keys?\b|credentials?\b|passwords?\b|private keys?\b|encrypt|\bvault\b|\bkms\b/i,
  },
  {
    name: 'external_api',
    path: /(?:^|[/._-])(?:integrations?|webhooks?|third-?party|connectors?|adapters?)(?:[/._-]|$)/i,
    line: /\bfetch\(|\baxios\b|\bgot\(|\bundici\b|https?\.(?:request|get)\(|http\.(?:Client|Get|Post|NewRequest)\b|requests\.(?:get|post|put|patch|delete)\(|\burllib\b|\bhttpx\b|RestTemplate|WebClient|HttpClient|webhook|https?:\/\/(?!localhost|127\.|0\.0\.0\.0|example\.|\[::1\])[a-z0-9]/i,
    request: /third[- ]party|external (?:apis?|services?|systems?)|integrat|webhooks?\b|partner apis?\b/i,
  },
  {
    name: 'uploads',
    path: /(?:^|[/._-])(?:uploads?|downloads?|attachments?|multipart)(?:[/._-]|$)/i,
    line: /upload|download|multipart|\bmulter\b|\bbusboy\b|\bformidable\b|attachment|content-disposition|send_?file|file_?name|create(?:Read|Write)Stream|put_?object|get_?object|pre_?signed/i,
    request: /upload|download|attachments?\b|files? (?:from|to|of) users?|avatars?\b/i,
  },
  {
    name: 'payments',
    path: /(?:^|[/._-])(?:payments?|billing|checkout|refunds?|payouts?|stripe|paypal)(?:[/._-]|$)/i,
    line: /payment|\bstripe\b|paypal|adyen|braintree|checkout_?session|refund|payout|credit_?-?card|card_?number|\bcvv\b|\biban\b|\bsepa\b|billing/i,
    request: /payments?\b|\bpay\b|stripe|paypal|checkout|refunds?\b|payouts?\b|credit cards?\b|billing/i,
  },
  {
    name: 'large_data',
    path: /(?:^|[/._-])(?:migrations?|bulk|batch|etl|exports?|imports?|reports?)(?:[/._-]|$)|\.sql$/i,
    line: /\bbulk|batch_?(?:size|insert|write|get)|insert_?many|create_?many|update_?many|delete_?many|find_?many|find_?all\b|pagina|\bLIMIT \$?\d|\bOFFSET \$?\d|GROUP BY|\bJOIN\b|(?:CREATE|ALTER) (?:TABLE|INDEX)|\baggregate\(|\bcursor\b|\.scan\(|\bcsv\b|parquet/i,
    request:
      /large (?:data|files?|volumes?|amounts?)|bulk|batch|millions? of|migrat|\bcsv\b|data (?:sets?|import|export)|paginat/i,
  },
  {
    name: 'hot_endpoint',
    path: /(?:^|[/._-])(?:middlewares?|interceptors?|rate-?limit(?:er|ing)?|gateway|search)(?:[/._-]|$)/i,
    line: /rate_?-?limit|throttl|hot_?path|high_?(?:frequency|traffic)|requests?_?per_?second|\b[rq]ps\b|middleware|interceptor|\b(?:app|router|server)\.use\(|addHook\(/i,
    request:
      /high[- ](?:frequency|traffic|throughput|load)|hot (?:path|endpoint)|per second|\b[rq]ps\b|rate limit|throttl|latency|every request/i,
  },
  {
    name: 'real_time',
    path: /(?:^|[/._-])(?:websockets?|sockets?|realtime|real-time|sse|pubsub|subscriptions?)(?:[/._-]|$)/i,
    line: /web_?socket|socket\.io|\bnew WebSocket|EventSource|text\/event-stream|server-sent|\bpub_?sub\b|webrtc|signalr|\bwss?:\/\//i,
    request:
      /real[- ]?time|websockets?|web sockets?|server-sent|live (?:updates?|feed|view)|push notifications?|streaming|\bchat\b/i,
  },
  {
    name: 'background_job',
    path: /(?:^|[/._-])(?:jobs?|queues?|workers?|cron|schedulers?|tasks?|consumers?|producers?)(?:[/._-]|$)/i,
    line: /queue|\bcron|bullmq|\bsqs\b|rabbitmq|\bamqp|kafka|celery|sidekiq|schedul|background_?(?:job|task|worker)|\bnew Worker\(|setInterval\(/i,
    request: /background|queues?\b|cron|scheduled|nightly|asynchronous|\bjobs?\b|\bworkers?\b/i,
  },
  {
    name: 'cache',
    path: /(?:^|[/._-])(?:caches?|caching|redis|memcached)(?:[/._-]|$)/i,
    line: /cache|caching|\bredis\b|memcached|memoi[sz]e|\blru\b|\betag\b|time_?to_?live|\bttl\b/i,
    request: /\bcach(?:e|es|ed|ing)\b|redis|memcached|memoi[sz]/i,
  },
  {
    name: 'infrastructure',
    path: /(?:^|\/)(?:infra|infrastructure|terraform|cloudformation|k8s|kubernetes|helm|deploy|cdk|ansible)\/|\.tf(?:vars)?$|(?:^|\/)(?:Dockerfile|docker-compose|compose|serverless|template|samconfig)[^/]*(?:\.ya?ml|\.toml)?$|(?:^|\/)\.github\/workflows\//i,
    line: null,
    request:
      /infrastructure|terraform|cloudformation|kubernetes|docker|deploy(?:ment|s|ed)?\b|\bci\/cd\b|serverless/i,
  },
  {
    name: 'frontend',
    path: /\.(?:tsx|jsx|vue|svelte|css|scss|sass|less|html?)$|(?:^|\/)(?:frontend|components|pages)\//i,
    line: null,
    request: /front-?\s?end|user interface|\bui\b|\bbuttons?\b|\breact\b|\bvue\b|\bcss\b|web page/i,
  },
  {
    name: 'documentation',
    path: /\.(?:md|mdx|adoc|rst)$|(?:^|\/)docs?\/|(?:^|\/)(?:openapi|swagger)[^/]*$/i,
    line: null,
    request: /documentation|\bdocs?\b|readme|openapi|swagger|\bguides?\b/i,
  },
];
