/** On a Node that is too old, `bin/baton.js` starts this process with a newer one and passes signals on. It may end first. */

/** Set by the launcher, which always opens a channel as well. */
const LAUNCHER = 'BATON_LAUNCHER';

/** What is needed of a process to see that its launcher is gone. */
export interface Launched {
  env: Record<string, string | undefined>;
  /** Whether the channel to whoever started it is open; a pipe of a shell is none. */
  connected?: boolean;
  channel?: { unref?: () => void } | null | undefined;
  once(event: 'disconnect', listener: () => void): unknown;
}

/**
 * Calls `gone` once where a launcher started this process and ended without it, as after a kill -9. Another program
 * that opens a channel may close it as it likes: only the launcher's own counts.
 */
export function watchLauncher(own: Launched, gone: () => void): void {
  const launched = own.env[LAUNCHER] !== undefined;
  // For this process alone: what it starts has another parent.
  delete own.env[LAUNCHER];
  if (!launched) return;
  if (own.connected !== true) return gone();
  own.once('disconnect', gone);
  // It keeps nothing alive that has nothing left to do.
  own.channel?.unref?.();
}
