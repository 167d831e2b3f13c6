/** Options of our own Node programs that share processes with what is judged. */

/**
 * Whoever runs as the same user may send SIGUSR1; without this, Node answers with an inspector on the loopback that runs
 * any code in the program.
 */
export const NO_INSPECTOR = '--disable-sigusr1';

/** Behind `node`, before the program's file. */
export const UNSTEERED: readonly string[] = [NO_INSPECTOR, '--disable-warning=ExperimentalWarning'];
