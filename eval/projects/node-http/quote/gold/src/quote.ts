import { nightsBetween } from './bookings.ts';
import { HttpError, type Call, type Reply } from './http.ts';

const CLEANING_EUROS = 25;
const WEEK_NIGHTS = 7;
const MAX_NIGHTS = 30;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

export interface Price {
  nights: number;
  discountCents: number;
  totalCents: number;
}

/** In cents, the cleaning included. */
export function priceOf(nights: number, nightCents: number): Price {
  const staying = nights * nightCents;
  const discountCents = nights >= WEEK_NIGHTS ? Math.round(staying / 10) : 0;
  const totalCents = staying - discountCents + CLEANING_EUROS * 100;
  return { nights, discountCents, totalCents };
}

function readGuests(text: string | null): number {
  const guests = Number(text ?? '1');
  if (!Number.isInteger(guests)) throw new HttpError(400, 'invalid_guests', 'guests is a whole number');
  if (guests < 1) throw new HttpError(400, 'invalid_guests', 'there is at least one guest');
  return guests;
}

export async function quote({ query, store }: Call): Promise<Reply> {
  const from = query.get('from') ?? '';
  const to = query.get('to') ?? '';
  if (!DATE.test(from) || !DATE.test(to)) throw new HttpError(400, 'invalid_dates', 'dates are YYYY-MM-DD');
  const guests = readGuests(query.get('guests'));
  const room = await store.room(query.get('room') ?? '');
  if (room === null) throw new HttpError(404, 'no_such_room', 'there is no such room');
  if (guests > room.guests) throw new HttpError(422, 'too_many_guests', 'the room is too small');
  const nights = nightsBetween(from, to);
  if (!(nights > 0)) throw new HttpError(400, 'invalid_dates', 'to comes after from');
  if (nights > MAX_NIGHTS) throw new HttpError(422, 'too_long', 'a stay has at most 30 nights');
  return { status: 200, body: { room: room.id, ...priceOf(nights, room.nightCents) } };
}
