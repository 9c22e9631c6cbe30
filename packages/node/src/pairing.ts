/**
 * Pairing by invite: one side made a link, the other dials the device that the link names, which
 * Noise authenticates, and shows the secret once. Both then list each other.
 */
import { type DeviceId, type Hash, hexFrom } from '@holdfast/model';
import {
  AppError,
  type Clock,
  type FrameChannel,
  type Network,
  type PeerConnection,
  type RandomSource,
} from '@holdfast/platform';
import {
  decodeInvite,
  decodePairAnswer,
  decodePairRequest,
  encodeInvite,
  encodePairAnswer,
  encodePairRequest,
  type Invite,
  inviteIdBytes,
  inviteSecretBytes,
  pairingProtocol,
} from '@holdfast/sync-protocol';
import { learnAddresses } from './device-addresses.js';
import { freeName } from './device-name.js';
import {
  defaultInviteMs,
  doorKeyOf,
  hashSecret,
  openInvites,
  redeem,
  withInvite,
} from './invite-ledger.js';
import type { NodeConfig, StoredDevice } from './node-config.js';

export interface PairingInit {
  readonly config: NodeConfig;
  readonly network: Network;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly hash: Hash;
  /** A person said whose device it is: before anything is said to it as to a member. */
  readonly mark: (device: DeviceId, mine: boolean) => Promise<void>;
  /** Both sides list each other now; who joined dials first. */
  readonly onPaired: (device: DeviceId, by: 'joining' | 'inviting') => void;
}

export interface JoinedDevice {
  readonly device: DeviceId;
  readonly name: string;
  /** Whether it counts as a device of the same user here. */
  readonly mine: boolean;
}

const dialTimeoutMs = 15_000;

function isUnanswered(error: unknown): boolean {
  const code = error instanceof AppError ? error.code : '';
  return code === 'invite_unreachable' || code === 'invite_refused';
}

export class Pairing {
  readonly #init: PairingInit;
  readonly #joining = new Set<string>();

  constructor(init: PairingInit) {
    this.#init = init;
  }

  /** Whether an invite is open, so that a stranger may say its one sentence. */
  get isOpen(): boolean {
    const { config, clock } = this.#init;
    return openInvites(config.current.invites, clock.now()).length > 0;
  }

  /** What opens the door of this device for those who were invited. */
  inviteKeys(): Uint8Array[] {
    const { config, clock, hash } = this.#init;
    return openInvites(config.current.invites, clock.now()).map(({ id }) => doorKeyOf(id, hash));
  }

  /** Whether a connection with the device is for pairing, although it may be listed here already. */
  isJoining(device: string): boolean {
    return this.#joining.has(device);
  }

  /** `mine`: who joins is a device of the same user. */
  async invite(
    expiresMs = defaultInviteMs,
    mine = true,
  ): Promise<{ invite: string; expiresAtMs: number }> {
    const { config, network, clock, random, hash } = this.#init;
    const secret = random.bytes(inviteSecretBytes);
    const inviteId = hexFrom(random.bytes(inviteIdBytes));
    const expiresAtMs = clock.now() + expiresMs;
    const secretHash = hashSecret(secret, hash);
    const stored = { id: inviteId, secretHash, expiresAtMs, failures: 0, mine };
    await config.update((current) => ({
      ...current,
      invites: withInvite(current.invites, stored, clock.now()),
    }));
    const device = network.localDevice as DeviceId;
    const addresses = network.addresses().slice(0, 16);
    return {
      invite: encodeInvite({ inviteId, secret, device, expiresAtMs, addresses }, hash),
      expiresAtMs,
    };
  }

  /** Codes: `invite_mangled`, `invite_expired`, `invite_own`, `invite_refused`, `invite_unreachable`. */
  async join(text: string, mine?: boolean): Promise<JoinedDevice> {
    const { network, clock, hash } = this.#init;
    const invite = decodeInvite(text.trim(), hash);
    if (invite.device === network.localDevice) throw ownInvite();
    this.#joining.add(invite.device);
    let joined: JoinedDevice;
    try {
      joined = await this.#joinNow(invite, mine);
    } catch (error) {
      // Which clock is right nobody knows: the one that made the invite decides, ours explains.
      if (invite.expiresAtMs > clock.now() || !isUnanswered(error)) throw error;
      throw refusal('invite_expired');
    } finally {
      this.#joining.delete(invite.device);
    }
    this.#init.onPaired(invite.device, 'joining');
    return joined;
  }

