/** Statements of trust, and the frame that carries them. */
import type { DeviceId } from '@holdfast/model';
import type { ControlMessage, TrustStatement } from '@holdfast/sync-protocol';
import type { Golden } from './golden-messages.js';

const device = '12D3KooWabcdefgh' as DeviceId;

export const introduction: TrustStatement = {
  issuer: device,
  subject: '12D3KooWhijkmnop' as DeviceId,
  mark: 'mine',
  wasMine: false,
  counter: 300,
  atMs: 1_700_000_000_000,
  name: 'Łaptop',
  addresses: ['/ip4/192.168.1.7/tcp/22600'],
  overruled: [{ issuer: '12D3KooWqrstuvwx' as DeviceId, counter: 7 }],
  signature: 'cc'.repeat(64),
};
const revocation: TrustStatement = {
  ...introduction,
  mark: 'revoked',
  wasMine: true,
  counter: 301,
  addresses: [],
  overruled: [],
};
export const goldenTrust: Golden<ControlMessage> = {
  name: 'trust',
  value: { type: 'trust', statements: [introduction, revocation] },
  hex: [
    '3aaf020aad010a10313244334b6f6f5761626364656667681210313244334b6f6f5768696a6b6d6e6f70',
    '180120ac022880d095ffbc313207c5816170746f703a1a2f6970342f3139322e3136382e312e372f7463',
    '702f323236303042140a10313244334b6f6f57717273747576777810074a40cccccccccccccccccccccc',
    'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',
    'cccccccccccccccccccccc0a7d0a10313244334b6f6f5761626364656667681210313244334b6f6f5768',
    '696a6b6d6e6f70180320ad022880d095ffbc313207c5816170746f704a40cccccccccccccccccccccccc',
    'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc',
    'cccccccccccccccccccc5001',
  ].join(''),
};
