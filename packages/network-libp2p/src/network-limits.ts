/**
 * Every bound of this package, in one place. A peer can make us hold at most
 * `maxInboundChannels` × (`readAheadBytes` + 2 × `streamReadBufferBytes` + one frame) a connection.
 */
const mebibyte = 1024 * 1024;

/** Connections in all, and for one device; more inbound ones are refused. */
export const maxConnections = 64;
export const maxConnectionsPerDevice = 8;

/** Inbound connections that have not finished their handshake: in all, and from one address. The
 * next one takes the place of the oldest. */
export const maxPendingConnections = 30;
export const maxPendingPerAddress = 5;

/** libp2p's own bound is higher: whom it refuses never comes to where places are made free. */
export const maxUnfinishedConnections = 2 * maxPendingConnections;

/** New inbound connections a second from one address. */
export const maxConnectionsPerSecond = 20;

/** An inbound connection must be authenticated and multiplexed within this time. */
export const upgradeTimeoutMs = 3_000;

/** So many bytes of each direction are veiled: multistream-select, and all of Noise's handshake. */
export const veiledBytes = 1024;

/** Secrets with devices that are kept in memory; beyond it they are worked out again. */
export const maxKnownSecrets = 4096;

/** One address must answer, and a channel be agreed on, within this time. */
export const dialTimeoutMs = 6_000;
export const openChannelTimeoutMs = 10_000;

/** A closing connection may finish sending for this long. */
export const closeTimeoutMs = 1_000;

/** A dial tries at most this many addresses: each has this head start before the next is tried too. */
export const maxDialAddresses = 40;
export const dialHeadStartMs = 500;

/** Announcements begin this far apart, and each pause is twice the one before, up to the longest. */
export const firstAnnouncementPauseMs = 1_000;
export const longestAnnouncementPauseMs = 30_000;

/** Devices that are announced to; beyond it, addresses must be known. */
export const maxAnnouncedDevices = 512;

/** Keys tried in a second on announcements of anybody; more are let go by. A key takes about 3 µs. */
export const maxKeysTriedPerSecond = 25_600;
/** What an announcement costs beside: its packet, and listing the keys. */
export const messageCostInKeys = 4;

/** How often the machine's interfaces are looked at; node has no event for it. */
export const interfaceCheckMs = 5_000;

/** After a change of interfaces, a connection that brings nothing for this long is dead. */
export const probeLimitMs = 8_000;

/** Channels of one protocol and direction on one connection; and of all protocols. */
export const maxChannelsPerProtocol = 8;
export const maxInboundChannels = 32;

/** A pairing connection is closed after this time, whatever it does. */
export const pairingLifetimeMs = 120_000;

/** yamux pings this often; a connection that brings nothing for `silenceLimitMs` is dead. */
export const keepAliveMs = 30_000;
export const silenceLimitMs = 90_000;

/** The window that yamux may grow to; its start is the protocol's 256 KiB. */
export const maxStreamWindowBytes = 4 * mebibyte;

/** libp2p resets a stream that overflows this, so it exceeds the window that the peer may fill. */
export const streamReadBufferBytes = maxStreamWindowBytes + mebibyte;

/** Reading pauses at this many bytes of frames that nobody took, and goes on below half of it. */
export const readAheadBytes = 4 * mebibyte;

/** What a frame costs beside its bytes: without it, a flood of one-byte frames would fill memory. */
export const frameOverheadBytes = 256;

/** What one Noise message carries (Noise specification, section 3): 65,535 bytes with its tag of 16. */
const noiseMessageBytes = 65_519;
const yamuxHeaderBytes = 12;

/**
 * Frames are joined into sends of this size; longer ones are split. Behind yamux's header it fills
 * Noise messages to the last byte: with 256 KiB every fifth one would carry 80 bytes.
 */
export const sendBatchBytes = 4 * noiseMessageBytes - yamuxHeaderBytes;

/** A socket takes this much more than the kernel does; with node's 16 KiB it would pause at each packet. */
export const socketBufferBytes = mebibyte;

/** `send` waits while more than this is queued; a caller that does not wait is refused at the second. */
export const sendQueueBytes = 512 * 1024;
export const maxSendQueueBytes = 64 * mebibyte;
