/** From a stored driver specification to the driver. */
import { createBlueprintDriver } from '../drivers/blueprint/create-blueprint-driver.ts';
import { createCommandDriver } from '../drivers/command.ts';
import type { Driver } from '../drivers/driver.ts';
import { createScriptedDriver, loadScript } from '../drivers/scripted.ts';
import type { DriverSpec } from '../drivers/spec.ts';

export function openDriver(spec: DriverSpec, environment: Record<string, string | undefined>): Driver {
  switch (spec.name) {
    case 'command':
      return createCommandDriver({ command: spec.command, env: spec.env, environment });
    case 'blueprint':
      return createBlueprintDriver({ spec, environment });
    case 'scripted':
      return createScriptedDriver(loadScript(spec.file));
  }
}
