/** A status document from another host, checked by its schema: that host may be compromised. */
import type { MachineHost } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { schemaError } from './schema-error.ts'
import type { StatusDocument } from './status-document.ts'

/** Throws `hosts/reply`. */
export async function checkedStatus(
  document: object,
  { name }: Pick<MachineHost, 'name'>,
): Promise<StatusDocument> {
  const { default: schema } = await import('../../../schemas/status.schema.json', { with: { type: 'json' } })
  const error = schemaError(schema, document)
  if (error !== undefined)
    throw new DesktopError('hosts/reply', `${name}: desktop there sent an invalid status: ${error}`)
  return document as StatusDocument
}
