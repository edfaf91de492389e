import fc from 'fast-check'

/**
 * Property tests try the same cases every time, so that a change passes or fails by what it changes; `MASQCHECK_SEED=7 npm test`
 * tries others.
 */
fc.configureGlobal({ seed: Number(process.env.MASQCHECK_SEED ?? 1) })

export { default } from 'fast-check'
