/** Sizes in dockerd's syntax (units.RAMInBytes), e.g. 10m or 1.5 GiB. */
const size = /^\d+(?:\.\d+)? ?(?:[kKmMgGtTpP]?[iI]?[bB]?)$/

export const isSize = (text: string): boolean => size.test(text)
