const { Problem } = require('../problem.js');
const { readShipment, shippingCents } = require('../shipping.js');

function shippingRoutes(app, { orders }) {
  app.post('/orders/:id/shipment', async (request, response) => {
    const { grams, express } = readShipment(request.body);
    const order = await orders.find(request.params.id);
    if (order === null) throw new Problem(404, 'no_such_order');
    if (order.state !== 'open') throw new Problem(409, 'already_shipped');
    const shipping = shippingCents(grams, express, order.totalCents);
    order.state = 'shipped';
    order.totalCents = order.totalCents + shipping;
    await orders.save(order);
    response.status(201).json({ ...order, shippingCents: shipping });
  });
}

module.exports = { shippingRoutes };
