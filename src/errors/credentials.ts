/** Credentials in URLs, as in a proxy's or a mirror's, which nothing that is shown or kept for reading may have. */
const inUrl = /\/\/[^/@\s"]*@/g

/** As dockerd itself does it. */
export const maskCredentials = (text: string): string => text.replaceAll(inUrl, '//xxxxx:xxxxx@')

let hide = (text: string): string => text

/** Further secrets that no output of this process may contain: set by the reader of the values, the latest list holds. */
export function hideFromOutput(values: (text: string) => string): void {
  hide = values
}

export const hideValues = (text: string): string => hide(text)

/** The same without a change of length, where something points at places in the text. */
export const blankCredentials = (text: string): string =>
  text.replaceAll(inUrl, (found) => `//${'x'.repeat(found.length - 3)}@`)
