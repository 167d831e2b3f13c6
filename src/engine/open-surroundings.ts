/** What stands around agents, for a run and for a single question before one: a wall, and a way to models. */
import type { Config } from '../definitions/config.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { GatewayOptions } from '../gateway/open-gateway.ts';
import { openWall, type OpenedWall } from '../workspace/wall/open-wall.ts';

type Environment = Readonly<Record<string, string | undefined>>;

type WallMode = 'wall' | 'off';

/**
 * Opens walls around what one engine starts; `hidden` tells which folders and files nothing behind them ever sees. A wall that
 * was seen to work is not tried again: a run is started and driven by one process.
 */
export function wallsAround(
  hidden: () => string[],
  environment: Environment,
): (mode: WallMode) => Promise<OpenedWall> {
  const working = new Map<string, OpenedWall>();
  return async (mode) => {
    const options = { mode: mode === 'off' ? mode : 'auto', hidden: hidden() } as const;
    const known = working.get(JSON.stringify(options));
    if (known !== undefined) return known;
    const opened = await openWall({ ...options, path: environment['PATH'] ?? '' });
    if (opened.lack === null) working.set(JSON.stringify(options), opened);
    return opened;
  };
}

/** Loaded when a model is to be called, not before. */
export async function openGatewayFor(
  { providers = {} }: Config,
  options: Pick<GatewayOptions, 'recordings' | 'environment' | 'now'>,
): Promise<Gateway> {
  const { openGateway } = await import('../gateway/open-gateway.ts');
  const { readProviders } = await import('../gateway/provider.ts');
  return openGateway({ providers: readProviders(providers, options.environment), ...options });
}
