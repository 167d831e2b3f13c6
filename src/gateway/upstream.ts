/** Calls providers over HTTP. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Answer, Outgoing } from './answer.ts';
import { headersForCaller } from './headers.ts';

export interface Upstream extends Disposable {
  /** Resolves with the head of the answer; rejects where no answer comes. Redirects are not followed. */
  send(outgoing: Outgoing, signal: AbortSignal): Promise<Answer>;
}

/** Keeps connections open between calls, and goes through the proxy that the environment names. */
export function openUpstream(environment: Readonly<Record<string, string | undefined>>): Upstream {
  const options = { keepAlive: true, proxyEnv: environment };
  const [http, https] = [new HttpAgent(options), new HttpsAgent(options)];
  return {
    send: ({ method, url, headers, body }, signal) =>
      new Promise((resolve, reject) => {
        const secure = url.protocol === 'https:';
        const request = (secure ? httpsRequest : httpRequest)(
          url,
          {
            method,
            agent: secure ? https : http,
            headers: { ...headers, ...(method === 'GET' ? {} : { 'content-length': body.length }) },
            signal,
          },
          (message) => resolve(toAnswer(message)),
        );
        request.on('error', reject);
        request.end(body);
      }),
    [Symbol.dispose]: () => {
      http.destroy();
      https.destroy();
    },
  };
}

function toAnswer(message: IncomingMessage): Answer {
  return { status: message.statusCode ?? 502, headers: headersForCaller(message.headers), body: message };
}
