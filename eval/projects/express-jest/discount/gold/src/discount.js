const { Problem } = require('./problem.js');

const CODE = /^[A-Z0-9]{4,12}$/;
const LEAST_EUROS = 20;
const MOST_PERCENT = 50;

function readDiscount({ code, percent }) {
  if (typeof code !== 'string' || !CODE.test(code)) throw new Problem(400, 'invalid_code');
  if (!Number.isInteger(percent)) throw new Problem(400, 'invalid_percent');
  if (percent < 1) throw new Problem(400, 'percent_too_small');
  if (percent > MOST_PERCENT) throw new Problem(400, 'percent_too_large');
  return { code, percent };
}

function discountOf(totalCents, percent) {
  return Math.floor((totalCents * percent) / 100);
}

function applyDiscount(order, { code, percent }) {
  if (order.state !== 'open') throw new Problem(409, 'already_closed');
  if (order.discount !== undefined) throw new Problem(409, 'already_discounted');
  if (order.totalCents < LEAST_EUROS * 100) throw new Problem(422, 'too_cheap');
  const discountCents = discountOf(order.totalCents, percent);
  const totalCents = order.totalCents - discountCents;
  return { ...order, totalCents, discount: { code, percent, cents: discountCents } };
}

module.exports = { readDiscount, discountOf, applyDiscount };
