/** The LinuxKit file as the tool writes it to the image (`metadata: yaml` or `json`). */
import { DesktopError } from '../../errors/desktop-error.ts'
import { parseReference, referenceText } from '../oci/reference.ts'
import { type GoValue, goJson, unlessEmpty } from './go-json.ts'
import { goYaml } from './go-yaml.ts'
import { containerMembers } from './metadata-container.ts'
import type { Container, FileItem, KernelSection, LinuxkitFile, Volume } from './types.ts'

/** Throws `linuxkit/bad-value` if `kind` is neither. */
export function metadataText(file: LinuxkitFile, kind: string): string {
  if (kind !== 'yaml' && kind !== 'json') {
    throw new DesktopError('linuxkit/bad-value', `metadata "${kind}" is neither yaml nor json`)
  }
  const list = <T>(items: readonly T[] | undefined, each: (item: T) => GoValue): GoValue =>
    (items ?? []).length === 0 && kind === 'json' ? null : (items ?? []).map(each)
  const container = (one: Container): GoValue => {
    return { name: one.name, image: fullName(one.image), ...containerMembers(one, kind) }
  }
  const value: GoValue = {
    kernel: kernelMembers(file.kernel ?? {}),
    init: list(file.init, fullName),
    onboot: list(file.onboot, container),
    onshutdown: list(file.onshutdown, container),
    services: list(file.services, container),
    files: list(file.files, fileMembers),
    volumes: list(file.volumes, volumeMembers),
  }
  return kind === 'yaml' ? goYaml(value) : goJson(value)
}

function fullName(name: string): string {
  const reference = parseReference(name)
  return reference === undefined ? name : referenceText(reference)
}

function kernelMembers({ image = '', cmdline = '', binary = '', tar, ucode }: KernelSection): GoValue {
  return {
    image: image === '' ? '' : fullName(image),
    cmdline: unlessEmpty(cmdline),
    binary: unlessEmpty(binary),
    tar,
    ucode,
  }
}

function fileMembers(item: FileItem): GoValue {
  return {
    path: item.path ?? '',
    directory: item.directory ?? false,
    symlink: unlessEmpty(item.symlink ?? ''),
    contents: item.contents,
    source: unlessEmpty(item.source ?? ''),
    metadata: unlessEmpty(item.metadata ?? ''),
    optional: item.optional ?? false,
    mode: unlessEmpty(item.mode ?? ''),
    uid: item.uid,
    gid: item.gid,
  }
}

function volumeMembers({ name = '', image = '', readonly = false, format, platforms }: Volume): GoValue {
  return {
    name,
    image: unlessEmpty(image),
    readonly: unlessEmpty(readonly),
    format,
    platforms: unlessEmpty(platforms ?? []),
  }
}
