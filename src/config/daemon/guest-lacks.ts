/** Values of daemon.json that prevent dockerd from starting, or that it ignores, because the guest lacks the feature. */

import type { Report } from '../normalise/report.ts'
import type { Path } from '../read/source.ts'
import { isBoolean } from './bridge.ts'
import type { DaemonConfig } from './config.ts'

/** The only user with subordinate ids in the guest. */
const remapUsers: readonly string[] = ['', 'default', 'dockremap', 'dockremap:dockremap']
/** The data disk is ext4, and the guest has no FUSE file systems. */
const storageDrivers: readonly string[] = ['overlay2', 'vfs']
/** Snapshotters of containerd's image store. */
const snapshotters: readonly string[] = ['overlayfs', 'native']
/** Accepted and ignored by overlay2. */
const ignoredStorageOption = 'overlay2.override_kernel_check'
/** Of dockerd 26.1, which ignores others. */
const features: readonly string[] = ['buildkit', 'cdi', 'containerd-snapshotter']

export function checkGuestLacks(config: DaemonConfig, report: Report): void {
  const at = (...path: (string | number)[]): Path => ['engine', 'config', ...path]
  const driver = config['exec-opts']?.indexOf('native.cgroupdriver=systemd') ?? -1
  if (driver >= 0) {
    const message = 'the guest has no systemd, which would manage control groups'
    report(at('exec-opts', driver), message, 'remove native.cgroupdriver: cgroupfs is used')
  }
  const remap = config['userns-remap']
  if (remap !== undefined && !remapUsers.includes(remap)) {
    const message = `the guest has no user "${remap}" with subordinate ids`
    report(at('userns-remap'), message, 'use default, which maps root in containers to dockremap')
  }
  if (config['selinux-enabled'] === true) {
    const message = "the guest's kernel runs without SELinux"
    report(at('selinux-enabled'), message, 'remove selinux-enabled', 'key')
  }
  if (config['ip-forward'] === false) {
    const message = 'the guest itself forwards packets: published ports are reached through it'
    report(at('ip-forward'), message, 'remove ip-forward', 'key')
  }
  for (const name of Object.keys(config.features ?? {})) {
    if (features.includes(name)) continue
    report(
      at('features', name),
      `the engine has no feature "${name}"`,
      `it has ${features.join(', ')}`,
      'key',
    )
  }
  checkStorage(config, report)
  checkLogDriver(config, report)
}

function checkStorage(config: DaemonConfig, report: Report): void {
  const known = config.features?.['containerd-snapshotter'] === true ? snapshotters : storageDrivers
  const driver = config['storage-driver']
  if (driver !== undefined && !known.includes(driver)) {
    const message = `the guest cannot run the storage driver "${driver}": its data disk is ext4`
    report(['engine', 'config', 'storage-driver'], message, `use one of ${known.join(', ')}`)
  }
  for (const [i, option] of (config['storage-opts'] ?? []).entries()) {
    const [name, value = ''] = option.split('=')
    if (name === ignoredStorageOption && driver !== 'vfs' && isBoolean(value)) continue
    const message = `"${option}" needs another file system than ext4, which the data disk has`
    report(
      ['engine', 'config', 'storage-opts', i],
      message,
      'remove it: vm.disk sets the size of the data disk',
    )
  }
}

function checkLogDriver(config: DaemonConfig, report: Report): void {
  const driver = config['log-driver']
  const path: Path = ['engine', 'config', 'log-driver']
  if (driver === 'etwlogs' || driver === 'logentries')
    report(path, `dockerd for Linux has no log driver "${driver}"`, 'use local or json-file')
  if (driver === 'journald')
    report(path, 'the guest has no journald', 'use local, json-file, or a driver for a remote log server')
  if (driver === 'syslog' && config['log-opts']?.['syslog-address'] === undefined) {
    const hint = 'set log-opts: { syslog-address: … }, for instance udp://host.docker.internal:514'
    report(path, 'the guest has no syslog daemon', hint)
  }
}
