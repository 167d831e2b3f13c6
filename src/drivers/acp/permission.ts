/** What an agent that asks for permission is answered: by the kind of what it wants to do and by what its role may do. */
import type { Capability } from '../../definitions/agent.ts';
import { SUBMIT_TOOL } from '../submit/submit-words.ts';

/** The protocol's kinds; null: nobody may, whatever the role. An empty list: everybody may. */
const NEEDED: Readonly<Record<string, readonly Capability[] | null>> = {
  read: ['read'],
  search: ['search'],
  edit: ['edit'],
  delete: ['edit'],
  move: ['edit'],
  execute: ['execute'],
  fetch: ['web'],
  think: [],
  // Who asks to leave a mode asks for more rights.
  switch_mode: null,
};
/** `submit_result`, as agents name tools of servers: with the server's name before or behind it. */
const SUBMIT = new RegExp(`(?:^|[^a-z0-9])${SUBMIT_TOOL}(?:$|[^a-z0-9])`, 'i');

export interface AskedPermission {
  /** What the agent wants to do, as it calls it itself. */
  title: string;
  kind: string | null;
  options: readonly { optionId: string; kind: string }[];
}

export interface PermissionAnswer {
  allowed: boolean;
  /** null: nothing that is offered says this answer for this once; then the question is cancelled. */
  optionId: string | null;
}

/** Only ever for once: what is asked again is judged again. The wall holds what no question is asked about. */
export function answerPermission(
  asked: AskedPermission,
  capabilities: readonly Capability[],
): PermissionAnswer {
  const allowed = isAllowed(asked, capabilities);
  const wanted = allowed ? 'allow_once' : 'reject_once';
  const option = asked.options.find(({ kind }) => kind === wanted);
  return { allowed, optionId: option?.optionId ?? null };
}

function isAllowed({ kind, title }: AskedPermission, capabilities: readonly Capability[]): boolean {
  const needed = NEEDED[kind ?? 'other'];
  if (needed === null) return false;
  if (needed !== undefined) return needed.every((capability) => capabilities.includes(capability));
  // Tools of servers have no kind of their own. A command that only mentions the name is of the kind `execute`.
  return SUBMIT.test(title) || capabilities.includes('mcp');
}
