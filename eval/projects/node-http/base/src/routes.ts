import { createBooking, listRooms, readBooking } from './bookings.ts';
import type { Route } from './http.ts';

export const ROUTES: Route[] = [
  { method: 'GET', path: /^\/rooms$/, handle: listRooms },
  { method: 'POST', path: /^\/bookings$/, handle: createBooking },
  { method: 'GET', path: /^\/bookings\/(\d+)$/, handle: readBooking },
];
