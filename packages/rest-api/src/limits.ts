/** Every bound of the local API, in one place. */

/** A request body: the longest is an ignore file. */
export const maxBodyBytes = 256 * 1024;
/** Request line and headers: a long path of non-Latin text is nine bytes a character in a URL. */
export const maxHeaderBytes = 64 * 1024;
export const maxConnections = 256;
export const headersTimeoutMs = 30_000;

export const maxLoginLinks = 16;
export const loginLinkLifeMs = 10 * 60_000;
export const loginCodeBytes = 16;

export const sessionLifeMs = 30 * 24 * 3_600_000;
export const sessionBytes = 32;

export const maxPathCharacters = 4096;
export const maxNameCharacters = 1024;
/** Of a whole ignore file; what the folder takes is less where they are not ASCII. */
export const maxPatternCharacters = 128 * 1024;
export const maxInviteCharacters = 8192;
export const maxTimeCharacters = 200;
/** Each is a question to the archive. */
export const maxTimelineBuckets = 400;
export const maxRulesCharacters = 200;

export const maxEventsAnswered = 1000;
export const maxEventWaitMs = 300_000;
/** A stream says at least this often that it lives; the page gives it up after a few of these. */
export const streamAliveMs = 15_000;
export const maxStreamedAtOnce = 100;
export const maxWaitMs = 365 * 24 * 3_600_000;

/** An answer that the client reads whole; listings of a large folder are the longest. */
export const maxAnswerBytes = 512 * 1024 * 1024;

export const maxPageFiles = 500;
export const maxPageBytes = 32 * 1024 * 1024;
