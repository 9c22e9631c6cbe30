/** DEVICE as people write it: a name, an id, or an unambiguous prefix of the part that differs. */
import { AppError } from '@holdfast/platform';
import { didYouMean } from './near-names.js';

/** The constant head of the text form of an Ed25519 PeerId. */
const constantHead = '12D3KooW';
const minPrefix = 4;

/** Throws `device_unknown`, `ambiguous`. An exact name or id wins. */
export function chooseDevice<Device extends { readonly id: string; readonly name: string }>(
  text: string,
  devices: readonly Device[],
): Device {
  const exact = devices.find((device) => device.name === text || device.id === text);
  if (exact !== undefined) return exact;
  const rest = text.startsWith(constantHead) ? text.slice(constantHead.length) : text;
  const matching =
    rest.length < minPrefix
      ? []
      : devices.filter((device) => device.id.slice(constantHead.length).startsWith(rest));
  const [first] = matching;
  if (first !== undefined && matching.length === 1) return first;
  if (matching.length > 1) {
    const names = matching.map((device) => `${device.name} (${device.id})`).join(', ');
    throw new AppError('ambiguous', `"${text}" may be any of: ${names}.`, {
      hint: 'Write the name, or more of the id.',
    });
  }
  const names = devices.map(({ name }) => name);
  throw new AppError('device_unknown', `No paired device is called "${text}".`, {
    hint: `${didYouMean(text, names)}See which there are with: holdfast device list`,
  });
}
