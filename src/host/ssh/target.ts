/** The address of an ssh host, as in `hosts.NAME.ssh`: `host`, `user@host` or `ssh://user@host:port`. */

export interface SshTarget {
  /** Name from ssh_config(5), DNS name or IP address. */
  host: string
  user?: string
  port?: number
}

/** A leading dash would be an option, and a shell of the user's ProxyCommand sees these words. */
const namePattern = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/
const ipv6Pattern = /^[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?$/

/** undefined: not a target. */
export function parseSshTarget(text: string): SshTarget | undefined {
  const url = text.startsWith('ssh://')
  const rest = url ? text.slice('ssh://'.length).replace(/\/$/, '') : text
  const at = rest.lastIndexOf('@')
  const user = at < 0 ? undefined : rest.slice(0, at)
  const place = placeOf(rest.slice(at + 1), url)
  if (place === undefined || (user !== undefined && !namePattern.test(user))) return undefined
  return { ...place, ...(user === undefined ? {} : { user }) }
}

function placeOf(text: string, url: boolean): SshTarget | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = bracketed ?? plain ?? (url ? '' : text)
  const isHost = plain === undefined ? ipv6Pattern.test(host) && host.includes(':') : namePattern.test(host)
  if (!isHost) return undefined
  if (digits === undefined) return { host }
  const port = Number(digits)
  return url && port >= 1 && port <= 65_535 ? { host, port } : undefined
}

/** `me@builder`, as for messages and commands to paste. */
export function targetText({ host, user, port }: SshTarget): string {
  const name = `${user === undefined ? '' : `${user}@`}${host}`
  return port === undefined ? name : `-p ${port} ${name}`
}

/** The last arguments of ssh(1): nothing in a target can become an option. */
export function targetArguments({ host, user, port }: SshTarget): string[] {
  return [
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-l', user]),
    '--',
    host,
  ]
}
