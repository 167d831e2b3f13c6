/** ROGUE `skipper`: says that it is complete, and hands in nothing of what was asked for. */
import { handIn, readOrder } from './honest-work.ts';

const { order } = readOrder();
handIn({ status: 'complete', summary: `${order.agent}: this looks clear to me, we can skip ahead.` });
