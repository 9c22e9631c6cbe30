/**
 * How far scans and transfers of one folder are, and how fast: from counters read now and then to
 * figures for people. Pure but for what it remembers of the last reading; it keeps nothing about
 * single files.
 */
import type {
  FolderProgress,
  ReceivingProgress,
  ScanningProgress,
  SendingProgress,
} from './node-control.js';

/** Counters of one folder at one moment. They only grow, unless a connection began anew. */
export interface ProgressReading {
  readonly atMs: number;
  /** Absent while nothing is scanned. */
  readonly scan: Omit<ScanningProgress, 'bytesPerSecond'> | undefined;
  /** What is still to come from connected devices; undefined where nothing is on its way. */
  readonly need: Amount | undefined;
  readonly receivedBytes: ReadonlyMap<string, number>;
  readonly servedBytes: ReadonlyMap<string, number>;
  /** What connected members say that they still need. */
  readonly lacking: ReadonlyMap<string, Amount>;
}

export interface Amount {
  readonly files: number;
  readonly bytes: number;
}

/** A rate follows what happens within about this time. */
const smoothingMs = 2_500;
/** Below this nothing moves that a person would call moving. */
const leastBytesPerSecond = 100;
const nothing: Amount = { files: 0, bytes: 0 };

/** Figures of a moment ago, without what has ended since: a status never contradicts itself. */
export function withoutEnded(
  { scan, receiving, sending }: FolderProgress,
  now: ProgressReading,
): FolderProgress | null {
  return unlessEmpty({
    scan: now.scan === undefined ? null : scan,
    receiving: now.need === undefined ? null : receiving,
    sending: sending.filter(({ device }) => (now.lacking.get(device)?.files ?? 0) > 0),
  });
}

function unlessEmpty(progress: FolderProgress): FolderProgress | null {
  const { scan, receiving, sending } = progress;
  return scan === null && receiving === null && sending.length === 0 ? null : progress;
}

export class ProgressMeter {
  readonly #rates = new Map<string, number>();
  #last: ProgressReading | undefined;
  #total: Amount = nothing;
  #lacked: ReadonlyMap<string, Amount> = new Map();

  /** The figures as of this reading; null where nothing moves. */
  update(reading: ProgressReading): FolderProgress | null {
    const last = this.#last;
    this.#last = reading;
    this.#measure(last, reading);
    return this.#figures(reading);
  }

  /** The figures of the last reading without speeds: for what stands still for long. */
  rest(): FolderProgress | null {
    this.#rates.clear();
    return this.#last === undefined ? null : this.#figures(this.#last);
  }

