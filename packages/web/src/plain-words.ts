/** Sizes, counts and times as people say them. Pure: the present moment is an argument. */
const sizeUnits = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

export function sizeWords(bytes: number): string {
  if (bytes === 1) return '1 byte';
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < sizeUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${sizeUnits[unit]}`;
}

export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** `40 seconds ago`: true in every time zone. */
export function agoWords(time: string, nowMs: number): string {
  const seconds = Math.round((nowMs - Date.parse(time)) / 1000);
  if (Number.isNaN(seconds)) return 'at an unknown time';
  if (seconds < 10) return 'just now';
  if (seconds < 90) return `${countWords(seconds, 'second')} ago`;
  if (seconds < 5400) return `${countWords(Math.round(seconds / 60), 'minute')} ago`;
  if (seconds < 36 * 3600) return `${countWords(Math.round(seconds / 3600), 'hour')} ago`;
  return `${countWords(Math.round(seconds / 86_400), 'day')} ago`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listWords(names: readonly string[], last = 'and'): string {
  if (names.length <= 1) return names[0] ?? '';
  return `${names.slice(0, -1).join(', ')} ${last} ${names.at(-1)}`;
}

/** How long it still takes, no more exactly than anybody can know. */
export function durationWords(seconds: number): string {
  if (seconds < 10) return 'a few seconds';
  if (seconds < 90) return `about ${Math.round(seconds / 10) * 10} seconds`;
  if (seconds < 5400) return `about ${countWords(Math.round(seconds / 60), 'minute')}`;
  if (seconds < 36 * 3600) return `about ${countWords(Math.round(seconds / 3600), 'hour')}`;
  return `about ${countWords(Math.round(seconds / 86_400), 'day')}`;
}

/** `12 MB/s`. */
export function speedWords(bytesPerSecond: number): string {
  return `${sizeWords(bytesPerSecond)}/s`;
}

/** The time of day on this person's clock. */
export function clockWords(timeMs: number): string {
  return new Date(timeMs).toLocaleTimeString();
}

/** Day and time on this person's calendar. */
export function momentWords(time: string): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'medium' });
}

/** Unicode's characters that break a line or turn the direction of what follows. */
const unruly = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A name on one line: what would break the line, or turn its direction, is shown and not obeyed. */
export function nameWords(name: string): string {
  return name.replaceAll(unruly, (one) => {
    const code = one.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
  });
}

/** A word as a shell takes it. */
export function shellWord(text: string): string {
  return /^[\w.@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
