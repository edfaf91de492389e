/** Records of a capture counted through all its files, so that a sample needs one number. Modulo 2³² records. */
export class RecordPositions {
  readonly #starts: number[] = [0]
  #highest = 0
  #isFirst = true

  /** The next file of the capture begins; its records count from 1 again. */
  startFile(): void {
    if (!this.#isFirst) this.#starts.push(this.#highest)
    this.#isFirst = false
  }

  /** Number of a record of the current file, through all files. */
  through(recordNumber: number): number {
    const number = (this.#starts[this.#starts.length - 1] as number) + recordNumber
    if (number > this.#highest) this.#highest = number
    return number
  }

  /** Index of the file that holds a record. */
  fileOf(number: number): number {
    let file = this.#starts.length - 1
    while (file > 0 && (this.#starts[file] as number) >= number) file--
    return file
  }

  /** Number of records before a file. */
  startOf(file: number): number {
    return this.#starts[file] as number
  }
}