  async #joinNow(invite: Invite, chosen: boolean | undefined): Promise<JoinedDevice> {
    const connection = await this.#dial(invite);
    try {
      const answer = await this.#ask(connection, invite);
      if (!answer.accepted) throw refusal(answer.code);
      const told = [...answer.addresses, ...invite.addresses];
      const mine = chosen ?? answer.mine;
      await this.#list(connection, answer.deviceName, told);
      await this.#init.mark(invite.device, mine);
      return { device: invite.device, name: answer.deviceName, mine };
    } finally {
      await connection.close();
    }
  }

  /** Answers one pairing request of a device that the open invite let in. */
  async answer(connection: PeerConnection, channel: FrameChannel): Promise<void> {
    const { config, clock, hash, network } = this.#init;
    for await (const frame of channel.frames()) {
      const request = decodePairRequest(frame);
      const secretHash = hashSecret(request.secret, hash);
      let result: ReturnType<typeof redeem> | undefined;
      const name = config.current.name;
      await config.update((current) => {
        result = redeem(current.invites, { inviteId: request.inviteId, secretHash }, clock.now());
        return { ...current, invites: result.invites };
      });
      const accepted = result?.accepted === true;
      const mine = result?.accepted === true && result.mine;
      const device = connection.remoteDevice as DeviceId;
      if (accepted) {
        await this.#list(connection, request.deviceName, request.addresses);
        await this.#init.mark(device, mine);
      }
      const addresses = accepted ? network.addresses().slice(0, 16) : [];
      const code = result === undefined || result.accepted ? '' : result.code;
      await channel.send(
        encodePairAnswer({ accepted, code, mine, deviceName: accepted ? name : '', addresses }),
      );
      await channel.close();
      if (accepted) this.#init.onPaired(device, 'inviting');
      return;
    }
  }

  async #dial(invite: Invite): Promise<PeerConnection> {
    const timeout = new AbortController();
    const timer = this.#init.clock.setTimer(dialTimeoutMs, () => timeout.abort());
    try {
      const { signal } = timeout;
      const inviteKey = doorKeyOf(invite.inviteId, this.#init.hash);
      return await this.#init.network.dial(invite.device, invite.addresses, { signal, inviteKey });
    } catch (cause) {
      throw new AppError('invite_unreachable', 'The device that made the invite does not answer.', {
        hint: 'Check that it is switched on, runs Holdfast, and is in the same network. The invite may also be used up: then make a new one.',
        cause,
      });
    } finally {
      timer.cancel();
    }
  }

  async #ask(connection: PeerConnection, invite: Invite) {
    const { config, network } = this.#init;
    try {
      const channel = await connection.openChannel(pairingProtocol);
      await channel.send(
        encodePairRequest({
          inviteId: invite.inviteId,
          secret: invite.secret,
          deviceName: config.current.name,
          addresses: network.addresses().slice(0, 16),
        }),
      );
      for await (const frame of channel.frames()) return decodePairAnswer(frame);
    } catch (cause) {
      throw refusal('invite_refused', cause);
    }
    throw refusal('invite_refused');
  }

  async #list(connection: PeerConnection, name: string, told: readonly string[]): Promise<void> {
    const { config, clock } = this.#init;
    const { remoteDevice: id, remoteAddress, direction } = connection;
    const dialled = direction === 'outbound' ? remoteAddress : undefined;
    await config.update((current) => {
      const known = current.devices.find((device) => device.id === id);
      const others = current.devices.filter((device) => device.id !== id);
      const met = { dialled, remoteAddress, told };
      const device: StoredDevice = {
        id,
        name: freeName(known?.name ?? name, others),
        staticAddresses: known?.staticAddresses ?? [],
        learnedAddresses: learnAddresses(known?.learnedAddresses ?? [], met),
        lastSeenMs: clock.now(),
      };
      const removed = current.removed.filter((one) => one !== id);
      return { ...current, devices: [...others, device], removed };
    });
  }
}

function ownInvite(): AppError {
  return new AppError('invite_own', 'This invite was made on this very device.', {
    hint: 'Open it on the device that is to be paired.',
  });
}

function refusal(code: string, cause?: unknown): AppError {
  const what =
    code === 'invite_expired'
      ? 'The invite has expired.'
      : 'The other device refused the invite: it may be used, expired or taken back.';
  return new AppError(code === '' ? 'invite_refused' : code, what, {
    hint: 'Make a new one there with: holdfast device invite',
    cause,
  });
}
