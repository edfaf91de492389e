import { expect, test } from 'vitest'
import { atLeast, parseCiliumVersion } from '../../src/masquerade/cilium-version.ts'

test.each([
  ['1.17', 1, 17, null],
  ['v1.16.4', 1, 16, 4],
  ['1.18.0-rc.1', 1, 18, 0],
  ['what', 1, 17, null],
])('parseCiliumVersion() reads %s', (text, major, minor, patch) => {
  expect(parseCiliumVersion(text)).toMatchObject({ major, minor, patch })
})

test('atLeast() compares numbers, not texts', () => {
  expect(atLeast(parseCiliumVersion('1.9'), 1, 10)).toBe(false)
  expect(atLeast(parseCiliumVersion('1.10'), 1, 10)).toBe(true)
  expect(atLeast(parseCiliumVersion('2.0'), 1, 19)).toBe(true)
})
