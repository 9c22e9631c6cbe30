/** Text for a terminal: sizes, counts and times as people say them, columns that stand in line. */

/**
 * Names come from other devices: control characters in them must not steer the terminal. Each is
 * written as an escape that a PATH understands, so that the name can be typed.
 */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, escapesOf);
}

function escapesOf(character: string): string {
  const bytes = Buffer.from(character, 'utf8').toString('hex').toUpperCase();
  return bytes.replace(/../g, '\\x$&');
}

const sizeUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `1.2 GB`; decimal units. */
export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < sizeUnits.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${sizeUnits[unit]}`;
}

export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** Local time to the second: `2026-03-01 12:00:00`. */
export function localTimeText(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return printable(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `40 seconds`, `3 minutes`, `2 hours`. */
export function durationText(seconds: number): string {
  if (seconds < 90) return countText(Math.round(seconds), 'second');
  if (seconds < 5400) return countText(Math.round(seconds / 60), 'minute');
  return countText(Math.round(seconds / 3600), 'hour');
}

/** `3 hours ago`, and beyond two days the local time itself. */
export function agoText(time: string, nowMs: number): string {
  const seconds = Math.round((nowMs - Date.parse(time)) / 1000);
  if (Number.isNaN(seconds) || seconds < 0 || seconds >= 2 * 86_400) return localTimeText(time);
  if (seconds < 10) return 'just now';
  return `${durationText(seconds)} ago`;
}

export type Cell = string | { readonly text: string; readonly right: true };

export function right(text: string): Cell {
  return { text, right: true };
}

/** One line a row, two spaces between columns and `indent` before; nothing after the last. */
export function alignedLines(rows: readonly (readonly Cell[])[], indent = ''): string[] {
  const texts = rows.map((row) =>
    row.map((cell) => printable(typeof cell === 'string' ? cell : cell.text)),
  );
  const widths: number[] = [];
  for (const row of texts) {
    row.forEach((text, column) => {
      widths[column] = Math.max(widths[column] ?? 0, text.length);
    });
  }
  return texts.map((row, index) => {
    const padded = row.map((text, column) =>
      typeof rows[index]?.[column] === 'object'
        ? text.padStart(widths[column] ?? 0)
        : text.padEnd(widths[column] ?? 0),
    );
    return indent + padded.join('  ').trimEnd();
  });
}

/** Broken between words; a word that is longer than a line stays whole. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').filter((part) => part !== '')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return line === '' ? lines : [...lines, line];
}
