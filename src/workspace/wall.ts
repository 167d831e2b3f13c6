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
  /** The whole network of the machine, its loopback included. */
  network: boolean;
  /** Without `network`: the only ports of the machine's loopback that can be reached, under their own numbers; absent: none. */
  ports?: readonly WalledPort[];
  /** Whoever starts the command has to put it under them (`wall/overlays.ts`); absent: none. */
  overlays?: readonly Overlay[];
}

/** A folder that a command sees as it is and writes to, while what it writes lies elsewhere. */
export interface Overlay {
  path: string;
  /** What is seen, topmost first; nothing is written to it. */
  below: string[];
  /** Where what is written comes to lie: an empty folder, or one of an earlier overlay over the same. */
  written: string;
  /** A folder of the kernel's, on the file system of `written`. */
  work: string;
}

/** One port of loopback, and the socket in the file system that leads to it (`wall/open-ports.ts`). */
export interface WalledPort {
  port: number;
  socket: string;
}
