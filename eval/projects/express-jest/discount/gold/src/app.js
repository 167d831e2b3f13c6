const { createApplication } = require('../lib/app.js');
const { createOrders } = require('./orders.js');
const { discountRoutes } = require('./routes/discount.js');
const { ordersRoutes } = require('./routes/orders.js');

function createApp() {
  const app = createApplication();
  const services = { orders: createOrders() };
  ordersRoutes(app, services);
  discountRoutes(app, services);
  return app;
}

module.exports = { createApp };
