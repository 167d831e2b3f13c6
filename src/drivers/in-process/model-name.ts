/** How models are named: with their provider. */

/** `anthropic/claude-x` → provider and model; a model's own name may hold further slashes. null: it is none. */
export function splitModelName(name: string): { provider: string; model: string } | null {
  const at = name.indexOf('/');
  if (at < 1 || at === name.length - 1) return null;
  return { provider: name.slice(0, at), model: name.slice(at + 1) };
}
