/** The OS sandbox around an invocation or a gate. `openWall` finds what this machine has. */
export interface Wall {
  kind: 'bubblewrap' | 'off';
  /**
   * Turns a command into one that runs behind the wall: the system read-only, only `writable` writable,
   * own process namespace, no network unless asked for, dies with this process. `off` returns it as it is.
   */
  wrap(command: WalledCommand): { file: string; args: string[] };
}

export interface WalledCommand {
  file: string;
  args: string[];
  cwd: string;
  /** Directories and files the command may read beyond the system's own. */
  readable: string[];
  writable: string[];
  network: boolean;
}
