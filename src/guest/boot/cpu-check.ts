/** A program that runs CMPXCHG16B in a loop: an instruction that some hypervisors emulate incorrectly. */
import { staticElf } from './static-elf.ts'

// Intel SDM vol. 2, CMPXCHG16B; exit(0) if each exchange gave the right bytes, else exit(1).
const code: readonly (readonly number[])[] = [
  [0x48, 0x83, 0xe4, 0xf0], //                               and  rsp, -16
  [0x48, 0x83, 0xec, 0x10], //                               sub  rsp, 16
  [0xbd, 0xa0, 0x86, 0x01, 0x00], //                         mov  ebp, 100000
  [0x48, 0xc7, 0x04, 0x24, 0x01, 0x00, 0x00, 0x00], // again: mov  qword [rsp], 1
  [0x48, 0xc7, 0x44, 0x24, 0x08, 0x02, 0x00, 0x00, 0x00], // mov  qword [rsp+8], 2
  [0xb8, 0x01, 0x00, 0x00, 0x00], //                         mov  eax, 1
  [0xba, 0x02, 0x00, 0x00, 0x00], //                         mov  edx, 2
  [0xbb, 0x03, 0x00, 0x00, 0x00], //                         mov  ebx, 3
  [0xb9, 0x04, 0x00, 0x00, 0x00], //                         mov  ecx, 4
  [0xf0, 0x48, 0x0f, 0xc7, 0x0c, 0x24], //                   lock cmpxchg16b [rsp]
  [0x75, 0x10], //                                           jne  wrong
  [0x48, 0x83, 0x7c, 0x24, 0x08, 0x04], //                   cmp  qword [rsp+8], 4
  [0x75, 0x08], //                                           jne  wrong
  [0xff, 0xcd], //                                           dec  ebp
  [0x75, 0xc7], //                                           jne  again
  [0x31, 0xff], //                                           xor  edi, edi
  [0xeb, 0x05], //                                           jmp  exit
  [0xbf, 0x01, 0x00, 0x00, 0x00], //                  wrong: mov  edi, 1
  [0xb8, 0x3c, 0x00, 0x00, 0x00], //                   exit: mov  eax, 60
  [0x0f, 0x05], //                                           syscall
]

export const cpuCheck = (): Uint8Array => staticElf(code)
