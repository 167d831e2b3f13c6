export interface Room {
  id: string;
  guests: number;
  nightCents: number;
}

export interface Booking {
  id: number;
  room: string;
  from: string;
  to: string;
  paidCents: number;
  status: 'booked' | 'cancelled';
  reason: string | null;
  refundCents: number;
}

export interface Store {
  rooms(): Promise<Room[]>;
  room(id: string): Promise<Room | null>;
  add(booking: Omit<Booking, 'id'>): Promise<Booking>;
  find(id: number): Promise<Booking | null>;
  save(booking: Booking): Promise<void>;
}

/** Gives out copies: what is not saved is not kept. */
export function createStore(): Store {
  const rooms: Room[] = [
    { id: 'sea', guests: 2, nightCents: 9000 },
    { id: 'hill', guests: 4, nightCents: 12500 },
  ];
  const bookings = new Map<number, Booking>();
  return {
    rooms: async () => structuredClone(rooms),
    room: async (id) => structuredClone(rooms.find((room) => room.id === id) ?? null),
    add: async (booking) => {
      const stored = { id: bookings.size + 1, ...booking };
      bookings.set(stored.id, stored);
      return structuredClone(stored);
    },
    find: async (id) => structuredClone(bookings.get(id) ?? null),
    save: async (booking) => {
      bookings.set(booking.id, structuredClone(booking));
    },
  };
}
