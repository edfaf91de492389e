/** Octets copied from a chunk behind the rest of the one before, at least. */
const STEP = 64

/**
 * The octets that were handed over and not yet consumed, as one stretch.
 *
 * A chunk is read where it lies. Only what its end leaves over is copied, into a buffer that grows to the longest
 * stretch ever asked for; octets of the next chunk are copied behind it until the stretch is whole, then reading goes on in
 * that chunk. So the cost of a copy is paid once a chunk and not once an octet.
 */
export class OctetWindow {
  /** Octets `at` to `end` are unread. Replaced by {@link push} and {@link fill}. */
  buffer: Uint8Array = new Uint8Array(0)
  /** Over the same octets as `buffer`. */
  view: DataView = new DataView(new ArrayBuffer(0))
  /** First unread octet; the owner advances it. */
  at = 0
  /** One past the last octet at hand. */
  end = 0
  /** True when no chunk follows. */
  ended = false

  /** Octets from the start of the input to the first of `buffer`. */
  #base = 0
  #carry: Uint8Array = new Uint8Array(STEP)
  #carryView: DataView = new DataView(this.#carry.buffer)
  #carrying = false
  /** Chunk of which only the first `#taken` octets were copied to the carry. */
  #chunk: Uint8Array | undefined
  #taken = 0
  /** Where in the carry the chunk's first octet is. */
  #split = 0

  /** Octets from the start of the input to the first unread one. */
  get offset(): number {
    return this.#base + this.at
  }

  /** Hands over the next octets. They must stay unchanged until {@link fill} has returned false. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return
    if (this.at === this.end) {
      this.#read(chunk, 0, this.#base + this.at)
      return
    }
    this.#chunk = chunk
    this.#taken = 0
    this.#split = this.end
  }

  /**
   * Makes `count` octets from `at` on available; call it when `at + count > end`.
   *
   * @returns False when there are fewer; more come with the next {@link push}, unless the input has ended.
   */
  fill(count: number): boolean {
    const chunk = this.#chunk
    if (chunk !== undefined) {
      if (this.at >= this.#split) {
        this.#chunk = undefined
        this.#read(chunk, this.at - this.#split, this.#base + this.#split)
      } else {
        this.#take(chunk, count)
      }
    }
    if (this.at + count <= this.end) return true
    if (!this.#carrying) this.#keep()
    return false
  }

  #read(chunk: Uint8Array, at: number, base: number): void {
    this.#carrying = false
    this.buffer = chunk
    this.view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length)
    this.at = at
    this.end = chunk.length
    this.#base = base
  }

  /** Copies as much of the chunk behind the carried octets as `count` octets need. */
  #take(chunk: Uint8Array, count: number): void {
    const missing = Math.max(this.at + count - this.end, STEP)
    const taken = Math.min(missing, chunk.length - this.#taken)
    this.#reserve(this.end + taken - this.at)
    this.#carry.set(chunk.subarray(this.#taken, this.#taken + taken), this.end)
    this.end += taken
    this.#taken += taken
    if (this.#taken === chunk.length) this.#chunk = undefined
  }

  /** Moves the unread octets out of a chunk, which belongs to the caller, into the carry. */
  #keep(): void {
    const rest = this.end - this.at
    if (this.#carry.length < rest) this.#allocate(rest)
    this.#carry.set(this.buffer.subarray(this.at, this.end))
    this.#base += this.at
    this.at = 0
    this.end = rest
    this.buffer = this.#carry
    this.view = this.#carryView
    this.#carrying = true
  }

  /** Makes room for `count` octets from `at` on, moving what is carried to the front where that helps. */
  #reserve(count: number): void {
    if (this.at + count <= this.#carry.length) return
    const carried = this.#carry
    if (count > carried.length) this.#allocate(Math.max(count, 2 * carried.length))
    this.#carry.set(carried.subarray(this.at, this.end))
    this.#base += this.at
    this.#split -= this.at
    this.end -= this.at
    this.at = 0
    this.buffer = this.#carry
    this.view = this.#carryView
  }

  #allocate(length: number): void {
    this.#carry = new Uint8Array(length)
    this.#carryView = new DataView(this.#carry.buffer)
  }
}
