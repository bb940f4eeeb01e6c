import type { PackedBytes } from '../../encoding/index.js';

/** A command as the server reads it: an array of bulk strings. */
export function encodeCommand(parts: readonly (string | Uint8Array)[]): Buffer {
  const encoder = new RespEncoder();
  encoder.startCommand(parts.length);
  for (const part of parts) encoder.put(typeof part === 'string' ? Buffer.from(part) : part);
  return encoder.take();
}

/** A bulk string as bytes, for what is written many times. */
export function encodedPart(part: string | Uint8Array): Buffer {
  const bytes = Buffer.from(part as string);
  return Buffer.concat([Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n')]);
}

const CR = 13;
const LF = 10;
/** Bytes of a `*` or `$` line at most. */
const LINE = 14;
/** Above this many bytes set() is faster than a loop. */
const LONG = 64;

/** Writes commands end to end into one buffer that grows. */
export class RespEncoder {
  #buffer = Buffer.allocUnsafeSlow(64 * 1024);
  #at = 0;

  /** A command of so many parts, which follow. */
  startCommand(parts: number): void {
    this.#reserve(LINE);
    this.#line(0x2a, parts);
  }

  put(bytes: Uint8Array): void {
    this.putJoined(bytes, 0, bytes.length, undefined);
  }

  /** Element `index` of packed bytes; `suffix` is added to it. */
  putPacked(packed: PackedBytes, index: number, suffix?: Uint8Array): void {
    this.putJoined(packed.bytes, packed.offsets[index]!, packed.offsets[index + 1]!, suffix);
  }

  /** What encodedPart() made. */
  putEncoded(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#copy(bytes, 0, bytes.length);
  }

  putJoined(bytes: Uint8Array, from: number, end: number, suffix: Uint8Array | undefined): void {
    const length = end - from + (suffix?.length ?? 0);
    this.#reserve(length + LINE + 2);
    this.#line(0x24, length);
    this.#copy(bytes, from, end);
    if (suffix !== undefined) this.#copy(suffix, 0, suffix.length);
    this.#buffer[this.#at++] = CR;
    this.#buffer[this.#at++] = LF;
  }

  /** What was written so far; the encoder starts anew. */
  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#at);
    this.#buffer = Buffer.allocUnsafeSlow(this.#buffer.length);
    this.#at = 0;
    return taken;
  }

  #copy(bytes: Uint8Array, from: number, end: number): void {
    const buffer = this.#buffer;
    let at = this.#at;
    if (end - from > LONG) {
      buffer.set(bytes.subarray(from, end), at);
      at += end - from;
    } else {
      while (from < end) buffer[at++] = bytes[from++]!;
    }
    this.#at = at;
  }

  #line(type: number, value: number): void {
    const buffer = this.#buffer;
    buffer[this.#at++] = type;
    let digits = 1;
    for (let rest = value; rest > 9; rest = Math.floor(rest / 10)) digits++;
    for (let at = this.#at + digits - 1, rest = value; at >= this.#at; at--) {
      buffer[at] = 48 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    this.#at += digits;
    buffer[this.#at++] = CR;
    buffer[this.#at++] = LF;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#at + bytes));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }
}
