/** A server in the manner of Fastify: plugins register routes, `inject` asks without a network. */
export interface Query {
  params: Record<string, string>;
  query: Record<string, string>;
  body: Record<string, unknown>;
}

export interface Reply {
  code(status: number): Reply;
  send(body: unknown): void;
}

export type Handler = (request: Query, reply: Reply) => Promise<void>;

export interface Answer {
  statusCode: number;
  // What a route answers is for the caller to know.
  body: any;
}

export interface Instance {
  route(method: string, url: string, handler: Handler): void;
  inject(method: string, url: string, body?: Record<string, unknown>): Promise<Answer>;
}

export class Refusal extends Error {
  readonly statusCode: number;
  constructor(statusCode: number, code: string) {
    super(code);
    this.statusCode = statusCode;
  }
}

export function createInstance(): Instance {
  const routes: { method: string; parts: string[]; handler: Handler }[] = [];
  return {
    route: (method, url, handler) => {
      routes.push({ method, parts: url.split('/'), handler });
    },
    async inject(method, url, body = {}) {
      const { pathname, searchParams } = new URL(url, 'http://localhost');
      const parts = pathname.split('/');
      const route = routes.find((each) => each.method === method && fits(each.parts, parts));
      if (route === undefined) return { statusCode: 404, body: { error: 'no_such_route' } };
      const params = Object.fromEntries(route.parts.map((part, at) => [part.slice(1), parts[at] ?? '']));
      const answer: Answer = { statusCode: 200, body: null };
      const reply: Reply = {
        code: (status) => {
          answer.statusCode = status;
          return reply;
        },
        send: (sent) => {
          answer.body = structuredClone(sent);
        },
      };
      try {
        await route.handler({ params, query: Object.fromEntries(searchParams), body }, reply);
        return answer;
      } catch (error) {
        if (error instanceof Refusal) return { statusCode: error.statusCode, body: { error: error.message } };
        return { statusCode: 500, body: { error: 'internal' } };
      }
    },
  };
}

function fits(wanted: string[], given: string[]): boolean {
  return wanted.length === given.length && wanted.every((part, at) => part.startsWith(':') || part === given[at]);
}
