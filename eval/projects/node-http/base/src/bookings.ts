import { HttpError, type Call, type Reply } from './http.ts';

const DAY_MS = 86_400_000;

export function nightsBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

export async function createBooking({ body, store }: Call): Promise<Reply> {
  const { room: id, from, to } = body;
  if (typeof id !== 'string' || typeof from !== 'string' || typeof to !== 'string') {
    throw new HttpError(400, 'invalid_booking', 'room, from and to are texts');
  }
  const room = await store.room(id);
  if (room === null) throw new HttpError(404, 'no_such_room', `there is no room ${id}`);
  const nights = nightsBetween(from, to);
  if (!(nights > 0)) throw new HttpError(400, 'invalid_dates', 'to comes after from');
  const paidCents = nights * room.nightCents;
  const booking = await store.add({
    room: id,
    from,
    to,
    paidCents,
    status: 'booked',
    reason: null,
    refundCents: 0,
  });
  return { status: 201, body: booking };
}

export async function readBooking({ params, store }: Call): Promise<Reply> {
  const booking = await store.find(Number(params[0]));
  if (booking === null) throw new HttpError(404, 'no_such_booking', 'there is no such booking');
  return { status: 200, body: booking };
}

export async function listRooms({ store }: Call): Promise<Reply> {
  return { status: 200, body: await store.rooms() };
}
