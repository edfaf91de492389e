/** Whether text is ASCII alone: each character is one octet of UTF-8. Told far quicker than by a regular expression. */
export function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length
}
