/** default-ulimits of daemon.json: dockerd 26.1 starts with any, but no container does with a wrong one. */
import type { Report } from '../normalise/report.ts'
import type { DaemonConfig } from './config.ts'

/** Of the OCI runtime specification, for Linux. */
const names: readonly string[] = [
  ...['as', 'core', 'cpu', 'data', 'fsize', 'locks', 'memlock', 'msgqueue'],
  ...['nice', 'nofile', 'nproc', 'rss', 'rtprio', 'rttime', 'sigpending', 'stack'],
]
/** fs.nr_open of the guest. With fewer files than the least, no program starts. */
const [leastFiles, mostFiles] = [16, 1_048_576]

const unlimited = -1

export function checkUlimits(config: DaemonConfig, report: Report): void {
  for (const [key, { Name: name, Soft: soft, Hard: hard }] of Object.entries(
    config['default-ulimits'] ?? {},
  )) {
    const refuse = (field: string | undefined, message: string, hint: string): void => {
      const path = ['engine', 'config', 'default-ulimits', key]
      report(
        field === undefined ? path : [...path, field],
        message,
        hint,
        field === undefined ? 'key' : 'value',
      )
    }
    if (!names.includes(key.toLowerCase())) {
      refuse(undefined, `there is no limit "${key}"`, `use one of ${names.join(', ')}`)
    } else if (name !== key) {
      refuse('Name', `"${name}" differs from its key "${key}"`, `write Name: ${key}`)
    } else if (hard !== unlimited && (soft === unlimited || soft > hard)) {
      refuse('Soft', `the soft limit ${shown(soft)} exceeds the hard limit ${hard}`, `use at most ${hard}`)
    } else if (key.toLowerCase() === 'nofile' && !(hard >= leastFiles && hard <= mostFiles)) {
      refuse('Hard', `${shown(hard)} open files are not between ${leastFiles} and ${mostFiles}`, 'e.g. 65536')
    }
  }
}

const shown = (limit: number): string => (limit === unlimited ? '-1 (none)' : `${limit}`)
