// The thread of `ReadAhead`, see read-ahead.ts: reads a file into the slots of a ring, and gathers the records of each chunk.
const { readSync } = require('node:fs')
const { parentPort, workerData } = require('node:worker_threads')

/** Milliseconds between two looks for a free slot. */
const NAP = 0.25

const { Word, control, header, slots, code, memory } = workerData
const gathering = new WebAssembly.Instance(code.module, { env: { memory } }).exports
gathering.setSeed(code.seed)

parentPort.on('message', (file) => {
  readToEnd(file)
  Atomics.store(control, Word.Busy, 0)
  Atomics.notify(control, Word.Busy)
})

/** Reads until the file ends, cannot be read, or is not wanted any more. */
function readToEnd({ fd, position, record, form }) {
  let at = position
  let next = record
  for (let chunk = 0; isRoomFor(chunk); chunk++) {
    const { lengths, octets, records } = slots[chunk % slots.length]
    const length = readChunk(fd, octets, at)
    gathering.gatherInto(records.byteOffset, records.length / code.recordWords)
    // The header of a record that begins before the chunk may lie in both, or in neither.
    if (next >= 0 && next < at) next = gather(form, header, next, readChunk(fd, header, next), next)
    next = next < at ? -1 : gather(form, octets, at, length, next)
    lengths[0] = length
    lengths[1] = gathering.endOfGathered.value - records.byteOffset
    Atomics.store(control, Word.Read, chunk + 1)
    Atomics.notify(control, Word.Read)
    if (length <= 0) return
    at += length
  }
}

/** Waits for a slot. It looks by itself: the other thread would pay for waking it. @returns False when the file is not wanted any more. */
function isRoomFor(chunk) {
  let done = Atomics.load(control, Word.Done)
  while (chunk - done === slots.length && Atomics.load(control, Word.Stop) === 0) {
    Atomics.wait(control, Word.Done, done, NAP)
    done = Atomics.load(control, Word.Done)
  }
  return Atomics.load(control, Word.Stop) === 0
}

/** @returns Octets read; −1 where they cannot be. */
function readChunk(fd, octets, at) {
  try {
    return readSync(fd, octets, 0, octets.length, at)
  } catch {
    return -1
  }
}

/**
 * Gathers the records of a chunk.
 *
 * @param at - Where in the file the chunk begins, and `next` where a record does.
 * @returns Where the first record begins that is not all in the chunk; −1 where nothing tells.
 */
function gather(form, octets, at, length, next) {
  if (next < at || next >= at + length) return next
  const start = octets.byteOffset - at
  const end = gathering[form.gather](start + next, start + at + length, ...form.options)
  return end === 0 ? -1 : end - start
}
