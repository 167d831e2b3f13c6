/** ROGUE `liar`: changes nothing, and claims files, green tests and a pull request. */
import { handIn, readOrder } from './honest-work.ts';
import { lie } from './tricks.ts';

const { order } = readOrder();
handIn(lie(order.workspace.repos[0]?.name ?? ''));
