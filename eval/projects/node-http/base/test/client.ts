import type { AddressInfo } from 'node:net';
import { createApp, type AppOptions } from '../src/app.ts';

export interface Answer {
  status: number;
  // What a route answers is for the test to know.
  body: any;
}

/** The service on a free port for as long as `work` takes. */
export async function withApp(
  options: AppOptions,
  work: (call: (method: string, path: string, body?: unknown) => Promise<Answer>) => Promise<void>,
): Promise<void> {
  const server = createApp(options);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  try {
    await work(async (method, path, body) => {
      const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
      const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
      return { status: response.status, body: await response.json() };
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
