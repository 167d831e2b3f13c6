const { Parcels, readParcel } = require('./parcels.js');
const { Problem } = require('./problem.js');

const ROUTES = {
  'POST parcels': add,
  'GET parcels': read,
};

function add(parcels, _id, body) {
  const parcel = readParcel(body);
  if (parcel === null) throw new Problem(400, 'invalid_parcel');
  parcels.save(parcel);
  return { status: 201, body: parcel };
}

function read(parcels, id) {
  const parcel = parcels.find(id);
  if (parcel === null) throw new Problem(404, 'no_such_parcel');
  return { status: 200, body: parcel };
}

/** Answers one request after the other, from what it keeps. */
function createApp() {
  const parcels = new Parcels();
  return (method, path, body = {}) => {
    const [first, id, last = ''] = path.split('/').slice(1);
    const route = ROUTES[`${method} ${first}${last === '' ? '' : ` ${last}`}`];
    if (route === undefined) return { status: 404, body: { error: 'no_such_route' } };
    try {
      return route(parcels, id, body);
    } catch (error) {
      return { status: error.status ?? 500, body: { error: error.code ?? 'internal' } };
    }
  };
}

module.exports = { createApp };
