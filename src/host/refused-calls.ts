/**
 * System calls blocked for the supervisor and its children: they inspect or change other processes, keys, the kernel or
 * the clock. Numbers from the kernel's tables (asm/unistd.h).
 */

interface Refused {
  /** EPERM. */
  notPermitted: readonly number[]
  /** ENOSYS, so that programs fall back. */
  noSuchCall: readonly number[]
}

export const refusedCalls: Partial<Record<NodeJS.Architecture, Refused>> = {
  x64: {
    notPermitted: [
      // ptrace, process_vm_readv, process_vm_writev, kcmp, pidfd_getfd
      ...[101, 310, 311, 312, 438],
      // add_key, request_key, keyctl
      ...[248, 249, 250],
      // init_module, delete_module, finit_module, kexec_load, kexec_file_load, bpf, perf_event_open, userfaultfd
      ...[175, 176, 313, 246, 320, 321, 298, 323],
      // iopl, ioperm, settimeofday, clock_settime, reboot, swapon, swapoff, acct, quotactl
      ...[172, 173, 164, 227, 169, 167, 168, 163, 179],
    ],
    // io_uring_setup
    noSuchCall: [425],
  },
  arm64: {
    notPermitted: [
      // ptrace, process_vm_readv, process_vm_writev, kcmp, pidfd_getfd
      ...[117, 270, 271, 272, 438],
      // add_key, request_key, keyctl
      ...[217, 218, 219],
      // init_module, delete_module, finit_module, kexec_load, kexec_file_load, bpf, perf_event_open, userfaultfd
      ...[105, 106, 273, 104, 294, 280, 241, 282],
      // settimeofday, clock_settime, reboot, swapon, swapoff, acct, quotactl
      ...[170, 112, 142, 224, 225, 89, 60],
    ],
    // io_uring_setup
    noSuchCall: [425],
  },
}
