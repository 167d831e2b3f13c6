/**
 * Where an agent hands in its result: an MCP server on loopback with the one tool `submit_result`. Each invocation has
 * a server and a token of its own, so that nobody can hand in for somebody else, and a late twin finds nobody there.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { serve } from '@hono/node-server';
import { createMcpHandler, McpServer, type StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { Hono } from 'hono';
import { MAX_RESULT_BYTES } from '../last-line.ts';
import type { Offers } from './offers.ts';
import { replyText, SUBMIT_SERVER, SUBMIT_TOOL } from './submit-words.ts';

const PATH = '/mcp';
/** A result and what the protocol puts around it. */
const MAX_REQUEST_BYTES = MAX_RESULT_BYTES + 64 * 1024;
const DESCRIPTION =
  'Hands in the result of your work. Call it once, when you are done: only what is handed in here counts, whatever you write elsewhere does not. If it is refused, the answer says what is wrong: mend that and call it again.';

export interface SubmitServer extends AsyncDisposable {
  url: string;
  /** A secret: who has it can hand in. */
  token: string;
}

/** Listens until it is disposed. `schema` is what the agent is shown; `offers` judges what comes in. */
export async function openSubmitServer(options: { schema: object; offers: Offers }): Promise<SubmitServer> {
  const token = randomBytes(32).toString('base64url');
  const handler = createMcpHandler(() => createToolServer(options), {
    maxRequestBodySize: MAX_REQUEST_BYTES,
  });
  const app = new Hono();
  app.all(PATH, async (context) => {
    if (!isBearer(context.req.header('authorization'), token))
      return context.json({ error: 'E_USAGE this token opens nothing here' }, 401);
    return handler.fetch(context.req.raw);
  });
  const { server, port } = await listen(app);
  return {
    url: `http://127.0.0.1:${port}${PATH}`,
    token,
    [Symbol.asyncDispose]: async () => {
      await handler.close();
      const closed = new Promise((resolve) => server.close(resolve));
      // Agents keep connections open; a server waits for them.
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(app: Hono): Promise<{ server: ReturnType<typeof serve>; port: number }> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, (info) => {
    resolve(info.port);
  });
  server.once('error', reject);
  return { server, port: await promise };
}

function createToolServer({ schema, offers }: { schema: object; offers: Offers }): McpServer {
  const server = new McpServer({ name: SUBMIT_SERVER, version: '1.0.0' });
  const config = {
    description: DESCRIPTION,
    inputSchema: unchecked(schema),
    // Some agents hide tools behind a search until they are told not to.
    _meta: { 'anthropic/alwaysLoad': true },
  };
  server.registerTool(SUBMIT_TOOL, config, async (result) => {
    const reply = await offers.offer(result);
    return { content: [{ type: 'text', text: replyText(reply) }], isError: reply.kind === 'refused' };
  });
  return server;
}

/** The schema for the agent to read; whether a result fits it is judged with everything else, in our own words. */
function unchecked(schema: object): StandardSchemaWithJSON {
  const shown = schema as Record<string, unknown>; // a JSON Schema object
  return {
    '~standard': {
      version: 1,
      vendor: 'baton',
      validate: (value: unknown) => ({ value }),
      jsonSchema: { input: () => shown, output: () => shown },
    },
  };
}

function isBearer(header: string | undefined, token: string): boolean {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
