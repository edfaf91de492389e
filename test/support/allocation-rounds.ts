declare const gc: () => void

const ROUNDS = 5
/** Rounds in which the engine compiles. */
const FIRST_ROUNDS = 2

/**
 * Prints how many octets of heap one item costs, at the least of several rounds. For probes run by `node --expose-gc`.
 *
 * Compiling alone takes some hundred thousand octets a round, whatever is done; a million items make that little.
 *
 * @param round - Handles items. @returns How many.
 * @param more - What the probe has made, printed so that the engine cannot leave it out.
 */
export async function printOctetsEach(round: () => number | Promise<number>, more: () => object): Promise<void> {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < ROUNDS + FIRST_ROUNDS; i++) {
    gc()
    const before = process.memoryUsage().heapUsed
    const items = await round()
    const each = (process.memoryUsage().heapUsed - before) / items
    if (i >= FIRST_ROUNDS) least = Math.min(least, each)
  }
  console.log(JSON.stringify({ octetsEach: least, ...more() }))
}
