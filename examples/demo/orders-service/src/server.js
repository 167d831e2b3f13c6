import { createServer } from 'node:http';
import { ApiError } from './errors.js';
import { routes } from './routes.js';

const MAX_BODY_BYTES = 64 * 1024;

/** The HTTP server over one open database; the caller listens and closes. */
export function createService(database) {
  return createServer(async (request, response) => {
    const { status, body } = await answer(request, database);
    const text = JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  });
}

async function answer(request, database) {
  try {
    const { route, params } = findRoute(request.method, new URL(request.url, 'http://localhost').pathname);
    const body = request.method === 'POST' ? await readBody(request) : null;
    return await route.handler({ database, params, body });
  } catch (error) {
    const known = error instanceof ApiError ? error : new ApiError(500, 'internal_error', 'Something went wrong.');
    if (known !== error) console.error(error);
    return { status: known.status, body: known.toBody() };
  }
}

function findRoute(method, pathname) {
  const matches = routes.map((route) => ({ route, params: matchPath(route.path, pathname) }));
  const samePath = matches.filter(({ params }) => params !== null);
  const found = samePath.find(({ route }) => route.method === method);
  if (found !== undefined) return found;
  if (samePath.length > 0) throw new ApiError(405, 'method_not_allowed', `${method} is not allowed here.`);
  throw new ApiError(404, 'route_not_found', 'There is no such route.');
}

function matchPath(pattern, pathname) {
  const names = pattern.split('/');
  const parts = pathname.split('/');
  if (names.length !== parts.length) return null;
  const params = {};
  for (const [i, name] of names.entries()) {
    if (name.startsWith(':')) params[name.slice(1)] = decode(parts[i]);
    else if (name !== parts[i]) return null;
  }
  return params;
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ApiError(404, 'route_not_found', 'There is no such route.');
  }
}

async function readBody(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new ApiError(413, 'body_too_large', 'The body is too large.');
    chunks.push(chunk);
  }
  const value = parse(Buffer.concat(chunks).toString('utf8'));
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new ApiError(400, 'invalid_json', 'The body must be a JSON object.');
  }
  return value;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
