const { Problem } = require('./problem.js');

const LIGHT_GRAMS = 1000;
const MOST_GRAMS = 5000;
const MOST_ZONE = 4;
const MOST_EUROS = 500;

function readPostage({ zone, insured = 0 }) {
  if (!Number.isInteger(zone)) throw new Problem(400, 'invalid_zone');
  if (zone < 1) throw new Problem(400, 'zone_too_small');
  if (zone > MOST_ZONE) throw new Problem(400, 'zone_too_large');
  if (!Number.isInteger(insured) || insured < 0) throw new Problem(400, 'invalid_sum');
  if (insured > MOST_EUROS) throw new Problem(422, 'sum_too_large');
  return { zone, insured };
}

function priceOf(grams, zone) {
  const first = grams <= LIGHT_GRAMS ? 390 : 690;
  return first + (zone - 1) * 100 * 2;
}

function insuranceOf(euros) {
  return Math.floor(euros / 2);
}

function postage(parcels, id, body) {
  const { zone, insured } = readPostage(body);
  const parcel = parcels.find(id);
  if (parcel === null) throw new Problem(404, 'no_such_parcel');
  if (parcel.cents !== undefined) throw new Problem(409, 'already_paid');
  if (parcel.grams > MOST_GRAMS) throw new Problem(422, 'too_heavy');
  const price = priceOf(parcel.grams, zone);
  const paid = { ...parcel, cents: price + insuranceOf(insured) };
  parcels.save(paid);
  return { status: 200, body: paid };
}

module.exports = { insuranceOf, postage, priceOf, readPostage };
