/** Refusals of the gateway's own. */
import type { ServerResponse } from 'node:http';
import type { Wire, WireError } from './wire.ts';

export function sendWireError(response: ServerResponse, wire: Wire, error: WireError): void {
  send(response, error.status, wire.errorBody(error));
}

/** For a caller whose format is not known. */
export function sendError(response: ServerResponse, status: number, message: string): void {
  send(response, status, { error: { message } });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}
