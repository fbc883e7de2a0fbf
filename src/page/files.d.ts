/** Files that the bundler takes along (rolldown.config.ts). */
declare module '*.css'
declare module '*.html'
declare module '*.svg'
