/** What one invocation of an agent has, over however many processes it takes. */
import type { AuthWay, Profile } from '../../definitions/profile-schema.ts';
import type { WorkOrder } from '../driver.ts';
import type { PrivateFolder } from '../private-folder.ts';
import type { ProcessIdentity } from '../process/kill-recorded.ts';
import type { ProcessEnd } from '../process/run-process.ts';
import type { Offers } from '../submit/offers.ts';
import type { SubmitServer } from '../submit/submit-server.ts';
import type { ConversationEnd } from './conversation.ts';
import type { AgentPlace } from './place.ts';
import type { Said } from '../said.ts';

export interface AcpOptions {
  profile: Profile;
  auth: AuthWay;
  env: readonly string[];
  environment: Readonly<Record<string, string | undefined>>;
  onSpawn?: (invocationId: string, identity: ProcessIdentity) => void;
  graceMs?: number;
  /** The time of day, for what agents say of when their plans start anew. */
  now?: () => Date;
}

export interface Invocation {
  options: AcpOptions;
  order: WorkOrder;
  signal: AbortSignal;
  folder: PrivateFolder;
  place: AgentPlace;
  submit: SubmitServer;
  offers: Offers;
  said: Said;
  /** Set once there is a session, and the agent says that it can go on in it. */
  resumable: string | null;
  /** How it said more than is borne; null: it did not. */
  overflow: string | null;
  usage: { inputTokens: number; outputTokens: number; costUsd: number } | null;
}

/** How one of its processes ended, and the conversation with it. */
export interface ProcessRun {
  end: ProcessEnd;
  talk: ConversationEnd | null;
  leftovers: number[];
  stderr: string;
}

/** Whether it reaches its model through what it is handed, in place of a key. */
export function isMetered({ profile, auth }: AcpOptions): boolean {
  return auth === 'key' && profile.model_access !== null;
}
