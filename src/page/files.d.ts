/** Files that the bundler includes (rolldown.config.ts). */
declare module '*.css'
declare module '*.html'
declare module '*.svg'
