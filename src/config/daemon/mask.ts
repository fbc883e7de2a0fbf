/** Credentials in URLs are replaced wherever a value of daemon.json is shown, as dockerd itself does. */
export const maskCredentials = (text: string): string => text.replaceAll(/\/\/[^/@\s"]*@/g, '//xxxxx:xxxxx@')
