/** What stands around agents, for a run and for a single question before one: a wall, and a way to models. */
import type { Config } from '../definitions/config.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { GatewayOptions } from '../gateway/open-gateway.ts';
import { openWall, type OpenedWall } from '../workspace/wall/open-wall.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** `hidden`: folders and files that nothing behind the wall ever sees. */
export function openWallAround(
  mode: 'wall' | 'off',
  { hidden, environment }: { hidden: string[]; environment: Environment },
): Promise<OpenedWall> {
  return openWall({ mode: mode === 'off' ? 'off' : 'auto', hidden, path: environment['PATH'] ?? '' });
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
