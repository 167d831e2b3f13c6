/** From a stored driver specification to the driver; each is loaded when it is asked for. */
import { REHEARSAL_LABEL, type Driver } from '../drivers/driver.ts';
import type { DriverSpec } from '../drivers/spec.ts';

export async function openDriver(
  spec: DriverSpec,
  environment: Record<string, string | undefined>,
): Promise<Driver> {
  switch (spec.name) {
    case 'command': {
      const { createCommandDriver } = await import('../drivers/command.ts');
      return createCommandDriver({ command: spec.command, env: spec.env, environment });
    }
    case 'acp': {
      const { createAcpDriver } = await import('../drivers/acp/create-acp-driver.ts');
      const { profile, auth, env } = spec;
      return createAcpDriver({ profile, auth, env, environment });
    }
    case 'in-process': {
      const { createInProcessDriver } = await import('../drivers/in-process/create-in-process-driver.ts');
      return createInProcessDriver({ env: spec.env, environment });
    }
    case 'blueprint': {
      const { createBlueprintDriver } = await import('../drivers/blueprint/create-blueprint-driver.ts');
      return createBlueprintDriver({ spec, environment });
    }
    case 'scripted': {
      const { createScriptedDriver, loadScript } = await import('../drivers/scripted.ts');
      if ('rehearsal' in spec) {
        const { loadRehearsal } = await import('../drivers/rehearsal/load-rehearsal.ts');
        const { script, meters } = loadRehearsal(spec.rehearsal);
        return createScriptedDriver(script, meters, REHEARSAL_LABEL);
      }
      const { script, meters } = loadScript(spec.file);
      return createScriptedDriver(script, meters);
    }
  }
}
