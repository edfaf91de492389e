import { TextDecoder } from 'node:util'

const UTF8_MARK = [0xef, 0xbb, 0xbf]

/**
 * Hands on the octets of a text as UTF-8: strips the byte order mark, and converts UTF-16, which PowerShell writes.
 * Octets that are neither pass unchanged.
 */
export class TextEncodingFilter {
  #pending: Uint8Array = new Uint8Array(0)
  #decided = false
  #decoder: TextDecoder | undefined
  readonly #encoder = new TextEncoder()

  push(chunk: Uint8Array): Uint8Array {
    if (!this.#decided) {
      const all = concat(this.#pending, chunk)
      if (all.length < 4) {
        this.#pending = all
        return new Uint8Array(0)
      }
      return this.#decide(all)
    }
    return this.#decoder === undefined ? chunk : this.#encoder.encode(this.#decoder.decode(chunk, { stream: true }))
  }

  /** @returns What was held back. */
  finish(): Uint8Array {
    const held = this.#decided ? new Uint8Array(0) : this.#decide(this.#pending)
    return this.#decoder === undefined ? held : concat(held, this.#encoder.encode(this.#decoder.decode()))
  }

  #decide(start: Uint8Array): Uint8Array {
    this.#decided = true
    this.#pending = new Uint8Array(0)
    const encoding = utf16Encoding(start)
    if (encoding !== undefined) {
      this.#decoder = new TextDecoder(encoding)
      return this.#encoder.encode(this.#decoder.decode(start, { stream: true }))
    }
    return UTF8_MARK.every((octet, i) => start[i] === octet) ? start.subarray(UTF8_MARK.length) : start
  }
}

/** By the mark, or by the zero octets that ASCII text has in UTF-16. */
function utf16Encoding(start: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [first = 0, second = 0, third = 0, fourth = 0] = start
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  if (start.length < 4) return undefined
  if (first !== 0 && second === 0 && third !== 0 && fourth === 0) return 'utf-16le'
  return first === 0 && second !== 0 && third === 0 && fourth !== 0 ? 'utf-16be' : undefined
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length)
  all.set(a)
  all.set(b, a.length)
  return all
}
