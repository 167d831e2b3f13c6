/** A small application in the manner of Express: middleware and routes in the order they were added. */
function createApplication() {
  const layers = [];
  const add = (method) => (path, ...handlers) => {
    const keys = [];
    const pattern = new RegExp(`^${path.replace(/:(\w+)/g, (_, key) => (keys.push(key), '([^/]+)'))}$`);
    layers.push({ method, pattern, keys, handlers });
  };
  return {
    get: add('GET'),
    post: add('POST'),
    delete: add('DELETE'),
    /** Resolves to what would be sent. */
    async inject({ method, url, body = {} }) {
      const { pathname, searchParams } = new URL(url, 'http://localhost');
      const response = createResponse();
      for (const { method: wanted, pattern, keys, handlers } of layers) {
        const match = pattern.exec(pathname);
        if (wanted !== method || match === null) continue;
        const params = Object.fromEntries(keys.map((key, at) => [key, match[at + 1]]));
        const request = { method, params, query: Object.fromEntries(searchParams), body };
        try {
          for (const handler of handlers) {
            await handler(request, response);
            if (response.sent) return response.sent;
          }
        } catch (error) {
          return { status: error.status ?? 500, body: { error: error.code ?? 'internal' } };
        }
      }
      return response.sent ?? { status: 404, body: { error: 'no_such_route' } };
    },
  };
}

function createResponse() {
  let code = 200;
  const response = {
    sent: null,
    status(value) {
      code = value;
      return response;
    },
    json(body) {
      response.sent = { status: code, body: JSON.parse(JSON.stringify(body)) };
    },
  };
  return response;
}

module.exports = { createApplication };
