/** The page of `desktop ui`: exchanges the token of the URL for a cookie, then shows the views. */
import 'uplot/dist/uPlot.min.css'
import './page.css'
import './page.html'
import './icon.svg'
import { render } from 'preact'
import { App } from './app.tsx'
import { enter } from './session.ts'

enter()
const root = document.getElementById('app')
if (root !== null) {
  root.replaceChildren()
  render(<App />, root)
}
