/** ROGUE `skipper`: says that it is complete, and hands in nothing of what was asked for. */
import { handIn, readOrder } from './honest-work.ts';
import { skip } from './tricks.ts';

const { order } = readOrder();
handIn(skip(order.agent));
