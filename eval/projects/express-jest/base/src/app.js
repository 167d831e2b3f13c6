const { createApplication } = require('../lib/app.js');
const { createOrders } = require('./orders.js');
const { ordersRoutes } = require('./routes/orders.js');

function createApp() {
  const app = createApplication();
  const services = { orders: createOrders() };
  ordersRoutes(app, services);
  return app;
}

module.exports = { createApp };