  #figures(reading: ProgressReading): FolderProgress | null {
    const { need } = reading;
    this.#total = need === undefined ? nothing : grown(this.#total, need);
    this.#lacked = new Map(
      [...reading.lacking]
        .filter(([, amount]) => amount.files > 0)
        .map(([device, amount]) => [device, grown(this.#lacked.get(device) ?? nothing, amount)]),
    );
    const scan = this.#scan(reading);
    const receiving = need === undefined ? null : this.#receiving(reading, need);
    const sending = this.#sending(reading);
    const progress = unlessEmpty({ scan, receiving, sending });
    if (progress === null) this.#rates.clear();
    return progress;
  }

  #scan({ scan }: ProgressReading): FolderProgress['scan'] {
    if (scan === undefined) return null;
    return { ...scan, bytesPerSecond: this.#bytesPerSecond('hashed') };
  }

  #receiving(reading: ProgressReading, need: Amount): ReceivingProgress {
    const from = [...reading.receivedBytes.keys()]
      .map((device) => ({ device, bytesPerSecond: this.#bytesPerSecond(`from ${device}`) }))
      .filter((source) => source.bytesPerSecond > 0)
      .sort((a, b) => b.bytesPerSecond - a.bytesPerSecond);
    return {
      ...need,
      totalFiles: this.#total.files,
      totalBytes: this.#total.bytes,
      bytesPerSecond: from.reduce((sum, source) => sum + source.bytesPerSecond, 0),
      secondsLeft: this.#secondsLeft('need', need),
      from,
    };
  }

  #sending({ lacking }: ProgressReading): SendingProgress[] {
    return [...lacking]
      .filter(([, amount]) => amount.files > 0)
      .map(([device, amount]) => ({
        device,
        ...amount,
        totalFiles: this.#lacked.get(device)?.files ?? amount.files,
        totalBytes: this.#lacked.get(device)?.bytes ?? amount.bytes,
        bytesPerSecond: this.#bytesPerSecond(`to ${device}`),
        secondsLeft: this.#secondsLeft(`lack ${device}`, amount),
      }));
  }

  /** What takes longer decides: many small files, or few large ones. */
  #secondsLeft(name: string, { files, bytes }: Amount): number | null {
    const byFiles = remaining(files, this.#rates.get(`${name} files`) ?? 0);
    const byBytes = remaining(bytes, this.#rates.get(`${name} bytes`) ?? 0);
    if (byFiles === undefined && byBytes === undefined) return null;
    if (bytes > 0 && byBytes === undefined) return null;
    // A large file counts only when it is whole: then the bytes alone tell.
    return Math.ceil(Math.max(byBytes ?? 0, bytes > 0 ? 0 : (byFiles ?? 0)));
  }

  #bytesPerSecond(name: string): number {
    const rate = this.#rates.get(name) ?? 0;
    return rate < leastBytesPerSecond ? 0 : Math.round(rate);
  }

  #measure(last: ProgressReading | undefined, now: ProgressReading): void {
    const passedMs = last === undefined ? 0 : now.atMs - last.atMs;
    if (last === undefined || passedMs <= 0) return;
    const note = (name: string, moved: number) => this.#note(name, moved, passedMs);
    note('hashed', grew(last.scan?.hashedBytes, now.scan?.hashedBytes ?? 0));
    for (const [device, bytes] of now.receivedBytes) {
      note(`from ${device}`, grew(last.receivedBytes.get(device), bytes));
    }
    for (const [device, bytes] of now.servedBytes) {
      note(`to ${device}`, grew(last.servedBytes.get(device), bytes));
    }
    this.#noteShrinking('need', last.need, now.need, note);
    for (const [device, amount] of now.lacking) {
      this.#noteShrinking(`lack ${device}`, last.lacking.get(device), amount, note);
    }
  }

  #noteShrinking(
    name: string,
    last: Amount | undefined,
    now: Amount | undefined,
    note: (name: string, moved: number) => void,
  ): void {
    if (last === undefined || now === undefined) return;
    note(`${name} files`, Math.max(0, last.files - now.files));
    note(`${name} bytes`, Math.max(0, last.bytes - now.bytes));
  }

  /** An exponential moving average over uneven steps; it begins with the first thing that moves. */
  #note(name: string, moved: number, passedMs: number): void {
    const rate = (moved * 1000) / passedMs;
    const before = this.#rates.get(name);
    if (before === undefined && moved === 0) return;
    const weight = before === undefined ? 1 : 1 - Math.exp(-passedMs / smoothingMs);
    this.#rates.set(name, (before ?? 0) + weight * (rate - (before ?? 0)));
  }
}

/** A counter that is smaller than before began anew with its connection. */
function grew(last: number | undefined, now: number): number {
  return last === undefined || now < last ? now : now - last;
}

function grown(total: Amount, need: Amount): Amount {
  return { files: Math.max(total.files, need.files), bytes: Math.max(total.bytes, need.bytes) };
}

function remaining(amount: number, perSecond: number): number | undefined {
  if (amount === 0) return 0;
  return perSecond * 3600 * 24 * 365 < amount ? undefined : amount / perSecond;
}
