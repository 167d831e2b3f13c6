const { Problem } = require('./problem.js');

const SMALL_KILOS = 2;
const LARGE_KILOS = 20;
const FREE_EUROS = 100;

function shippingCents(grams, express, totalCents) {
  const kilos = grams / 1000;
  if (kilos > LARGE_KILOS) throw new Problem(422, 'too_heavy');
  if (totalCents >= FREE_EUROS * 100 && !express) return 0;
  const cents = kilos <= SMALL_KILOS ? 500 : 900;
  return express ? cents * 2 : cents;
}

function readShipment({ grams, express = false }) {
  if (!Number.isInteger(grams)) throw new Problem(400, 'invalid_grams');
  if (grams < 1) throw new Problem(400, 'invalid_grams');
  if (typeof express !== 'boolean') throw new Problem(400, 'invalid_express');
  return { grams, express };
}

module.exports = { shippingCents, readShipment };
