/** Records of a capture counted through all its files, so that a sample needs one number. Modulo 2³² records. */
export class RecordPositions {
  readonly #starts: number[] = [0]
  #highest = 0

  /** The next file of the capture begins; its records count from 1 again. */
  startFile(): void {
    if (this.#highest > 0) this.#starts.push(this.#highest)
  }

  /** Number of a record of the current file, through all files. */
  through(recordNumber: number): number {
    const number = (this.#starts[this.#starts.length - 1] as number) + recordNumber
    if (number > this.#highest) this.#highest = number
    return number
  }

  /** The file's index and the record's number in it. */
  locate(number: number): { file: number; record: number } {
    let file = this.#starts.length - 1
    while (file > 0 && (this.#starts[file] as number) >= number) file--
    return { file, record: number - (this.#starts[file] as number) }
  }
}
