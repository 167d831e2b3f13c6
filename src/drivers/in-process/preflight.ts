/** What would keep the in-process driver from running the agents of a run, in sentences. */
import { nearest } from '../../definitions/nearest.ts';
import { refusedNames } from '../agent-environment.ts';
import type { PreflightFacts } from '../driver.ts';
import { sayRefused } from '../say-refused.ts';
import { splitModelName } from './model-name.ts';

export function findProblems({ env }: { env: readonly string[] }, facts?: PreflightFacts): string[] {
  if (facts === undefined) return refusedNames(env);
  const without = facts.models.filter(({ model }) => model === null).map(({ agent }) => agent);
  const models = new Set(facts.models.flatMap(({ model }) => (model === null ? [] : [model])));
  return [
    ...(without.length === 0
      ? []
      : [
          `No model is named for ${list(without)}: add --model PROVIDER/NAME, or \`agents: { model: PROVIDER/NAME }\` to baton.yaml (anthropic/…, openai/…, google/…, or a provider of your own).`,
        ]),
    ...[...models].flatMap((model) => modelProblems(model, facts)),
    ...refusedNames(env),
  ];
}

function modelProblems(model: string, { providers }: PreflightFacts): string[] {
  const name = splitModelName(model)?.provider;
  const provider = providers.find((each) => each.name === name);
  const near = nearest(
    name ?? '',
    providers.map((each) => each.name),
  );
  if (provider === undefined)
    return [
      `The model ${model} names no provider that is known${near === null ? '' : ` (did you mean ${near}/${splitModelName(model)?.model}?)`}: there are ${providers.map((each) => each.name).join(', ')}; others stand under \`providers\` in baton.yaml.`,
    ];
  if (provider.refusedAt !== undefined) return [sayRefused(`The model ${model}`, provider)];
  if (provider.usable) return [];
  const key = provider.keyEnv ?? 'its key';
  return [
    `The model ${model} needs a key: set ${key} where you start Baton (\`export ${key}=…\`), or name another variable as \`key_env\` of ${provider.name} under \`providers\` in baton.yaml.`,
  ];
}

function list(names: string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
