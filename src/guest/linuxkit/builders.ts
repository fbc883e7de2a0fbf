/** The two that make a guest's tree of a LinuxKit file, behind one interface: our own assembler, and upstream's program. */
import type { Builder } from '../../config/desired.ts'
import { type AssembleInputs, assemble } from './assemble.ts'
import type { Assembled } from './assembled.ts'
import { assembleWithTool } from './tool.ts'

/** @param workDir an empty directory; what the entries contain may be read from there, so it stays until they are written. */
export function assembleBy(builder: Builder, inputs: AssembleInputs, workDir: string): Promise<Assembled> {
  return builder === 'linuxkit' ? assembleWithTool({ ...inputs, workDir }) : assemble(inputs)
}
