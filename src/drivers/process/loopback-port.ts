/** Which port of this machine a URL on its loopback leads to, for those that may reach nothing else. */
export function loopbackPort(url: string): number {
  const { hostname, port } = new URL(url);
  if (hostname !== '127.0.0.1' || port === '')
    throw new Error(`${url} is no port of this machine's loopback`);
  return Number(port);
}
