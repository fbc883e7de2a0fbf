/** guest.platforms: CPU architectures to emulate, deduplicated and sorted, since order is irrelevant. */
import { type Platform, platforms } from '../platforms.ts'

export const platformList = (raw: readonly Platform[]): Platform[] =>
  (Object.keys(platforms) as Platform[]).filter((platform) => raw.includes(platform))
