/** Gives out copies: what is not saved is not kept. */
function createOrders() {
  const orders = new Map();
  return {
    async add(order) {
      const stored = { id: `o${orders.size + 1}`, ...order };
      orders.set(stored.id, stored);
      return structuredClone(stored);
    },
    async find(id) {
      return structuredClone(orders.get(id) ?? null);
    },
    async save(order) {
      orders.set(order.id, structuredClone(order));
    },
  };
}

module.exports = { createOrders };
