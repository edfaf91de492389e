/** The parser as a TypeScript module. */
export function generate(): string
