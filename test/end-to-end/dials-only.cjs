/**
 * Loaded into a node before anything else: it dials no port but those in HOLDFAST_TEST_DIALS. What
 * it learns of others' addresses is then of no use to it, and all bytes pass where a test counts them.
 */
const { Socket } = require('node:net');

const allowed = (process.env.HOLDFAST_TEST_DIALS ?? '').split(',');
const { connect } = Socket.prototype;

Socket.prototype.connect = function (...given) {
  const [first] = Array.isArray(given[0]) ? given[0] : given;
  const port = typeof first === 'object' ? first.port : first;
  if (port === undefined || allowed.includes(String(port))) return connect.apply(this, given);
  const refused = Object.assign(new Error(`Port ${port} is not dialled here.`), {
    code: 'ECONNREFUSED',
  });
  process.nextTick(() => this.destroy(refused));
  return this;
};
