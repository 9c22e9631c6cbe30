/**
 * libp2p says nothing by itself: where the environment has DEBUG and DUMP_SESSION_KEYS, it would
 * print the keys of every connection. What matters of it is said by our own logger.
 */
import type { ComponentLogger, Logger } from '@libp2p/interface';

const ignore = () => undefined;

const mute: Logger = Object.assign(ignore, {
  error: ignore,
  trace: ignore,
  enabled: false,
  newScope: () => mute,
});

export const muteLibp2p: ComponentLogger = { forComponent: () => mute };
