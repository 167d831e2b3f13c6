import { createServer, type Server } from 'node:http';
import { HttpError, readBody, send, type Reply } from './http.ts';
import { ROUTES } from './routes.ts';
import { createStore, type Store } from './store.ts';

export interface AppOptions {
  store?: Store;
  now?: () => number;
}

export function createApp({ store = createStore(), now = Date.now }: AppOptions = {}): Server {
  const answer = async (request: Parameters<typeof readBody>[0]): Promise<Reply> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    for (const route of ROUTES) {
      const match = route.path.exec(url.pathname);
      if (match === null || route.method !== request.method) continue;
      const body = await readBody(request);
      return route.handle({ params: match.slice(1), query: url.searchParams, body, store, now });
    }
    throw new HttpError(404, 'no_such_route', 'there is no such route');
  };
  return createServer((request, response) => {
    answer(request).then(
      (reply) => send(response, reply),
      (error: unknown) => {
        const known = error instanceof HttpError ? error : new HttpError(500, 'internal', 'something broke');
        send(response, { status: known.status, body: { error: { code: known.code, message: known.message } } });
      },
    );
  });
}
