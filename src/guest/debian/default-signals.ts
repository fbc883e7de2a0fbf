/**
 * `default-signals PROGRAM ARGS…`: runs a program with default SIGINT, SIGQUIT and SIGPIPE handling, as in a login
 * shell. Commands of `desktop exec` are started by socat, which ignores SIGPIPE, from a background job, which ignores
 * the others; a shell cannot reset ignored signals (POSIX, `trap`), so `yes | head` would not end.
 */
import { staticElf } from '../boot/static-elf.ts'

const signals = [2, 3, 13] as const

/** rt_sigaction(signal, zeros at r13, NULL, 8): SIG_DFL. */
const setDefault = (signal: number): number[][] => [
  [0xbf, signal, 0, 0, 0], //           mov  edi, signal
  [0x4c, 0x89, 0xee], //                mov  rsi, r13
  [0x31, 0xd2], //                      xor  edx, edx
  [0x41, 0xba, 0x08, 0, 0, 0], //       mov  r10d, 8
  [0xb8, 0x0d, 0, 0, 0], //             mov  eax, 13
  [0x0f, 0x05], //                      syscall
]

const code: readonly (readonly number[])[] = [
  [0x49, 0x89, 0xe4], //                mov  r12, rsp: argc, argv, NULL, envp
  [0x6a, 0, 0x6a, 0, 0x6a, 0, 0x6a, 0], // push 0, four times
  [0x49, 0x89, 0xe5], //                mov  r13, rsp
  ...signals.flatMap(setDefault),
  [0x49, 0x8d, 0x74, 0x24, 0x10], //    lea  rsi, [r12+16]: argv of the program
  [0x48, 0x8b, 0x3e], //                mov  rdi, [rsi]
  [0x49, 0x8b, 0x04, 0x24], //          mov  rax, [r12]
  [0x49, 0x8d, 0x54, 0xc4, 0x10], //    lea  rdx, [r12+rax*8+16]: envp
  [0xb8, 0x3b, 0, 0, 0], //             mov  eax, 59 (execve)
  [0x0f, 0x05], //                      syscall
  [0xbf, 0x7f, 0, 0, 0], //             mov  edi, 127
  [0xb8, 0x3c, 0, 0, 0], //             mov  eax, 60 (exit)
  [0x0f, 0x05], //                      syscall
]

export const defaultSignals = (): Uint8Array => staticElf(code)
