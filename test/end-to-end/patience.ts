/**
 * How long tests wait before they say that something never happens. Generous on purpose: a machine
 * that is busy with other work is slow, not wrong, and a test that passes never waits for it.
 */

/** For a condition that the test looks for itself. */
export const conditionPatienceMs = 120_000;

/** For one command, and for a node to get up. Longer than the commands that wait. */
export const commandPatienceMs = 150_000;

/** For `holdfast wait --timeout`. */
export const waitSeconds = '120';
