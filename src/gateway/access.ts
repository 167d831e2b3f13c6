/** The accesses of a gateway: who holds which token, what their calls took, and who may not call any more. */
import { createHash, randomBytes } from 'node:crypto';
import { BatonError } from '../core/errors.ts';
import type { AccessStop, InvocationGrant, IssuedAccess, ProviderFacts } from './gateway.ts';
import { createLedger, type Ledger } from './ledger.ts';

/** What the server knows of one invocation. */
export interface OpenAccess {
  readonly grant: InvocationGrant;
  /** What differs from run to run, by name: of the grant, its token, and what its driver told. */
  volatile(): Readonly<Record<string, string>>;
  readonly ledger: Ledger;
  /** Ends calls under way: the invocation is over. */
  readonly closed: AbortSignal;
  stopped(): AccessStop | null;
  /** The first reason stands. */
  stop(reason: AccessStop): void;
  /** A call that closing waits for. */
  track(call: Promise<void>): void;
}

export interface Accesses {
  issue(grant: InvocationGrant, facts: { url: string; providers: readonly ProviderFacts[] }): IssuedAccess;
  find(token: string): OpenAccess | null;
  /** Of all that were issued: they never stand in a recording. */
  tokens(): string[];
}

export function createAccesses(): Accesses {
  const open = new Map<string, { token: string; access: OpenAccess }>();
  return {
    issue: (grant, { url, providers }) => {
      const token = `baton-${randomBytes(24).toString('hex')}`;
      const closing = new AbortController();
      const stopping = new AbortController();
      const calls = new Set<Promise<void>>();
      let reason: AccessStop | null = null;
      let volatile: Readonly<Record<string, string>> = { ...grant.volatile, token };
      const access: OpenAccess = {
        grant,
        volatile: () => volatile,
        ledger: createLedger(grant.allowance),
        closed: closing.signal,
        stopped: () => reason,
        stop: (why) => {
          if (reason !== null || closing.signal.aborted) return;
          reason = why;
          stopping.abort();
        },
        track: (call) => {
          calls.add(call);
          void call.finally(() => calls.delete(call));
        },
      };
      open.set(digest(token), { token, access });
      return {
        token,
        providers,
        baseUrl: (name) => {
          if (providers.some((provider) => provider.name === name)) return `${url}/${name}`;
          throw unknownProvider(name, providers);
        },
        usage: () => access.ledger.usage(),
        varies: (values) => {
          volatile = { ...volatile, ...values };
        },
        idle: async () => {
          while (calls.size > 0) await Promise.all(calls);
        },
        stopped: stopping.signal,
        stop: () => reason,
        [Symbol.asyncDispose]: async () => {
          open.delete(digest(token));
          closing.abort();
          await Promise.all(calls);
        },
      };
    },
    find: (token) => open.get(digest(token))?.access ?? null,
    tokens: () => [...open.values()].map(({ token }) => token),
  };
}

/** Looked up by its hash, so that the time it takes says nothing of what is right. */
function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function unknownProvider(name: string, providers: readonly ProviderFacts[]): BatonError {
  return new BatonError({
    code: 'E_NOT_FOUND',
    message: `There is no provider "${name}".`,
    fix: `Configure it under \`providers\` in baton.yaml, or use one of: ${providers.map((one) => one.name).join(', ')}.`,
  });
}
