import type { Warning } from '../core/warning.ts'
import { isKnownSetting, nearestSetting } from './overlay.ts'

/**
 * Values of `--setting` that can have no effect, because nothing depends on their key: most likely mistyped.
 *
 * @param settings - `key=value` each, as the command line has them.
 */
export function settingDoubts(settings: readonly string[] = []): Warning[] {
  const keys = settings.map((text) => text.slice(0, Math.max(0, text.indexOf('='))))
  return keys
    .filter((key) => !isKnownSetting(key))
    .map((key) => {
      const near = nearestSetting(key)
      const meant = near === null ? '' : `; did you mean ${near}?`
      const message = `--setting ${key}: masquerading depends on no such setting${meant}`
      return { code: 'setting-unknown', file: null, message }
    })
}
