import { createGunzip, createInflateRaw } from 'node:zlib'
import type { OctetStream } from '../octet-stream.ts'
import { DECODER_OPTIONS, TransformStream } from './transform-stream.ts'

/**
 * Undoes gzip, of any number of members. Large chunks matter: three times the speed of the default.
 *
 * @see RFC 1952 §2.2
 */
export function gunzip(input: OctetStream): OctetStream {
  return new TransformStream(input, createGunzip(DECODER_OPTIONS), 'gzip')
}

/** Undoes the compression of files in zip archives, RFC 1951. */
export function inflateRaw(input: OctetStream): OctetStream {
  return new TransformStream(input, createInflateRaw(DECODER_OPTIONS), 'deflate')
}
