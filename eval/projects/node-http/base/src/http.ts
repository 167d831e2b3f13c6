import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Store } from './store.ts';

export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface Call {
  params: string[];
  query: URLSearchParams;
  body: Record<string, unknown>;
  store: Store;
  now: () => number;
}

export interface Reply {
  status: number;
  body: unknown;
}

export interface Route {
  method: string;
  path: RegExp;
  handle: (call: Call) => Promise<Reply>;
}

export async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (chunks.length === 0) return {};
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>;
  } catch {
    throw new HttpError(400, 'invalid_json', 'the body is not JSON');
  }
}

export function send(response: ServerResponse, { status, body }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
