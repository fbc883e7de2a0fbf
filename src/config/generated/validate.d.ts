import type { ValidateFunction } from 'ajv'
/** Accepts a value that schemas/desktop.schema.json accepts; else `errors` says why not. */
export const validateDesktop: ValidateFunction
