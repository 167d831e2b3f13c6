/** Gives out copies: what is not saved is not kept. */
class Parcels {
  constructor() {
    this.known = new Map();
  }

  find(id) {
    return structuredClone(this.known.get(id) ?? null);
  }

  save(parcel) {
    this.known.set(parcel.id, structuredClone(parcel));
  }
}

function readParcel({ id, grams }) {
  if (typeof id !== 'string' || id === '') return null;
  return Number.isInteger(grams) && grams > 0 ? { id, grams, state: 'packed' } : null;
}

module.exports = { Parcels, readParcel };
