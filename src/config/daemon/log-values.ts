/** Values of log-opts, by driver: with a wrong one, dockerd 26.1 does not start, or no container does. */
import { isBoolean } from './bridge.ts'
import { durationSeconds, isSize } from './size.ts'

/** The reason why the value is wrong; undefined if it is not. */
type Check = (value: string) => string | undefined

const check =
  (isRight: (value: string) => boolean, kind: string): Check =>
  (value) =>
    isRight(value) ? undefined : `"${value}" is not ${kind}`
const oneOf = (...values: string[]): Check =>
  check((value) => values.includes(value), `one of ${values.filter(Boolean).join(', ')}`)

const boolean = check(isBoolean, 'true or false')
const size = check(isSize, 'a size')
const count = check((value) => /^\d+$/.test(value), 'a number')
const positive = check((value) => /^[1-9]\d*$/.test(value), 'a number above 0')
const url = check((value) => /^https?:\/\/[^/\s:]+(?::\d+)?\/?$/.test(value), 'a URL, e.g. https://HOST:8088')

/** PROTOCOL://HOST:PORT, or a path for unix sockets. */
function address(protocols: readonly string[], sockets: readonly string[], isPortRequired: boolean): Check {
  return (value) => {
    const [, protocol = '', rest = ''] = /^([a-z+]+):\/\/(.*)$/.exec(value) ?? []
    if (sockets.includes(protocol)) return rest.startsWith('/') ? undefined : `"${value}" has no path`
    if (!protocols.includes(protocol))
      return `"${value}" is not ${[...protocols, ...sockets].join('://, ')}://…`
    const [, port] = /^(?:[^:[\]/\s]+|\[[0-9a-fA-F:.]+\])(?::(\d{1,5}))?$/.exec(rest) ?? [undefined, 'none']
    const isRight = port === undefined ? !isPortRequired : Number(port) <= 65_535
    return isRight ? undefined : `"${value}" is not ${protocol}://HOST:PORT`
  }
}

const seconds: Check = (value) =>
  durationSeconds(value) === undefined ? `"${value}" is not a duration, e.g. 1s` : undefined
const reconnect: Check = (value) => {
  const wait = durationSeconds(value)
  return wait !== undefined && wait >= 0.1 && wait <= 10
    ? undefined
    : `"${value}" is not between 100ms and 10s`
}
const fluentd = address(['tcp', 'tls'], ['unix'], false)

/** RE2 has neither look-around nor back-references; its other syntax is close to JavaScript's. */
function pattern(value: string): string | undefined {
  const problem = `"${value}" is not a regular expression of RE2`
  if (/\(\?<?[=!]|\\[1-9]/.test(value)) return problem
  try {
    new RegExp(value.replaceAll('(?P<', '(?<').replace(/^\(\?[imsU]+\)/, ''))
    return undefined
  } catch {
    return problem
  }
}

/** What a tag may show of a container, in Go's template syntax. */
const fields: readonly string[] = [
  ...['Command', 'Config', 'ContainerArgs', 'ContainerCreated', 'ContainerEntrypoint', 'ContainerEnv'],
  ...['ContainerID', 'ContainerImageID', 'ContainerImageName', 'ContainerLabels', 'ContainerName'],
  ...['DaemonName', 'ExtraAttributes', 'FullID', 'Hostname', 'ID', 'ImageFullID', 'ImageID', 'ImageName'],
  ...['LogPath', 'Name'],
]

function template(value: string): string | undefined {
  const actions = value.match(/\{\{.*?\}\}/g) ?? []
  if (actions.length !== value.split('{{').length - 1) return `"${value}" has a {{ without }}`
  for (const action of actions) {
    const wrong = [...action.matchAll(/[\s({]\.(\w+)/g)].find(([, name = '']) => !fields.includes(name))
    if (wrong !== undefined) return `containers have no .${wrong[1]}`
  }
  return undefined
}

const facilities = [
  ...['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp'],
  ...Array.from({ length: 8 }, (_, i) => `local${i}`),
]

/** By option; the name says of which driver. */
const checks: Readonly<Record<string, Check>> = {
  'cache-disabled': boolean,
  'env-regex': pattern,
  'labels-regex': pattern,
  tag: template,
  'gelf-address': address(['udp', 'tcp'], [], true),
  'gelf-compression-level': check((value) => /^(-1|\d)$/.test(value), 'a level from -1 to 9'),
  'gelf-compression-type': oneOf('gzip', 'zlib', 'none'),
  'gelf-tcp-max-reconnect': count,
  'gelf-tcp-reconnect-delay': count,
  'fluentd-address': (value) => fluentd(value.includes('://') ? value : `tcp://${value}`),
  'fluentd-async': boolean,
  'fluentd-async-connect': boolean,
  'fluentd-async-reconnect-interval': reconnect,
  'fluentd-buffer-limit': size,
  'fluentd-max-retries': count,
  'fluentd-request-ack': boolean,
  'fluentd-retry-wait': seconds,
  'fluentd-sub-second-precision': boolean,
  'syslog-address': address(['udp', 'tcp', 'tcp+tls'], ['unix', 'unixgram'], false),
  'syslog-facility': check(
    (value) => facilities.includes(value) || (/^\d+$/.test(value) && Number(value) <= 23),
    'a syslog facility',
  ),
  'syslog-format': oneOf('rfc3164', 'rfc5424', 'rfc5424micro', ''),
  'awslogs-create-group': boolean,
  'awslogs-format': oneOf('json/emf', ''),
  'awslogs-force-flush-interval-seconds': positive,
  'awslogs-max-buffered-events': positive,
  'splunk-url': url,
}

export function logValueProblem(option: string, value: string): string | undefined {
  return value === '' && option !== 'gelf-address' ? undefined : checks[option]?.(value)
}

/** Without these, no container starts. */
export const requiredOptions: Readonly<Record<string, readonly string[]>> = {
  awslogs: ['awslogs-group'],
  gelf: ['gelf-address'],
  gcplogs: ['gcp-project'],
  splunk: ['splunk-url', 'splunk-token'],
}

/** Options that exclude each other, with the reason. */
export function logConflict(
  options: Readonly<Record<string, string>>,
): { option: string; problem: string } | undefined {
  const isTcp = options['gelf-address']?.startsWith('tcp:') ?? false
  for (const option of Object.keys(options)) {
    if (option.startsWith('gelf-tcp-') && !isTcp) return { option, problem: `${option} needs a TCP address` }
    if (option.startsWith('gelf-compression-') && isTcp)
      return { option, problem: `${option} needs a UDP address` }
  }
  if (options['fluentd-async'] !== undefined && options['fluentd-async-connect'] !== undefined)
    return { option: 'fluentd-async-connect', problem: 'fluentd-async is its new name' }
  return undefined
}
