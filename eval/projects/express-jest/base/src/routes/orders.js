const { Problem } = require('../problem.js');

function ordersRoutes(app, { orders }) {
  app.post('/orders', async (request, response) => {
    const { lines } = request.body;
    if (!Array.isArray(lines) || lines.length === 0) throw new Problem(400, 'no_lines');
    const totalCents = lines.reduce((sum, { cents, count }) => sum + cents * count, 0);
    response.status(201).json(await orders.add({ lines, totalCents, state: 'open' }));
  });
  app.get('/orders/:id', async (request, response) => {
    const order = await orders.find(request.params.id);
    if (order === null) throw new Problem(404, 'no_such_order');
    response.json(order);
  });
}

module.exports = { ordersRoutes };
