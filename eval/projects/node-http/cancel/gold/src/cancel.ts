import { HttpError, type Call, type Reply } from './http.ts';

const HOUR_MS = 60 * 60 * 1000;
const FULL_REFUND_HOURS = 48;
const HALF_REFUND_HOURS = 24;

/** What a guest gets back, in cents. */
export function refundOf(paidCents: number, hoursLeft: number): number {
  if (hoursLeft >= FULL_REFUND_HOURS) return paidCents;
  if (hoursLeft >= HALF_REFUND_HOURS) return Math.floor(paidCents / 2);
  return 0;
}

export function hoursBetween(now: number, arrival: number): number {
  return (arrival - now) / HOUR_MS;
}

export async function cancelBooking({ params, body, store, now }: Call): Promise<Reply> {
  const { reason } = body;
  if (typeof reason !== 'string') throw new HttpError(400, 'invalid_reason', 'reason is a text');
  const said = reason.trim();
  if (said.length < 3) throw new HttpError(400, 'reason_too_short', 'reason has at least 3 characters');
  if (said.length > 200) throw new HttpError(400, 'reason_too_long', 'reason has at most 200 characters');
  const booking = await store.find(Number(params[0]));
  if (booking === null) throw new HttpError(404, 'no_such_booking', 'there is no such booking');
  if (booking.status === 'cancelled') throw new HttpError(409, 'already_cancelled', 'it is cancelled already');
  const hoursLeft = hoursBetween(now(), Date.parse(booking.from));
  if (hoursLeft < 0) throw new HttpError(409, 'already_begun', 'the stay has begun');
  booking.status = 'cancelled';
  booking.reason = said;
  booking.refundCents = refundOf(booking.paidCents, hoursLeft);
  await store.save(booking);
  return { status: 200, body: booking };
}
