/** Which of what a session offers is meant by the words of a configuration. */

interface Offered {
  value: string;
  name: string;
}

/** A session's option, as far as it matters here. */
export interface SessionOption {
  id: string;
  category?: string | null;
  type: string;
  options?: readonly (Offered | { options: readonly Offered[] })[];
}

/** By value or name, exactly or as a part of it, in the order offered; null: it offers nothing like it. */
export function findChoice(
  options: readonly SessionOption[],
  category: string,
  wanted: string,
): { configId: string; value: string } | null {
  const option = options.find((each) => each.category === category && each.type === 'select');
  if (option === undefined) return null;
  const offered = (option.options ?? []).flatMap((each) => ('options' in each ? each.options : [each]));
  const word = wanted.toLowerCase();
  const exact = offered.find((each) => each.value.toLowerCase() === word || each.name.toLowerCase() === word);
  const found = exact ?? offered.find((each) => each.value.toLowerCase().includes(word));
  return found === undefined ? null : { configId: option.id, value: found.value };
}

/** Older agents list their models beside the session, and take the choice by a method of its own. */
export function findListedModel(opened: object, wanted: string): string | null {
  const { models } = opened as { models?: { availableModels?: { modelId?: unknown }[] } | null }; // beyond the protocol's types
  const ids = (models?.availableModels ?? []).flatMap(({ modelId }) =>
    typeof modelId === 'string' ? [modelId] : [],
  );
  const word = wanted.toLowerCase();
  return (
    ids.find((id) => id.toLowerCase() === word) ?? ids.find((id) => id.toLowerCase().includes(word)) ?? null
  );
}
