/** log-opts of daemon.json: dockerd does not start with an option that its log driver does not support. */
import type { Report } from '../normalise/report.ts'
import { isBoolean } from './bridge.ts'
import type { DaemonConfig } from './config.ts'
import { logConflict, logValueProblem, requiredOptions } from './log-values.ts'
import { isSize } from './size.ts'

const labelled = ['env', 'env-regex', 'labels', 'labels-regex', 'tag']
/** Options of all drivers. */
const common = [
  'mode',
  'max-buffer-size',
  'cache-disabled',
  'cache-max-size',
  'cache-max-file',
  'cache-compress',
]
const files = ['max-size', 'max-file', 'compress']

/** Drivers that are not listed here validate nothing before the first container, or are plugins. */
const known: Readonly<Record<string, readonly string[]>> = {
  'json-file': [...files, ...labelled],
  local: files,
  gelf: [
    ...labelled,
    ...['address', 'compression-level', 'compression-type', 'tcp-max-reconnect', 'tcp-reconnect-delay'].map(
      (name) => `gelf-${name}`,
    ),
  ],
  fluentd: [
    ...labelled,
    ...[
      ...['address', 'async', 'async-connect', 'async-reconnect-interval', 'buffer-limit', 'max-retries'],
      ...['request-ack', 'retry-wait', 'sub-second-precision'],
    ].map((name) => `fluentd-${name}`),
  ],
  awslogs: [
    'tag',
    ...[
      ...['create-group', 'credentials-endpoint', 'datetime-format', 'endpoint'],
      ...['force-flush-interval-seconds', 'format', 'group', 'max-buffered-events', 'multiline-pattern'],
      ...['region', 'stream'],
    ].map((name) => `awslogs-${name}`),
  ],
  gcplogs: [
    ...labelled.filter((name) => name !== 'tag'),
    ...['log-cmd', 'meta-id', 'meta-name', 'meta-zone', 'project'].map((name) => `gcp-${name}`),
  ],
  splunk: [
    ...labelled,
    ...[
      ...['caname', 'capath', 'format', 'gzip', 'gzip-level', 'index', 'index-acknowledgment'],
      ...['insecureskipverify', 'source', 'sourcetype', 'token', 'url', 'verify-connection'],
    ].map((name) => `splunk-${name}`),
  ],
  syslog: [
    ...labelled,
    ...['address', 'facility', 'format', 'tls-ca-cert', 'tls-cert', 'tls-key', 'tls-skip-verify'].map(
      (name) => `syslog-${name}`,
    ),
  ],
}

export function checkLogOptions(config: DaemonConfig, report: Report): void {
  const options = config['log-opts'] ?? {}
  const driver = config['log-driver'] ?? 'json-file'
  const names = known[driver]
  const refuse = (name: string, message: string, hint: string): void => {
    report(['engine', 'config', 'log-opts', name], message, hint)
  }
  for (const [name, value] of Object.entries(options)) {
    if (names === undefined) continue
    const problem = logValueProblem(name, value)
    if (!common.includes(name) && !names.includes(name))
      refuse(name, `the log driver ${driver} has no option "${name}"`, `it has ${names.join(', ')}`)
    else if (problem !== undefined) refuse(name, problem, `correct it, or leave ${name} out`)
  }
  for (const name of requiredOptions[driver] ?? []) {
    if (options[name] === undefined || options[name] === '')
      report(
        ['engine', 'config', 'log-driver'],
        `the log driver ${driver} needs ${name}`,
        'set it in log-opts',
      )
  }
  const conflict = logConflict(options)
  if (conflict !== undefined) refuse(conflict.option, conflict.problem, `leave ${conflict.option} out`)
  const { mode } = options
  if (mode !== undefined && mode !== '' && mode !== 'blocking' && mode !== 'non-blocking')
    refuse('mode', `there is no log mode "${mode}"`, 'use blocking or non-blocking')
  const buffer = options['max-buffer-size']
  if (buffer !== undefined && mode !== 'non-blocking')
    refuse('max-buffer-size', 'max-buffer-size needs mode: non-blocking', 'set mode, or leave it out')
  else if (buffer !== undefined && !isSize(buffer))
    refuse('max-buffer-size', `"${buffer}" is not a size`, 'e.g. 4m')
  if (!names?.includes('max-size')) return
  const [size, count] = [options['max-size'], options['max-file']]
  // dockerd starts with these values, but no container does.
  const isUnlimited = driver === 'json-file' && size === '-1' && count === undefined
  if (size !== undefined && !isUnlimited && !(isSize(size) && Number.parseFloat(size) > 0))
    refuse('max-size', `"${size}" is not a size`, 'e.g. 10m')
  if (count !== undefined && !/^[1-9]\d*$/.test(count))
    refuse('max-file', `"${count}" is not a number of files`, 'e.g. "3"')
  const { compress } = options
  if (compress === undefined) return
  const hasRotation = driver === 'local' ? count !== '1' : size !== undefined && Number(count) > 1
  if (!isBoolean(compress)) refuse('compress', `"${compress}" is not true or false`, 'e.g. "true"')
  else if (/^[1tT]/.test(compress) && !hasRotation)
    refuse('compress', 'compress needs rotated files', 'set max-size, and max-file to 2 or more')
}
