const { applyDiscount, readDiscount } = require('../discount.js');
const { Problem } = require('../problem.js');

function discountRoutes(app, { orders }) {
  app.post('/orders/:id/discount', async (request, response) => {
    const discount = readDiscount(request.body);
    const order = await orders.find(request.params.id);
    if (order === null) throw new Problem(404, 'no_such_order');
    const reduced = applyDiscount(order, discount);
    await orders.save(reduced);
    response.status(200).json(reduced);
  });
}

module.exports = { discountRoutes };
