/** Desired state, rendered from `desktop.yaml`. */
import type { Accelerator, Desired, JsonValue, PeerPlace } from '../config/desired.ts'
import type { VmParts } from '../vm/spec.ts'

export interface Target {
  desired: Desired
  /** Version of this tool; a supervisor with another version is replaced. */
  toolVersion: string
  apiVersion: number
  /** Desired daemon.json in the guest. */
  daemonJson: {
    text: string
    value: Readonly<Record<string, JsonValue>>
    /** With sealed credentials, as stored on disk. */
    sealed: Readonly<Record<string, JsonValue>>
  }
  /** PEM of the CA certificates that dockerd trusts in addition to the public ones. */
  trusted: string
  /** Accelerator of the VM; undefined while QEMU or the image is missing, i.e. unknown until apply. */
  accelerator: Accelerator | undefined
  hashes: { [hash in 'image' | 'metadata' | 'argv']: string | undefined }
  parts: VmParts
  /** QEMU's complete command line, if already known. */
  argv: readonly string[] | undefined
  /** Other rendered files in the guest, by path. */
  guestFiles: Readonly<Record<string, string>>
  /** UUID of the data disk's file system at the last apply. */
  diskUuid: string | undefined
  /** The user's SSH agent: SSH_AUTH_SOCK of the command. */
  userSshAgent: string | undefined
  /** Other machines on the switch. */
  peers?: readonly PeerPlace[]
  /** Absolute path of docker.sock on the host. */
  dockerSocket: string
}
