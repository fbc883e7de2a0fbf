/**
 * The smallest firmware: proof that an accelerator really runs guest code. At the reset vector (16 bytes
 * below 4 GiB, Intel SDM vol. 3 §9.1.4, in 16-bit mode) it writes one byte to the isa-debug-exit port, which
 * ends QEMU with exit status (byte << 1) | 1, and halts.
 */
const firmwareBytes = 64 * 1024
export const exitPort = 0xf4
const probeByte = 0x2a

/** QEMU's exit status when the code ran. */
export const ranStatus: number = (probeByte << 1) | 1

export function probeFirmware(): Uint8Array {
  const image = new Uint8Array(firmwareBytes).fill(0x90)
  // mov al, probeByte; out exitPort, al; hlt; jmp back to hlt
  image.set([0xb0, probeByte, 0xe6, exitPort, 0xf4, 0xeb, 0xfd], firmwareBytes - 16)
  return image
}
