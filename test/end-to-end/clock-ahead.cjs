/** Preloaded into a node: its clock is HOLDFAST_TEST_DAYS_AHEAD days ahead; time goes on as ever. */
const aheadMs = Number(process.env.HOLDFAST_TEST_DAYS_AHEAD) * 24 * 60 * 60_000;
const { now } = Date;
Date.now = () => now() + aheadMs;
