export { type ErrorCode, MasqcheckError } from './core/errors.ts'
