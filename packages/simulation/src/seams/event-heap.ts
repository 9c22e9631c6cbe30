/**
 * The events of one world, earliest first; events of the same moment keep the order in which they
 * were added. Owns nothing but the order. A cancelled event stays until it surfaces.
 */
export interface HeapEvent {
  readonly atMs: number;
  readonly sequence: number;
  readonly callback: () => void;
  cancelled: boolean;
}

function isBefore(left: HeapEvent, right: HeapEvent): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.sequence < right.sequence);
}

export class EventHeap {
  readonly #events: HeapEvent[] = [];
  #sequence = 0;

  add(atMs: number, callback: () => void): HeapEvent {
    const event: HeapEvent = { atMs, sequence: this.#sequence++, callback, cancelled: false };
    this.#events.push(event);
    this.#siftUp(this.#events.length - 1);
    return event;
  }

  /** The earliest event that is not cancelled; it stays in the heap. */
  peek(): HeapEvent | undefined {
    while (this.#events[0]?.cancelled) this.#removeFirst();
    return this.#events[0];
  }

  /** Takes the earliest event that is not cancelled. */
  pop(): HeapEvent | undefined {
    const event = this.peek();
    if (event !== undefined) this.#removeFirst();
    return event;
  }

  #removeFirst(): void {
    const last = this.#events.pop();
    if (last === undefined || this.#events.length === 0) return;
    this.#events[0] = last;
    this.#siftDown();
  }

  #siftUp(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  #siftDown(): void {
    let index = 0;
    while (2 * index + 1 < this.#events.length) {
      const left = 2 * index + 1;
      const right = left + 1;
      const child =
        right < this.#events.length && isBefore(this.#events[right]!, this.#events[left]!)
          ? right
          : left;
      if (!this.#swapIfBefore(child, index)) return;
      index = child;
    }
  }

  #swapIfBefore(lower: number, upper: number): boolean {
    const moving = this.#events[lower]!;
    if (!isBefore(moving, this.#events[upper]!)) return false;
    this.#events[lower] = this.#events[upper]!;
    this.#events[upper] = moving;
    return true;
  }
}
