/**
 * Components of the guest: its images and their processes. Source of the template's image names, the builder's recipes,
 * reserved names, base images for users, and completion.
 */

/** Keyed by name in the template. */
export const guestImages = {
  kernel: 'desktop/kernel',
  init: 'desktop/init',
  runc: 'desktop/runc',
  containerd: 'desktop/containerd',
  tools: 'desktop/tools',
  docker: 'desktop/docker',
  socat: 'desktop/socat',
  chrony: 'desktop/chrony',
  qemuGa: 'desktop/qemu-ga',
} as const

/** Images with a userland, on which user services can be based. */
export const ownImages: readonly string[] = [
  guestImages.chrony,
  guestImages.docker,
  guestImages.qemuGa,
  guestImages.socat,
  guestImages.tools,
]

interface Component {
  name: string
  /** `onboot` runs once, in this order; `beside` has a log in the guest and is not in the template. */
  runs: 'onboot' | 'service' | 'beside'
  /** Offered by completion, for reading the log or running commands. */
  offered?: readonly ('log' | 'exec')[]
}

export const guestComponents: readonly Component[] = [
  { name: 'metadata', runs: 'onboot' },
  { name: 'sysctl', runs: 'onboot' },
  { name: 'format', runs: 'onboot' },
  { name: 'mount', runs: 'onboot' },
  { name: 'console', runs: 'beside', offered: ['log'] },
  { name: 'supervisor', runs: 'beside', offered: ['log'] },
  { name: 'qemu', runs: 'beside', offered: ['log'] },
  { name: 'docker', runs: 'service', offered: ['log', 'exec'] },
  { name: 'containerd', runs: 'beside', offered: ['log'] },
  { name: 'ntp', runs: 'service', offered: ['log', 'exec'] },
  { name: 'qemu-ga', runs: 'service', offered: ['exec'] },
  { name: 'dhcpcd', runs: 'service', offered: ['exec'] },
  { name: 'engine-channel', runs: 'service' },
  { name: 'shell-channel', runs: 'service' },
  { name: 'port-channel', runs: 'service' },
  { name: 'ssh-agent', runs: 'service' },
  { name: 'getty', runs: 'service' },
  { name: 'acpid', runs: 'service' },
]

/** Names reserved from user services. */
export const ownServices: readonly string[] = guestComponents.map(({ name }) => name)

export const offeredFor = (what: 'log' | 'exec'): readonly string[] =>
  guestComponents.filter(({ offered }) => offered?.includes(what)).map(({ name }) => name)
