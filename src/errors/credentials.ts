/** Credentials in URLs, e.g. of proxies and mirrors, which must not be printed, logged or stored. */
const inUrl = /\/\/[^/@\s"]*@/g

/** In dockerd's format. */
export const maskCredentials = (text: string): string => text.replaceAll(inUrl, '//xxxxx:xxxxx@')

let hide = (text: string): string => text

/**
 * Registers further secrets that this process must not print, e.g. resolved environment variables; the last call wins.
 */
export function hideFromOutput(values: (text: string) => string): void {
  hide = values
}

export const hideValues = (text: string): string => hide(text)

/** Masks without changing the length, so that offsets into the text stay valid. */
export const blankCredentials = (text: string): string =>
  text.replaceAll(inUrl, (found) => `//${'x'.repeat(found.length - 3)}@`)
